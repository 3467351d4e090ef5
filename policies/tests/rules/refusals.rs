//! What a refusal says when a rule written in a form would have opened in other circumstances.

use policies::{
    Access, Action, Labels, Level, Member, Model, Names, Network, Principal, Range, Reason,
    Refusal, Resource, Right, Role, Route, Rule, Ruleset, Situation, Tenant, Vocabulary, decide,
};
use std::sync::Arc;

const THURSDAY_NOON: i64 = 1_768_475_000; // 15 January 2026, 12:03 in Paris
const THURSDAY_EVENING: i64 = THURSDAY_NOON + 9 * 3600;
const NEW_YEAR: i64 = THURSDAY_NOON - 14 * 86_400; // also a Thursday
const TOWN_HALL: &str = "203.0.113.7";

fn names() -> Names {
    Names {
        services: Labels::from_iter([("net-cotisations", "Net Cotisations")]),
        groups: Labels::from_iter([("fontclaire/rh", "RH"), ("fontclaire/paie", "Paie")]),
        agents: Labels::from_iter([("fontclaire/amina", "Amina Diallo")]),
        networks: Labels::from_iter([("mairie", "mairie")]),
        ..Names::default()
    }
}

/// Rules given as sentences; where they are refused they say what about.
fn ruleset(sentences: &[&str]) -> Ruleset {
    let vocabulary = Arc::new(Vocabulary::new(&["net-cotisations".into()]).unwrap());
    let owner = "fontclaire".into();
    let rule = |(n, sentence): (usize, &&str)| Rule {
        id: format!("r{n}"),
        text: Model::parse(sentence, &names())
            .unwrap()
            .to_cedar(&owner)
            .unwrap(),
    };
    let rules: Vec<_> = sentences.iter().enumerate().map(rule).collect();
    let tenant = Tenant {
        id: owner.clone(),
        active: true,
        services: vec!["net-cotisations".into()],
        cdg: None,
    };
    let network = Network {
        name: "mairie".into(),
        ranges: vec![Range::parse("203.0.113.0/24").unwrap()],
    };
    Ruleset::build(&vocabulary, &tenant, &rules)
        .unwrap()
        .with_networks(vec![network])
}

fn amina(rights: &[Level]) -> Member {
    Member {
        id: "fontclaire/amina".into(),
        collectivite: "fontclaire".into(),
        active: true,
        role: Role::Agent,
        groups: vec!["fontclaire/rh".into()],
        profile: None,
        rights: rights
            .iter()
            .map(|level| Right {
                service: "net-cotisations".into(),
                level: level.clone(),
            })
            .collect(),
    }
}

fn ask(ruleset: &Ruleset, member: Member, situation: &Situation) -> Result<(), Refusal> {
    let route = Route {
        id: "net-cotisations/tout".into(),
        service: "net-cotisations".into(),
        access: Access::Granted,
    };
    let principal = Principal::Member(Arc::new(member));
    decide(
        ruleset,
        &principal,
        Action::Ouvrir,
        Resource::Route(&route),
        situation,
    )
    .map(drop)
}

fn at(now: i64, address: &str) -> Situation {
    Situation::at(now, address.parse().ok(), false)
}

/// What is said, without the spaces of typography.
fn said(refusal: &Refusal) -> String {
    refusal.sentence().replace('\u{a0}', " ")
}

const OFFICE: &str = "Les agents du service « RH » accèdent à Net Cotisations (modification), du lundi au vendredi de 7 h à 20 h, hors jours fériés, depuis le réseau « mairie ».";

#[test]
fn a_rule_opens_in_its_circumstances_and_says_which_are_missing_elsewhere() {
    let set = ruleset(&[OFFICE]);
    assert!(ask(&set, amina(&[]), &at(THURSDAY_NOON, TOWN_HALL)).is_ok());
    for (now, address, expected) in [
        (
            THURSDAY_EVENING,
            TOWN_HALL,
            "Cet accès n’est ouvert que de 7 h à 20 h.",
        ),
        (
            THURSDAY_NOON,
            "198.51.100.1",
            "Cet accès n’est ouvert que depuis le réseau « mairie ».",
        ),
        (
            THURSDAY_EVENING,
            "198.51.100.1",
            "Cet accès n’est ouvert que de 7 h à 20 h, depuis le réseau « mairie ».",
        ),
        (
            THURSDAY_NOON + 2 * 86_400,
            TOWN_HALL,
            "Cet accès n’est ouvert que du lundi au vendredi.",
        ),
        (
            NEW_YEAR,
            TOWN_HALL,
            "Cet accès n’est ouvert que hors jours fériés.",
        ),
    ] {
        let refusal = ask(&set, amina(&[]), &at(now, address)).unwrap_err();
        assert_eq!(
            (refusal.reason(), &*said(&refusal)),
            (Reason::NoRight, expected)
        );
        assert_eq!(&*refusal.missed()[0].rule, "fontclaire/r0");
    }
}

#[test]
fn whom_no_rule_concerns_is_told_nothing_of_it() {
    let other = OFFICE.replace("« RH »", "« Paie »");
    let except = OFFICE.replace("« RH » ", "« RH », sauf « Amina Diallo », ");
    let refusal = ask(
        &ruleset(&[&other, &except]),
        amina(&[]),
        &at(THURSDAY_EVENING, TOWN_HALL),
    );
    let refusal = refusal.unwrap_err();
    assert_eq!(
        (said(&refusal).as_str(), refusal.missed()),
        ("Aucun droit n’est attribué.", &[][..])
    );
}

#[test]
fn of_several_rules_the_nearest_is_said() {
    let evening = "« Amina Diallo » accède à Net Cotisations (lecture), avec un second facteur.";
    let refusal = ask(
        &ruleset(&[OFFICE, evening]),
        amina(&[]),
        &at(THURSDAY_EVENING, "198.51.100.1"),
    );
    assert_eq!(
        said(&refusal.unwrap_err()),
        "Cet accès n’est ouvert qu’avec un second facteur. Un second facteur s’ajoute dans « Mon compte »."
    );
}

#[test]
fn what_a_rule_requires_is_said_to_whoever_has_the_right_and_not_the_rest() {
    let set =
        ruleset(&["Les agents n’accèdent à Net Cotisations que depuis le réseau « mairie »."]);
    let right = [Level::Lecture];
    assert!(ask(&set, amina(&right), &at(THURSDAY_EVENING, TOWN_HALL)).is_ok());
    let refusal = ask(&set, amina(&right), &at(THURSDAY_EVENING, "198.51.100.1")).unwrap_err();
    assert_eq!(refusal.reason(), Reason::Forbidden);
    assert_eq!(
        said(&refusal),
        "Cet accès n’est ouvert que depuis le réseau « mairie »."
    );
}

#[test]
fn what_a_rule_closes_stays_closed_whatever_gives_it() {
    let set = ruleset(&["Aucun agent n’accède à Net Cotisations, le samedi et le dimanche."]);
    let right = [Level::Ecriture];
    assert!(ask(&set, amina(&right), &at(THURSDAY_NOON, TOWN_HALL)).is_ok());
    let refusal = ask(
        &set,
        amina(&right),
        &at(THURSDAY_NOON + 2 * 86_400, TOWN_HALL),
    )
    .unwrap_err();
    assert_eq!(
        (refusal.reason(), &*said(&refusal)),
        (
            Reason::Forbidden,
            "Une règle de la collectivité ferme cet accès le samedi et le dimanche."
        )
    );
}

#[test]
fn who_has_nothing_is_told_that_and_not_when_a_rule_would_close_it() {
    let ruleset = ruleset(&[
        "Les agents n’accèdent à Net Cotisations que depuis le réseau « mairie ».",
        "Aucun agent n’accède à Net Cotisations, de 20 h à 23 h.",
    ]);
    let evening = at(THURSDAY_EVENING, "198.51.100.1");
    let nothing = ask(&ruleset, amina(&[]), &evening).unwrap_err();
    assert_eq!(nothing.reason(), Reason::NoRight);
    assert!(nothing.missed().is_empty());
    assert_eq!(said(&nothing), "Aucun droit n’est attribué.");
    let closed = ask(&ruleset, amina(&[Level::Lecture]), &evening).unwrap_err();
    assert_eq!(closed.reason(), Reason::Forbidden);
}
