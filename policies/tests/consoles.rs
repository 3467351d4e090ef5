//! Who may manage and follow whom: référents their own collectivité, a CDG those affiliated to it,
//! the CIG every one; and no rule of a collectivité changes that.

#![cfg(test)]

use policies::{
    Access, Action, DocumentClass, Level, Member, Nature, Principal, Reason, Refusal, Resource,
    Right, Role, Route, Rule, Ruleset, Situation, Tenant, Vocabulary, administer, attribute,
    decide, oversee, supervise,
};
use std::sync::Arc;

fn tenant(id: &str, cdg: Option<&str>) -> Tenant {
    Tenant {
        id: id.into(),
        active: true,
        services: vec!["bip".into()],
        cdg: cdg.map(Into::into),
    }
}

fn member(id: &str, role: Role) -> Member {
    let (collectivite, _) = id.split_once('/').unwrap();
    Member {
        id: id.into(),
        collectivite: collectivite.into(),
        active: true,
        role,
        groups: Vec::new(),
        profile: None,
        rights: Vec::new(),
    }
}

/// Somebody with the ruleset of their collectivité.
struct Someone {
    ruleset: Ruleset,
    principal: Principal,
}

fn someone(id: &str, role: Role, rules: &[Rule]) -> Someone {
    let vocabulary = Arc::new(Vocabulary::new(&["bip".into()]).unwrap());
    let member = member(id, role);
    let own = tenant(member.collectivite.as_str(), None);
    Someone {
        ruleset: Ruleset::build(&vocabulary, &own, rules).unwrap(),
        principal: Principal::Member(Arc::new(member)),
    }
}

fn now() -> Situation {
    Situation::at(1_795_165_200, None, false)
}

impl Someone {
    fn administers(&self, tenant: &Tenant) -> Result<(), Refusal> {
        administer(&self.ruleset, &self.principal, tenant, &now()).map(drop)
    }

    fn supervises(&self, tenant: &Tenant) -> bool {
        supervise(&self.ruleset, &self.principal, tenant, &now()).is_ok()
    }

    fn attributes_to(&self, id: &str, role: Role) -> Result<(), Refusal> {
        attribute(&self.ruleset, &self.principal, &member(id, role), &now()).map(drop)
    }
}

fn refused_by(verdict: Result<(), Refusal>) -> String {
    verdict.unwrap_err().rules().join(" ")
}

#[test]
fn a_referent_manages_the_own_collectivite_only() {
    let renee = someone("fontclaire/renee", Role::Referent, &[]);
    renee.administers(&tenant("fontclaire", None)).unwrap();
    let beyond = renee.administers(&tenant("montrieux", None));
    assert_eq!(refused_by(beyond), "cig/administrer");
    assert!(!renee.supervises(&tenant("fontclaire", None)));
}

#[test]
fn nobody_else_manages_a_collectivite() {
    for role in [Role::Agent, Role::Correspondant, Role::Partenaire] {
        let other = someone("fontclaire/autre", role, &[]);
        let refused = other.administers(&tenant("fontclaire", None));
        assert_eq!(refused_by(refused), "cig/administrer", "{role:?}");
    }
    let nobody = Someone {
        principal: Principal::Anonymous,
        ..someone("fontclaire/renee", Role::Referent, &[])
    };
    let refused = nobody.administers(&tenant("fontclaire", None)).unwrap_err();
    assert_eq!(refused.reason(), Reason::Failed);
}

#[test]
fn a_referent_changes_the_rights_of_colleagues_never_the_own_ones() {
    let renee = someone("fontclaire/renee", Role::Referent, &[]);
    renee
        .attributes_to("fontclaire/amina", Role::Agent)
        .unwrap();
    renee
        .attributes_to("fontclaire/rachid", Role::Referent)
        .unwrap();
    for (id, role) in [
        ("fontclaire/renee", Role::Referent),
        ("montrieux/regine", Role::Agent),
    ] {
        assert_eq!(
            refused_by(renee.attributes_to(id, role)),
            "cig/attribuer",
            "{id}"
        );
    }
}

#[test]
fn the_cig_follows_every_collectivite_and_a_cdg_its_own_ones() {
    let corinne = someone("cig/corinne", Role::Correspondant, &[]);
    let pierre = someone("cdg/pierre", Role::Partenaire, &[]);
    let (affiliated, foreign) = (
        tenant("montrieux", Some("cdg")),
        tenant("vauban", Some("cdg2")),
    );
    for (tenant, followed_by_pierre) in [
        (&affiliated, true),
        (&foreign, false),
        (&tenant("fontclaire", None), false),
    ] {
        assert!(corinne.supervises(tenant));
        assert_eq!(
            pierre.supervises(tenant),
            followed_by_pierre,
            "{}",
            tenant.id
        );
    }
    let reach = |someone: &Someone| oversee(&someone.ruleset, &someone.principal, &now());
    assert_eq!(reach(&corinne).unwrap().affiliated_to(), None);
    assert_eq!(reach(&pierre).unwrap().affiliated_to(), Some(&"cdg".into()));
    assert!(reach(&someone("fontclaire/renee", Role::Referent, &[])).is_err());
}

#[test]
fn a_rule_of_a_collectivite_gives_no_console_to_anybody() {
    let rule = Rule {
        id: "trop".to_owned(),
        text: r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource);"#.to_owned(),
    };
    let amina = someone("fontclaire/amina", Role::Agent, std::slice::from_ref(&rule));
    let own = tenant("fontclaire", None);
    assert_eq!(refused_by(amina.administers(&own)), "cig/administrer");
    assert!(!amina.supervises(&own));
    assert!(
        amina
            .attributes_to("fontclaire/aline", Role::Agent)
            .is_err()
    );
    let renee = someone("fontclaire/renee", Role::Referent, &[rule]);
    assert!(renee.administers(&tenant("montrieux", None)).is_err());
    assert!(
        renee
            .attributes_to("fontclaire/renee", Role::Referent)
            .is_err()
    );
}

#[test]
fn where_rules_do_not_hold_services_are_closed_and_the_console_is_not() {
    let vocabulary = Arc::new(Vocabulary::new(&["bip".into()]).unwrap());
    let town = tenant("fontclaire", None);
    let renee = Someone {
        ruleset: Ruleset::closed(&vocabulary, &town).unwrap(),
        principal: someone("fontclaire/renee", Role::Referent, &[]).principal,
    };
    let route = Route {
        id: "bip/recherche".into(),
        service: "bip".into(),
        access: Access::Granted,
    };
    let door = Resource::Route(&route);
    let refused = decide(
        &renee.ruleset,
        &renee.principal,
        Action::Ouvrir,
        door,
        &now(),
    );
    assert!(
        refused
            .unwrap_err()
            .sentence()
            .contains("ne peut pas être appliquée")
    );
    renee.administers(&town).unwrap();
    // The fence stays.
    let elsewhere = tenant("montrieux", None);
    assert!(renee.administers(&elsewhere).is_err());
}

#[test]
fn no_rule_closes_the_consoles_or_the_portal_that_leads_there() {
    let services = ["bip".into(), "portail".into()];
    let vocabulary = Vocabulary::new(&services).unwrap();
    let vocabulary = Arc::new(vocabulary.with_portal("portail".into()));
    let town = tenant("fontclaire", None);
    let closing = |scope: &str| Rule {
        id: "r".to_owned(),
        text: format!("forbid (principal in Collectivite::\"fontclaire\", {scope});"),
    };
    for scope in [
        "action, resource",
        "action, resource is Collectivite",
        "action, resource is Agent",
        "action == Action::\"administrer\", resource",
        "action in [Action::\"lecture\", Action::\"attribuer\"], resource",
        "action in [Action::\"lecture\"], resource in Service::\"portail\"",
        "action in [Action::\"lecture\"], resource == Route::\"portail/referent\"",
    ] {
        let built = Ruleset::build(&vocabulary, &town, &[closing(scope)]);
        assert!(built.is_err(), "{scope}");
    }
    // One of everything is one of every service.
    let everything = closing("action in [Action::\"lecture\", Action::\"ecriture\"], resource");
    let renee = Someone {
        ruleset: Ruleset::build(&vocabulary, &town, &[everything]).unwrap(),
        principal: someone("fontclaire/renee", Role::Referent, &[]).principal,
    };
    let open = |service: &str| {
        let route = Route {
            id: service.into(),
            service: service.into(),
            access: Access::SignedIn,
        };
        let door = Resource::Route(&route);
        decide(
            &renee.ruleset,
            &renee.principal,
            Action::Ouvrir,
            door,
            &now(),
        )
        .is_ok()
    };
    assert!(open("portail") && !open("bip"));
    renee.administers(&town).unwrap();
    renee
        .attributes_to("fontclaire/aline", Role::Agent)
        .unwrap();
}

/// Somebody who may consult, or modify, BIP, asks to write a sheet.
fn writes(role: Role, level: Level, rules: &[Rule]) -> Result<(), Refusal> {
    let someone = someone("cig/corinne", role, rules);
    let Principal::Member(member) = &someone.principal else {
        unreachable!()
    };
    let right = Right {
        service: "bip".into(),
        level,
    };
    let principal = Principal::Member(Arc::new(Member {
        rights: vec![right],
        ..Member::clone(member)
    }));
    let sheet = DocumentClass::of("bip".into(), Nature::Fiche);
    let sheet = Resource::Document(&sheet);
    decide(&someone.ruleset, &principal, Action::Rediger, sheet, &now()).map(drop)
}

#[test]
fn documents_are_written_by_correspondants_who_may_modify_bip() {
    writes(Role::Correspondant, Level::Ecriture, &[]).unwrap();
    let reads_only = writes(Role::Correspondant, Level::Lecture, &[]).unwrap_err();
    assert_eq!(reads_only.reason(), Reason::NoRight);
    for role in [Role::Agent, Role::Referent, Role::Partenaire] {
        let refused = refused_by(writes(role, Level::Ecriture, &[]));
        assert_eq!(refused, "cig/redaction", "{role:?}");
    }
}

#[test]
fn no_rule_lets_others_write_documents() {
    let everything = Rule {
        id: "tout".to_owned(),
        text: r#"permit (principal in Collectivite::"cig", action in [Action::"lecture", Action::"ecriture"], resource in Service::"bip");"#.to_owned(),
    };
    let rules = std::slice::from_ref(&everything);
    assert_eq!(
        refused_by(writes(Role::Referent, Level::Lecture, rules)),
        "cig/redaction"
    );
    writes(Role::Correspondant, Level::Lecture, rules).unwrap();
}
