//! What a person may read: the filter inside the query against one decision per document, and what a
//! hidden document must never change.

use crate::world::{
    NOW, agent, base, base_of, base_of_part, classification, first_page, ids, line, ruleset, scope,
};
use policies::{CollectiviteId, Diffusion, DocumentClass, Nature, Principal, ServiceId, Situation};
use search::{Bip, Question};

const NO_CASE_LAW: &str = r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) when { resource.nature == Nature::"jurisprudence" };"#;

fn mixed() -> Vec<String> {
    let kinds = ["fiche", "texte", "jurisprudence", "actualite"];
    let diffusions = [
        "",
        r#""diffusion":"public","#,
        r#""diffusion":"restreint","reserve_a":["c1"],"#,
        r#""diffusion":"restreint","reserve_a":["c2","c1"],"#,
        r#""diffusion":"restreint","reserve_a":["c2"],"#,
        r#""diffusion":"restreint","#,
    ];
    let of = |(n, diffusion): (usize, &&str)| {
        kinds.map(|kind| {
            line(
                &format!("{kind}-{n}"),
                kind,
                "le télétravail des agents",
                diffusion,
            )
        })
    };
    diffusions.iter().enumerate().flat_map(of).collect()
}

fn class(nature: Nature, diffusion: Diffusion, reserve_a: &[&str]) -> DocumentClass {
    DocumentClass {
        diffusion,
        reserve_a: reserve_a
            .iter()
            .map(|id| CollectiviteId::from(*id))
            .collect(),
        ..DocumentClass::of(ServiceId::from("bip"), nature)
    }
}

#[test]
fn the_filter_finds_exactly_what_a_decision_per_document_permits() {
    let bip = base_of(&mixed());
    let groups: [(Diffusion, &[&str]); 6] = [
        (Diffusion::Adherents, &[]),
        (Diffusion::Public, &[]),
        (Diffusion::Restreint, &["c1"]),
        (Diffusion::Restreint, &["c1", "c2"]),
        (Diffusion::Restreint, &["c2"]),
        (Diffusion::Restreint, &[]),
    ];
    for (collectivite, rules) in [
        ("c1", vec![]),
        ("c2", vec![]),
        ("c3", vec![]),
        ("c1", vec![NO_CASE_LAW]),
    ] {
        let scope = scope(&bip, collectivite, &rules);
        let question = Question {
            limit: 100,
            ..Question::of("télétravail")
        };
        let results = bip.search(&question, &scope).unwrap();
        let mut found: Vec<String> = results.hits.into_iter().map(|hit| hit.id).collect();
        found.sort();
        let mut permitted = Vec::new();
        for (n, (diffusion, reserve_a)) in groups.iter().enumerate() {
            for nature in [
                Nature::Fiche,
                Nature::Texte,
                Nature::Jurisprudence,
                Nature::Actualite,
            ] {
                if scope.permits(&class(nature, *diffusion, reserve_a)) {
                    permitted.push(format!("{}-{n}", nature.as_str()));
                }
            }
        }
        permitted.sort();
        assert_eq!(found, permitted, "{collectivite} {rules:?}");
        assert_eq!(results.total, permitted.len());
    }
}

#[test]
fn a_document_is_found_by_its_address_exactly_when_it_is_permitted() {
    let bip = base_of(&mixed());
    let other = scope(&bip, "c3", &[]);
    let named = scope(&bip, "c1", &[]);
    assert!(bip.find_document("fiche-2", &named).unwrap().is_some());
    assert!(bip.find_document("fiche-2", &other).unwrap().is_none());
    assert!(bip.find_document("absent", &other).unwrap().is_none());
}

/// Everything a search shows but scores, for many questions.
fn seen(bip: &Bip, collectivite: &str) -> Vec<String> {
    let scope = scope(bip, collectivite, &[]);
    let questions = [
        "",
        "télétravail",
        "teletravial",
        "confidentiel",
        "confidantiel",
        "prime annuelle",
        "décret 2020-524",
        "\"prime secrète\"",
    ];
    questions
        .iter()
        .map(|question| format!("{:?}", first_page(bip, &scope, question)))
        .collect()
}

#[test]
fn hidden_documents_change_nothing_that_is_seen() {
    let open = vec![
        line("a", "fiche", "le télétravail des agents", ""),
        line(
            "b",
            "fiche",
            "la prime annuelle et le télétravail, télétravail encore, et la prime",
            "",
        ),
        line(
            "c",
            "texte",
            "une prime",
            r#""date":"2020-05-05","ref":{"nature":"decret","num":"2020-524","date":"2020-05-05"},"#,
        ),
        line(
            "d",
            "actualite",
            "prime et prime annuelle",
            r#""date":"2021-01-01","#,
        ),
    ];
    let restricted = |n: usize| {
        line(
            &format!("z{n}"),
            "fiche",
            "la prime secrète et confidentielle, confidentiel, annuelle, teletravial",
            r#""date":"2030-01-01","ref":{"nature":"decret","num":"2020-524","date":"2020-05-05"},"diffusion":"restreint","reserve_a":["c2"],"#,
        )
    };
    let hidden: Vec<String> = open
        .iter()
        .cloned()
        .chain((0..40).map(restricted))
        .collect();
    let (with, without) = (base_of(&hidden), base_of(&open));
    assert_eq!(seen(&with, "c1"), seen(&without, "c1"));
    assert_ne!(
        seen(&with, "c2"),
        seen(&without, "c2"),
        "c2 was to see them"
    );
}

#[test]
fn a_base_of_restricted_documents_only_is_searched_by_those_who_may() {
    let restricted = r#""diffusion":"restreint","reserve_a":["c1"],"#;
    let bip = base_of(&[
        line("a", "fiche", "prime", restricted),
        line("b", "texte", "prime prime", restricted),
    ]);
    assert_eq!(ids(&bip, &scope(&bip, "c1", &[]), "prime").len(), 2);
    assert!(ids(&bip, &scope(&bip, "c2", &[]), "prime").is_empty());
    let empty = base_of(&[]);
    assert!(ids(&empty, &scope(&empty, "c1", &[]), "prime").is_empty());
}

#[test]
fn a_rule_of_the_collectivite_hides_a_nature_from_hits_and_counts() {
    let bip = base();
    let (all, less) = (scope(&bip, "c1", &[]), scope(&bip, "c1", &[NO_CASE_LAW]));
    let count = |scope, kind| {
        let results = first_page(&bip, scope, "licenciement");
        let kinds = results.facets.kinds;
        kinds.into_iter().find(|(of, _)| *of == kind).unwrap().1
    };
    assert!(count(&all, Nature::Texte) > 0);
    assert_eq!(count(&less, Nature::Jurisprudence), 0);
    assert_eq!(count(&less, Nature::Texte), count(&all, Nature::Texte));
}

const NO_HEALTH: &str = r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) when { resource.themes.containsAny([Theme::"Santé"]) };"#;
const NOTHING_ELSE: &str = r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) when { resource.themes.contains(Theme::"Autre") };"#;
const TWO_THEMES: &str = r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) when { resource.themes.containsAll([Theme::"Santé", Theme::"Retraite"]) };"#;
const NO_ANNALS: &str = r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) unless { resource.collection == Collection::"Fonds général" };"#;

#[test]
fn rules_on_themes_and_collections_hide_exactly_those_documents() {
    let sorts = [
        ("none", ""),
        ("health", r#""themes":["Santé"],"#),
        ("pension", r#""themes":["Retraite"],"#),
        ("both", r#""themes":["Retraite","Santé"],"#),
        (
            "annals",
            r#""themes":["Formation"],"collection":"Annales","#,
        ),
    ];
    let lines = sorts.map(|(id, sorts)| line(id, "fiche", "le télétravail", sorts));
    let bip = base_of(&lines);
    for (rules, hidden) in [
        (vec![], vec![]),
        (vec![NO_HEALTH], vec!["health", "both"]),
        (vec![NOTHING_ELSE], vec!["none"]),
        (vec![TWO_THEMES], vec!["both"]),
        (vec![NO_ANNALS], vec!["annals"]),
        (vec![NO_HEALTH, NO_ANNALS], vec!["health", "both", "annals"]),
    ] {
        let scope = scope(&bip, "c1", &rules);
        let results = first_page(&bip, &scope, "télétravail");
        let mut found: Vec<_> = results.hits.iter().map(|hit| &*hit.id).collect();
        found.sort_unstable();
        let mut expected: Vec<_> = sorts.iter().map(|(id, _)| *id).collect();
        expected.retain(|id| !hidden.contains(id));
        expected.sort_unstable();
        assert_eq!(found, expected, "{rules:?}");
        assert_eq!(results.total, expected.len());
        for (id, _) in sorts {
            let opens = bip.find_document(id, &scope).unwrap().is_some();
            assert_eq!(opens, !hidden.contains(&id), "{id} under {rules:?}");
        }
    }
}

/// An index may hold what the configuration has no more: it is about nothing that rules name.
#[test]
fn a_theme_that_nobody_knows_any_more_counts_as_none() {
    let bip = base_of_part(&[line(
        "old",
        "fiche",
        "le télétravail",
        r#""themes":["Anciens"],"#,
    )]);
    let reads = |rule| !ids(&bip, &scope(&bip, "c1", &[rule]), "télétravail").is_empty();
    assert!(reads(NO_HEALTH));
    assert!(!reads(NOTHING_ELSE));
    // The program does not start with one.
    assert_eq!(bip.unknown(&classification()), Some("Anciens".to_owned()));
    assert_eq!(base_of(&mixed()).unknown(&classification()), None);
}

#[test]
fn nobody_in_particular_reads_only_what_is_public() {
    let bip = base_of(&mixed());
    let situation = Situation::at(NOW, None, false);
    // A ruleset that is not the principal's opens nothing at all.
    let stranger = bip
        .scope(ruleset("c1", &[]), Principal::Anonymous, situation)
        .unwrap();
    assert!(ids(&bip, &stranger, "télétravail").is_empty());
    let mistaken = bip
        .scope(ruleset("c1", &[]), agent("c2"), situation)
        .unwrap();
    assert!(ids(&bip, &mistaken, "télétravail").is_empty());
}
