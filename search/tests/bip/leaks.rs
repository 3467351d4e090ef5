//! Two people, one of whom may not read some documents: that one's answers are, byte for byte, those of a base
//! from which the documents were really deleted.

use crate::web::{Site, library};
use crate::world::{Gateway, base_of_part, corpus};
use std::sync::Arc;

/// What a rule hides, and which lines of the corpus that is.
struct Hiding {
    rules: &'static [&'static str],
    hides: fn(&serde_json::Value) -> bool,
}

const CASES: [Hiding; 4] = [
    Hiding {
        rules: &[
            r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) when { resource.themes.containsAny([Theme::"Santé et inaptitude"]) };"#,
        ],
        hides: |line| themes(line).any(|theme| theme == "Santé et inaptitude"),
    },
    Hiding {
        rules: &[
            r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) when { resource.nature == Nature::"fiche" };"#,
        ],
        hides: |line| line["kind"] == "fiche",
    },
    Hiding {
        rules: &[
            r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) when { resource.nature == Nature::"texte" && resource.themes.containsAny([Theme::"Formation", Theme::"Carrière"]) };"#,
        ],
        hides: |line| {
            line["kind"] == "texte"
                && themes(line).any(|theme| theme == "Formation" || theme == "Carrière")
        },
    },
    // Restricted documents need no rule: every tenth is reserved to others.
    Hiding {
        rules: &[],
        hides: |line| line["diffusion"] == "restreint",
    },
];

fn themes(line: &serde_json::Value) -> impl Iterator<Item = &str> {
    let themes = line["themes"].as_array().into_iter().flatten();
    themes.filter_map(serde_json::Value::as_str)
}

/// The corpus, with every tenth document reserved to another collectivité.
fn lines() -> Vec<serde_json::Value> {
    let read = |(n, line): (usize, String)| {
        let mut line: serde_json::Value = serde_json::from_str(&line).unwrap();
        if n % 10 == 7 {
            line["diffusion"] = "restreint".into();
            line["reserve_a"] = ["c2"].into();
        }
        line
    };
    corpus().into_iter().enumerate().map(read).collect()
}

async fn site(lines: impl Iterator<Item = serde_json::Value>, rules: &[&str]) -> Site {
    let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
    Site::behind(
        Arc::new(base_of_part(&lines)),
        library().await,
        Gateway::with(rules),
    )
}

const QUESTIONS: [&str; 24] = [
    "",
    "congé de longue maladie",
    "quelle durée pour un congé de longue maladie ?",
    "L822-6",
    "article L131-5 du code général de la fonction publique",
    "rifsep contractuel",
    "CLM",
    "licenciemnet",
    "maldie profesionnelle",
    "inaptitude physique reclassement",
    "décret du 25 août 1995",
    "87-602",
    "« comité médical »",
    "congé -maladie",
    "formation ET concours",
    "indemnit*",
    "temps partiel thérapeutique",
    "apprenti",
    "télétravail",
    "harcèlement",
    "zzzzqqqq",
    "le la les",
    "avancement de grade",
    "retraite pour invalidité",
];

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Every address that a person might look at.
fn addresses(lines: &[serde_json::Value]) -> Vec<String> {
    let mut addresses = Vec::new();
    for question in QUESTIONS {
        let start: String = question.chars().take(3).collect();
        let question = encoded(question);
        addresses.extend([
            format!("/?q={question}&list=1"),
            format!("/?q={question}"),
            format!("/?q={question}&exact=1&strict=1&sort=newest"),
            format!("/?q={question}&kind=texte&in_force=true&from=2019-01-01"),
            format!("/?q={question}&theme={}", encoded("Santé et inaptitude")),
            format!("/api/v1/search?q={question}&limit=30&sort=oldest"),
            format!("/api/v1/suggest?q={}", encoded(&start)),
        ]);
    }
    for (n, line) in lines
        .iter()
        .enumerate()
        .filter(|(n, _)| n % 71 == 17 || n % 71 == 0)
    {
        let id = encoded(line["id"].as_str().unwrap());
        addresses.push(format!("/documents/{id}"));
        addresses.push(match n % 2 {
            0 => format!("/api/v1/documents/{id}"),
            _ => format!("/api/v1/documents/{id}/related"),
        });
    }
    addresses
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_from_a_person_is_as_if_it_had_been_deleted() {
    let every = lines();
    let addresses = addresses(&every);
    for Hiding { rules, hides } in CASES {
        let hidden = |line: &serde_json::Value| hides(line) || line["diffusion"] == "restreint";
        let count = every.iter().filter(|line| hidden(line)).count();
        assert!(count > 100, "{rules:?} hides {count}");
        let hiding = site(every.iter().cloned(), rules).await;
        let deleted = site(every.iter().filter(|line| !hidden(line)).cloned(), &[]).await;
        let mut differing = 0;
        for (n, address) in addresses.iter().enumerate() {
            let (one, other) = (hiding.get(address).await, deleted.get(address).await);
            assert_eq!(one.status, other.status, "{address} under {rules:?}");
            assert_eq!(one.text, other.text, "{address} under {rules:?}");
            if n % 5 == 0 {
                let more = hiding.get_as(address, &[&hiding.other]).await;
                differing += usize::from(one.text != more.text);
            }
        }
        assert!(
            differing > 10,
            "somebody else was to see more: {differing} pages"
        );
    }
}
