//! What the solver finds out about a collectivité's rules; without one these tests are skipped, loudly.

#![cfg(test)]

use policies::{Guardrail, Labels, Model, Names, Rule, Ruleset, Tenant, Vocabulary};
use proof::{Course, Prover, Report, Verdict};
use std::path::Path;
use std::sync::Arc;

const OWNER: &str = "fontclaire";

const OFFICE: &str = "Les agents du service « RH » accèdent à Net Cotisations (modification), du lundi au vendredi de 7 h à 20 h, depuis le réseau « mairie ».";

fn names() -> Names {
    Names {
        services: Labels::from_iter([("net-cotisations", "Net Cotisations")]),
        groups: Labels::from_iter([("fontclaire/rh", "RH")]),
        networks: Labels::from_iter([("mairie", "mairie")]),
        ..Names::default()
    }
}

/// Its text, or a sentence.
fn rule(id: &str, text: &str) -> Rule {
    let text = match Model::parse(text, &names()) {
        Ok(model) => model.to_cedar(&OWNER.into()).unwrap(),
        Err(_) => text.to_owned(),
    };
    let id = id.to_owned();
    Rule { id, text }
}

fn vocabulary() -> Arc<Vocabulary> {
    let services = ["net-cotisations".into(), "bip".into()];
    Arc::new(Vocabulary::new(&services).unwrap())
}

fn ruleset(rules: &[Rule]) -> Ruleset {
    let tenant = Tenant {
        id: OWNER.into(),
        active: true,
        services: vec!["net-cotisations".into()],
        cdg: None,
    };
    Ruleset::build(&vocabulary(), &tenant, rules).unwrap()
}

/// Loud, and a failure where every lane must run.
fn prover() -> Option<Prover> {
    let found = Prover::find(Path::new("cvc5"));
    let required = std::env::var_os("CONVERGENCES_REQUIRE_LANES").is_some();
    assert!(found.is_some() || !required, "cvc5 is not installed");
    if found.is_none() {
        eprintln!("SKIPPED: cvc5 is not installed (Debian: apt install cvc5)");
    }
    found
}

/// The change that puts `text` in force as the rule `r`, beside others.
async fn study(before: &[Rule], text: &str) -> Option<Report> {
    let after: Vec<_> = before.iter().cloned().chain([rule("r", text)]).collect();
    let prover = prover()?;
    let (before, after) = (ruleset(before), ruleset(&after));
    Some(
        prover
            .study(&before, &after, &["fontclaire/r".to_owned()])
            .await,
    )
}

#[tokio::test]
async fn a_rule_written_as_a_sentence_is_proved_and_widens() {
    let Some(report) = study(&[], OFFICE).await else {
        return;
    };
    assert!(report.is_proved(), "{report:?}");
    assert!(report.dead.is_empty(), "{report:?}");
    assert_eq!(report.course, Course::Widens);
}

#[tokio::test]
async fn a_requirement_narrows() {
    let closing = "Les agents n’accèdent à Net Cotisations qu’avec un second facteur.";
    let Some(report) = study(&[rule("o", OFFICE)], closing).await else {
        return;
    };
    assert!(report.is_proved(), "{report:?}");
    assert_eq!(report.course, Course::Narrows);
}

#[tokio::test]
async fn a_guardrail_is_proved_to_close_unless_another_does_or_no_hour_is_left() {
    let Some(prover) = prover() else {
        return;
    };
    let guardrail = |id: &str, text: &str| {
        let model = Model::parse(text, &names()).unwrap();
        let text = Guardrail::write(&model, None).unwrap();
        let rule = Rule {
            id: id.to_owned(),
            text,
        };
        Guardrail::read(&vocabulary(), &rule).unwrap()
    };
    let all = guardrail("tout", "Aucun agent n’accède à Net Cotisations.");
    let closing = |hours: &str| {
        let text = format!("Aucun agent n’accède à Net Cotisations, {hours}.");
        guardrail("heures", &text)
    };
    let (day, never) = (closing("de 7 h à 20 h"), closing("de 20 h à 7 h"));
    for (above, one, applies, course) in [
        (&[][..], &day, true, Course::Narrows),
        (std::slice::from_ref(&all), &day, true, Course::Same),
        (&[], &never, false, Course::Same),
    ] {
        let bare = ruleset(&[]);
        let (before, after) = (
            bare.under(above),
            [above, std::slice::from_ref(one)].concat(),
        );
        let changed = ["cig/garde-fou/heures".to_owned()];
        let report = prover.study(&before, &bare.under(&after), &changed).await;
        assert!(report.is_proved(), "{report:?}");
        assert_eq!((report.dead.is_empty(), report.course), (applies, course));
    }
}

#[tokio::test]
async fn a_rule_that_says_what_another_says_changes_nothing_ever() {
    let Some(report) = study(&[rule("o", OFFICE)], OFFICE).await else {
        return;
    };
    assert_eq!(report.course, Course::Same);
}

#[tokio::test]
async fn a_rule_that_may_fail_is_refuted_with_an_example() {
    let failing = r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture"], resource in Service::"bip")
        when { context.maintenant.offset(duration("9223372036854775807ms")) > context.maintenant };"#;
    let Some(report) = study(&[], failing).await else {
        return;
    };
    let Verdict::Refuted(example) = report.faultless else {
        panic!("{report:?}");
    };
    assert_eq!(example.rules, ["fontclaire/r"]);
    let said = example.sentence(&names());
    println!("{said}");
    assert!(said.contains("un agent"), "{said}");
}

#[tokio::test]
async fn hours_that_no_day_has_are_found_dead() {
    let night = r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture"], resource in Service::"bip")
        when { context.heure >= duration("20h") && context.heure < duration("7h") };"#;
    let Some(report) = study(&[], night).await else {
        return;
    };
    assert_eq!(report.dead, ["fontclaire/r"]);
    assert_eq!(report.course, Course::Same);
}

#[tokio::test]
async fn without_an_answer_nothing_is_proved() {
    assert!(Prover::find(Path::new("/nowhere/cvc5")).is_none());
    // A program that is no solver.
    let Some(broken) = Prover::find(Path::new("cat")) else {
        return;
    };
    let (before, after) = (ruleset(&[]), ruleset(&[rule("r", OFFICE)]));
    let report = broken.study(&before, &after, &[]).await;
    assert!(!report.is_proved());
    assert_eq!(report.course, Course::Unknown);
}

#[tokio::test]
async fn the_longest_rule_that_is_taken_is_proved() {
    let people = (0..300).map(|n| format!("principal in Agent::\"fontclaire/{n}\""));
    let people = people.collect::<Vec<_>>().join(" || ");
    let text = format!(
        "permit (principal in Collectivite::\"fontclaire\", action in [Action::\"lecture\"], resource in Service::\"bip\") when {{ {people} }};"
    );
    let Some(report) = study(&[rule("o", OFFICE)], &text).await else {
        return;
    };
    assert!(report.is_proved(), "{report:?}");
    assert_eq!(report.course, Course::Widens);
}

#[tokio::test]
async fn a_rule_that_fails_where_it_does_not_fit_is_not_called_faultless() {
    let text = r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture"], resource)
        when { (if resource is Route then true else context.maintenant.offset(duration("9223372036854775807ms")) > context.maintenant) && resource is Route };"#;
    let Some(report) = study(&[], text).await else {
        return;
    };
    println!("{report:?}");
    assert!(!report.faultless.is_proved(), "{report:?}");
}
