//! Decisions through the crate's door: each says which rule decided.

#![cfg(test)]

use policies::{
    Access, Action, DeclaredService, Diffusion, DocumentClass, Level, Member, Nature, Permit,
    Principal, Reason, Refusal, Resource, Right, Role, Route, Rule, Ruleset, Rulesets, ServiceId,
    ServiceRole, Situation, Tenant, Vocabulary, decide,
};
use std::collections::HashMap;
use std::sync::Arc;

const NOON: i64 = 1_768_475_000; // Thursday 15 January 2026, 12:03 in Paris

fn vocabulary() -> Arc<Vocabulary> {
    let role = |id: &str, modifies| ServiceRole {
        id: id.into(),
        name: id.to_owned(),
        modifies,
    };
    let services = [
        "site".into(),
        "bip".into(),
        DeclaredService {
            id: "net-cotisations".into(),
            roles: vec![role("valideur", true), role("lecteur", false)],
        },
    ];
    Arc::new(Vocabulary::new(&services).unwrap())
}

fn tenant(services: &[&str]) -> Tenant {
    Tenant {
        id: "fontclaire".into(),
        active: true,
        services: services.iter().map(|id| ServiceId::from(*id)).collect(),
        cdg: None,
    }
}

fn amina() -> Member {
    Member {
        id: "fontclaire/amina".into(),
        collectivite: "fontclaire".into(),
        active: true,
        role: Role::Agent,
        groups: vec!["fontclaire/paie".into()],
        profile: None,
        rights: vec![Right {
            service: "bip".into(),
            level: Level::Lecture,
        }],
    }
}

fn route(service: &str, access: Access) -> Route {
    Route {
        id: format!("{service}/tout").into(),
        service: service.into(),
        access,
    }
}

fn ruleset(rules: &[&str]) -> Ruleset {
    let rules: Vec<Rule> = rules
        .iter()
        .enumerate()
        .map(|(n, text)| Rule {
            id: format!("r{n}"),
            text: (*text).to_owned(),
        })
        .collect();
    Ruleset::build(
        &vocabulary(),
        &tenant(&["site", "bip", "net-cotisations"]),
        &rules,
    )
    .unwrap()
}

fn ask(
    ruleset: &Ruleset,
    member: Member,
    action: Action,
    route: &Route,
) -> Result<Permit, Refusal> {
    let situation = Situation::at(NOON, None, false);
    decide(
        ruleset,
        &Principal::Member(Arc::new(member)),
        action,
        Resource::Route(route),
        &situation,
    )
}

fn rules(permit: &Permit) -> Vec<&str> {
    permit.rules().iter().map(AsRef::as_ref).collect()
}

#[test]
fn a_right_to_read_opens_pages_and_sends_nothing() {
    let (set, bip) = (ruleset(&[]), route("bip", Access::Granted));
    let permit = ask(&set, amina(), Action::Ouvrir, &bip).unwrap();
    assert_eq!(rules(&permit), ["droit/bip/lecture"]);
    assert_eq!(permit.service().as_str(), "bip");
    assert_eq!(
        ask(&set, amina(), Action::Envoyer, &bip)
            .unwrap_err()
            .reason(),
        Reason::NoRight
    );
}

#[test]
fn a_right_to_modify_does_both() {
    let (set, bip) = (ruleset(&[]), route("bip", Access::Granted));
    let mut member = amina();
    member.rights = vec![Right {
        service: "bip".into(),
        level: Level::Ecriture,
    }];
    for action in [Action::Ouvrir, Action::Envoyer] {
        assert_eq!(
            rules(&ask(&set, member.clone(), action, &bip).unwrap()),
            ["droit/bip/ecriture"]
        );
    }
}

#[test]
fn without_a_right_nothing_opens_but_what_is_open_to_all() {
    let set = ruleset(&[]);
    let refusal = ask(
        &set,
        amina(),
        Action::Ouvrir,
        &route("site", Access::Granted),
    )
    .unwrap_err();
    assert_eq!(
        (refusal.reason(), refusal.rules().len()),
        (Reason::NoRight, 0)
    );
    assert!(
        ask(
            &set,
            amina(),
            Action::Envoyer,
            &route("site", Access::SignedIn)
        )
        .is_ok()
    );
    assert!(
        ask(
            &set,
            amina(),
            Action::Ouvrir,
            &route("site", Access::Public)
        )
        .is_ok()
    );
}

#[test]
fn nobody_in_particular_passes_public_doors_only() {
    let (set, situation) = (
        Ruleset::anonymous(&vocabulary()),
        Situation::at(NOON, None, false),
    );
    let ask = |access| {
        let route = route("site", access);
        decide(
            &set,
            &Principal::Anonymous,
            Action::Ouvrir,
            Resource::Route(&route),
            &situation,
        )
    };
    assert_eq!(rules(&ask(Access::Public).unwrap()), ["droit/public"]);
    assert_eq!(ask(Access::SignedIn).unwrap_err().reason(), Reason::NoRight);
    assert_eq!(ask(Access::Granted).unwrap_err().reason(), Reason::NoRight);
}

#[test]
fn a_suspended_account_opens_nothing_even_public_pages() {
    let member = Member {
        active: false,
        ..amina()
    };
    for access in [Access::Granted, Access::SignedIn, Access::Public] {
        let refusal = ask(
            &ruleset(&[]),
            member.clone(),
            Action::Ouvrir,
            &route("bip", access),
        )
        .unwrap_err();
        assert_eq!(refusal.reason(), Reason::Forbidden);
        assert!(refusal.rules().contains(&"cig/compte-actif".into()));
    }
}

#[test]
fn a_service_that_the_cig_did_not_open_stays_closed_whatever_the_rights() {
    let set = Ruleset::build(&vocabulary(), &tenant(&["site"]), &[]).unwrap();
    let refusal = ask(
        &set,
        amina(),
        Action::Ouvrir,
        &route("bip", Access::Granted),
    )
    .unwrap_err();
    assert_eq!(refusal.rules(), ["cig/service-ouvert".into()]);
}

#[test]
fn a_closed_collectivite_opens_nothing() {
    let closed = Tenant {
        active: false,
        ..tenant(&["bip"])
    };
    let set = Ruleset::build(&vocabulary(), &closed, &[]).unwrap();
    let refusal = ask(
        &set,
        amina(),
        Action::Ouvrir,
        &route("bip", Access::Granted),
    )
    .unwrap_err();
    assert_eq!(refusal.rules(), ["cig/collectivite-active".into()]);
}

#[test]
fn a_rule_gives_its_group_access_during_its_hours_only() {
    let set = ruleset(&[
        r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"],
        resource in Service::"net-cotisations")
        when { principal in Groupe::"fontclaire/paie" }
        when { context.heure >= duration("7h") && context.heure < duration("20h") && context.jour != Jour::"dimanche" };"#,
    ]);
    let (route, who) = (
        route("net-cotisations", Access::Granted),
        Principal::Member(Arc::new(amina())),
    );
    let at = |now| {
        decide(
            &set,
            &who,
            Action::Envoyer,
            Resource::Route(&route),
            &Situation::at(now, None, false),
        )
    };
    assert_eq!(rules(&at(NOON).unwrap()), ["fontclaire/r0"]);
    assert_eq!(at(NOON + 9 * 3600).unwrap_err().reason(), Reason::NoRight);
    assert_eq!(at(NOON + 3 * 86_400).unwrap_err().reason(), Reason::NoRight);
}

#[test]
fn a_rule_that_cannot_be_evaluated_refuses_and_does_not_vanish() {
    let forbid = |condition: &str| {
        ruleset(&[&format!(
            r#"forbid (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource is Route)
            when {{ {condition} }};"#
        )])
    };
    let who = Principal::Member(Arc::new(amina()));
    let route = route("bip", Access::Granted);
    let at = |set: &Ruleset, moment: i64| {
        let situation = Situation::at(moment, None, false);
        decide(
            set,
            &who,
            Action::Ouvrir,
            Resource::Route(&route),
            &situation,
        )
    };
    // Cedar skips a policy whose sum is too large; what it forbids would open.
    let sum =
        r#"context.maintenant.offset(duration("9223372036854775807ms")) < context.maintenant"#;
    let failed = at(&forbid(sum), NOON).unwrap_err();
    assert_eq!(failed.reason(), Reason::Failed);
    // A moment that no calendar has: the circumstances cannot be told.
    let evening = forbid(r#"context.heure >= duration("20h")"#);
    assert!(at(&evening, NOON).is_ok());
    let beyond = at(&evening, i64::MAX).unwrap_err();
    assert_eq!(beyond.reason(), Reason::Failed);
}

#[test]
fn a_member_is_never_judged_by_another_collectivites_rules() {
    let stranger = Member {
        collectivite: "valmont".into(),
        ..amina()
    };
    let set = ruleset(&[]);
    let refusal = ask(
        &set,
        stranger.clone(),
        Action::Ouvrir,
        &route("bip", Access::Granted),
    )
    .unwrap_err();
    assert_eq!(refusal.reason(), Reason::Failed);
    let all = Rulesets::new(
        Arc::new(Ruleset::anonymous(&vocabulary())),
        HashMap::from([("fontclaire".into(), Arc::new(set))]),
    );
    assert!(all.of(&Principal::Member(Arc::new(amina()))).is_ok());
    assert_eq!(
        all.of(&Principal::Member(Arc::new(stranger)))
            .unwrap_err()
            .reason(),
        Reason::Failed
    );
}

#[test]
fn a_rule_that_reaches_beyond_its_collectivite_is_not_accepted() {
    for text in [
        "permit (principal, action, resource);",
        "permit (principal is Agent, action, resource);",
        r#"permit (principal in Collectivite::"valmont", action in [Action::"lecture", Action::"ecriture"], resource);"#,
        r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource) when { principal in Groupe::"valmont/rh" };"#,
        r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource) when { principal == Agent::"valmont/rene" };"#,
        r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource) unless { principal.collectivite == Collectivite::"valmont" };"#,
    ] {
        let rule = Rule {
            id: "r".into(),
            text: text.into(),
        };
        let error = Ruleset::build(&vocabulary(), &tenant(&["bip"]), &[rule]).unwrap_err();
        assert!(
            matches!(error, policies::Error::Reach { .. }),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_misspelt_service_or_attribute_is_not_accepted() {
    for text in [
        r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource in Service::"bipp");"#,
        r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource is Route) when { resource.naturr == 1 };"#,
        r#"permit (principal in Collectivite::"fontclaire", action == Action::"ouvrire", resource);"#,
        "permit principal",
    ] {
        let rule = Rule {
            id: "r".into(),
            text: text.into(),
        };
        let error = Ruleset::build(&vocabulary(), &tenant(&["bip"]), &[rule]).unwrap_err();
        assert!(
            matches!(error, policies::Error::Rule { .. }),
            "{text}: {error}"
        );
    }
}

#[test]
fn documents_are_read_by_class() {
    let set = ruleset(&[]);
    let read = |diffusion, reserve_a: &[&str]| {
        let class = DocumentClass {
            diffusion,
            reserve_a: reserve_a.iter().map(|id| (*id).into()).collect(),
            ..DocumentClass::of("bip".into(), Nature::Fiche)
        };
        let who = Principal::Member(Arc::new(amina()));
        decide(
            &set,
            &who,
            Action::Lire,
            Resource::Document(&class),
            &Situation::at(NOON, None, false),
        )
        .map(|permit| permit.rules().to_vec())
        .map_err(|refusal| refusal.rules().to_vec())
    };
    assert_eq!(
        read(Diffusion::Adherents, &[]),
        Ok(vec!["droit/bip/lecture".into()])
    );
    assert_eq!(
        read(Diffusion::Restreint, &["valmont"]),
        Err(vec!["cig/diffusion-restreinte".into()])
    );
    assert_eq!(
        read(Diffusion::Restreint, &["fontclaire"]),
        Ok(vec!["droit/bip/lecture".into()])
    );
}

#[test]
fn a_remembered_decision_follows_the_minute_and_the_ruleset() {
    let timed = r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource in Service::"site")
        when { context.heure < duration("12h4m") };"#;
    let (set, memory) = (ruleset(&[timed]), policies::Decisions::default());
    let (who, site) = (
        Principal::Member(Arc::new(amina())),
        route("site", Access::Granted),
    );
    let at = |set: &Ruleset, now| {
        memory.decide(
            set,
            &who,
            Action::Ouvrir,
            &site,
            &Situation::at(now, None, false),
        )
    };
    assert!(at(&set, NOON).is_ok());
    assert!(at(&set, NOON + 20).is_ok());
    assert!(at(&set, NOON + 60).is_err());
    assert!(at(&set, NOON).is_ok());
    assert!(at(&ruleset(&[]), NOON).is_err());
}

#[test]
fn a_service_id_that_would_break_out_of_the_schema_is_not_accepted() {
    for id in ["", "Bip", r#"a"]; entity X;"#, "a b"] {
        assert!(Vocabulary::new(&[id.into()]).is_err(), "{id}");
    }
}

#[test]
fn a_role_that_would_break_out_of_the_schema_or_is_a_level_is_not_accepted() {
    for id in ["", "Valideur", r#"a"]; entity X;"#, "lecture", "aucun"] {
        let service = DeclaredService {
            id: "bip".into(),
            roles: vec![ServiceRole {
                id: id.into(),
                name: "Rôle".to_owned(),
                modifies: false,
            }],
        };
        assert!(Vocabulary::new(&[service]).is_err(), "{id}");
    }
}

#[test]
fn a_role_lets_through_what_its_service_declares_and_rules_may_name_it() {
    let with = |role: &str| Member {
        rights: vec![Right {
            service: "net-cotisations".into(),
            level: Level::parse(role).unwrap(),
        }],
        ..amina()
    };
    let (set, nc) = (ruleset(&[]), route("net-cotisations", Access::Granted));
    for (role, opens, modifies) in [
        ("valideur", true, true),
        ("lecteur", true, false),
        ("inconnu", false, false),
    ] {
        let asked = |action| ask(&set, with(role), action, &nc).is_ok();
        assert_eq!(
            (asked(Action::Ouvrir), asked(Action::Envoyer)),
            (opens, modifies),
            "{role}"
        );
    }
    let closed = ruleset(&[
        r#"forbid (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource in Service::"net-cotisations")
           unless { principal in Droit::"net-cotisations/valideur" };"#,
    ]);
    assert!(ask(&closed, with("valideur"), Action::Ouvrir, &nc).is_ok());
    assert!(ask(&closed, with("lecteur"), Action::Ouvrir, &nc).is_err());
}

#[test]
fn a_service_that_the_installation_no_longer_has_opens_nothing_and_stops_nothing() {
    let mut member = amina();
    member.rights.push(Right {
        service: "gone".into(),
        level: Level::Ecriture,
    });
    let set = Ruleset::build(&vocabulary(), &tenant(&["bip", "gone"]), &[]).unwrap();
    assert!(ask(&set, member, Action::Ouvrir, &route("bip", Access::Granted)).is_ok());
}

#[test]
fn a_rule_names_a_network_of_its_own_collectivite() {
    let inside = r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource in Service::"site")
        when { context.reseaux.contains("mairie") };"#;
    let network = |name: &str, range: &str| policies::Network {
        name: name.into(),
        ranges: vec![policies::Range::parse(range).unwrap()],
    };
    let with = |networks| ruleset(&[inside]).with_networks(networks);
    let town_hall = with(vec![
        network("mairie", "203.0.113.0/24"),
        network("annexe", "198.51.100.7"),
    ]);
    let (who, site) = (
        Principal::Member(Arc::new(amina())),
        route("site", Access::Granted),
    );
    let memory = policies::Decisions::default();
    let from = |set: &Ruleset, address: &str| {
        let situation = Situation::at(NOON, address.parse().ok(), false);
        let decided = memory.decide(set, &who, Action::Ouvrir, &site, &situation);
        decided.is_ok()
    };
    assert!(from(&town_hall, "203.0.113.5"));
    assert!(from(&town_hall, "::ffff:203.0.113.5"));
    // Elsewhere, in another network, and where the address is not known.
    assert!(!from(&town_hall, "192.0.2.1"));
    assert!(!from(&town_hall, "198.51.100.7"));
    assert!(!from(&town_hall, "nowhere"));
    assert!(from(&town_hall, "203.0.113.5"));
    // None is confirmed, or not this one.
    assert!(!from(&with(Vec::new()), "203.0.113.5"));
    assert!(!from(
        &with(vec![network("annexe", "203.0.113.5")]),
        "203.0.113.5"
    ));
}

/// What is kept of the circumstances for the next who asks in the same minute is theirs alone.
#[test]
fn what_one_shows_opens_nothing_to_the_next_who_asks() {
    let proved = r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource in Service::"site")
        when { context.double_facteur };"#;
    let town = ruleset(&[proved]);
    let site = route("site", Access::Granted);
    let opens = |second_factor| {
        let who = Principal::Member(Arc::new(amina()));
        let situation = Situation::at(NOON, None, second_factor);
        let what = Resource::Route(&site);
        decide(&town, &who, Action::Ouvrir, what, &situation).is_ok()
    };
    assert!(opens(true));
    assert!(!opens(false));
    assert!(opens(true));
}
