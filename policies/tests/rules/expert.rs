//! What is wrong with a rule in Cedar, in French, with its place.

use policies::expert::{Fault, read};
use policies::{Conditions, Effect, Model, Party, Reach, Target, Vocabulary, Who};

fn vocabulary() -> Vocabulary {
    Vocabulary::new(&["bip".into(), "net-cotisations".into()]).unwrap()
}

fn faults(text: &str) -> Vec<Fault> {
    read(&vocabulary(), &"fontclaire".into(), text).unwrap_err()
}

/// A rule with these conditions.
fn with(condition: &str) -> String {
    format!(
        "@libelle(\"Le soir\") permit (\n  principal in Collectivite::\"fontclaire\",\n  action in [Action::\"lecture\"],\n  resource in Service::\"bip\"\n)\nwhen {{ {condition} }};"
    )
}

#[test]
fn what_holds_is_laid_out() {
    let text = "@libelle(\"Le matin\") permit(principal in Collectivite::\"fontclaire\",action in [Action::\"lecture\"],resource in Service::\"bip\") when{context.heure<duration(\"12h\")};";
    let laid_out = read(&vocabulary(), &"fontclaire".into(), text).unwrap();
    assert_eq!(
        laid_out,
        "@libelle(\"Le matin\")\npermit (\n  principal in Collectivite::\"fontclaire\",\n  action in [Action::\"lecture\"],\n  resource in Service::\"bip\"\n)\nwhen { context.heure < duration(\"12h\") };\n"
    );
    let again = read(&vocabulary(), &"fontclaire".into(), &laid_out);
    assert_eq!(again.as_deref(), Ok(&*laid_out));
}

#[test]
fn each_fault_says_where_it_is_and_how_it_is_mended() {
    for (condition, column, said, remedy) in [
        ("context.heur > duration(\"7h\")", 8, "heur", "heure"),
        ("context.jour == Jour::\"lundy\"", 24, "lundy", "dimanche"),
        (
            "principal in Group::\"fontclaire/rh\"",
            21,
            "Group",
            "Groupe",
        ),
        ("context.heure", 8, "sorte attendue", "vraie ou fausse"),
        (
            "context.adresse.isLoopback()",
            8,
            "pas toujours",
            "context has adresse",
        ),
        (
            "context.jour == context.heure",
            8,
            "ne se comparent pas",
            "un jour à un jour",
        ),
        (
            "context.heure > duration(\"sept\")",
            24,
            "mal écrite",
            "7h30m",
        ),
        (
            "context.jour == Jour::\"lundi\" && context.jour == Jour::\"mardi\" && false",
            1,
            "jamais",
            "contredisent",
        ),
        (
            "principal in Groupe::\"montrieux/rh\"",
            21,
            "pas à votre collectivité",
            "la vôtre",
        ),
        ("when", 8, "when", ""),
    ] {
        let found = faults(&with(condition));
        let fault = &found[0];
        assert!(fault.said.contains(said), "{condition}: {found:?}");
        assert!(fault.remedy.contains(remedy), "{condition}: {found:?}");
        assert_eq!(fault.column, column, "{condition}: {found:?}");
        assert_eq!(
            fault.line,
            if column == 1 { 1 } else { 6 },
            "{condition}: {found:?}"
        );
    }
}

#[test]
fn a_rule_neither_leaves_its_collectivite_nor_its_subject() {
    for (text, said, remedy) in [
        (
            "permit (principal, action, resource);",
            "que les agents de votre",
            "Collectivite::\"fontclaire\"",
        ),
        (
            "forbid (principal in Collectivite::\"fontclaire\", action, resource);",
            "administration",
            "lecture",
        ),
        (
            "permit (principal in Collectivite::\"fontclaire\", action == Action::\"administrer\", resource);",
            "administration",
            "lecture",
        ),
        (
            "permit (principal in Collectivite::\"fontclaire\", action in [Action::\"lecture\"], resource) when { principal.collectivite.cdg.cdg.active };",
            "pas toujours",
            "has",
        ),
    ] {
        let found = faults(text);
        let told = found
            .iter()
            .any(|fault| fault.said.contains(said) && fault.remedy.contains(remedy));
        assert!(told, "{text}: {found:?}");
    }
    assert!(!faults("").is_empty());
    let mute = with("true").replace("@libelle(\"Le soir\") ", "");
    assert!(faults(&mute)[0].remedy.contains("@libelle"));
    assert!(faults(&" ".repeat(20_000))[0].said.contains("trop long"));
}

#[test]
fn every_word_that_is_offered_is_known() {
    let vocabulary = vocabulary();
    let words = vocabulary.words();
    for expected in [
        "Service::\"net-cotisations\"",
        "Jour::\"lundi\"",
        "context.double_facteur",
        "Action::\"lire\"",
        "resource.nature",
    ] {
        assert!(
            words.iter().any(|word| word.text == expected),
            "{expected}: {words:?}"
        );
    }
    assert!(!words.iter().any(|word| word.text.contains("administrer")));
}

#[test]
fn a_text_that_is_nested_too_deep_is_refused_and_ends_nothing() {
    let nests = [
        ("(", ")"),
        ("!", ""),
        ("-", ""),
        ("[", "]"),
        ("{a: ", "}"),
        ("if true then ", " else true"),
        ("true && ", ""),
        ("1 + ", ""),
        ("principal", ".collectivite"),
        ("context has a.", ""),
    ];
    for (open, close) in nests {
        let depth = 9_000 / (open.len() + close.len());
        let condition = format!("{}true{}", open.repeat(depth), close.repeat(depth));
        let text = with(&condition);
        // As on a thread that serves pages.
        let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
        let refused = thread.spawn(move || faults(&text)).unwrap().join();
        assert!(!refused.unwrap().is_empty(), "{open}");
    }
}

#[test]
fn a_rule_may_name_as_many_people_as_its_form() {
    let people = |from: usize| (from..from + 50).map(|n| format!("fontclaire/{n}").as_str().into());
    let model = Model {
        effect: Effect::Allow,
        who: Who {
            any_of: people(0).map(Party::Agent).collect(),
            except: people(100).collect(),
        },
        target: Target::Service("bip".into()),
        reach: Reach::Modify,
        conditions: Conditions::default(),
    };
    let text = model.to_cedar(&"fontclaire".into()).unwrap();
    let read = read(&vocabulary(), &"fontclaire".into(), &text);
    assert_eq!(read.as_deref(), Ok(&*text));
}
