//! Guardrails that the CIG writes: they close in every collectivité or in one, and nothing else.

use crate::random::{classification, model, names};
use policies::{
    Access, Action, Error, Guardrail, Level, Member, Model, Principal, Purview, Refusal, Resource,
    Right, Role, Route, Rule, Ruleset, Rulesets, Situation, Tenant, Vocabulary, administer, decide,
};
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

static VOCABULARY: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| {
    let services = ["bip", "net", "net-cotisations", "portail"].map(Into::into);
    let vocabulary = Vocabulary::classified(&services, classification()).unwrap();
    Arc::new(vocabulary.with_portal("portail".into()))
});

const FRIDAY_NOON: i64 = 1_795_172_400; // 20 November 2026, 12:00 in Paris

fn guardrail(sentence: &str, only: Option<&str>) -> Guardrail {
    let model = Model::parse(sentence, &names()).unwrap();
    let text = Guardrail::write(&model, only.map(Into::into).as_ref()).unwrap();
    let rule = Rule {
        id: "g".to_owned(),
        text,
    };
    Guardrail::read(&VOCABULARY, &rule).unwrap()
}

fn tenant(id: &str) -> Tenant {
    Tenant {
        id: id.into(),
        active: true,
        services: vec!["bip".into(), "net-cotisations".into()],
        cdg: None,
    }
}

/// A référente of a town, who may modify what the town has.
fn somebody(town: &str) -> Principal {
    let right = |service: &str| Right {
        service: service.into(),
        level: Level::Ecriture,
    };
    Principal::Member(Arc::new(Member {
        id: format!("{town}/a").as_str().into(),
        collectivite: town.into(),
        active: true,
        role: Role::Referent,
        groups: Vec::new(),
        profile: None,
        rights: vec![right("bip"), right("net-cotisations")],
    }))
}

/// Two towns under guardrails.
fn towns(guardrails: Vec<Guardrail>) -> Rulesets {
    let anonymous = Arc::new(Ruleset::anonymous(&VOCABULARY));
    let mut towns = Rulesets::new(anonymous, HashMap::new());
    for town in ["fontclaire", "montrieux"] {
        let ruleset = Ruleset::build(&VOCABULARY, &tenant(town), &[]).unwrap();
        towns.set(town.into(), &ruleset);
    }
    towns.set_guardrails(guardrails);
    towns
}

fn ask(towns: &Rulesets, town: &str, (area, action): (&str, Action)) -> Result<(), Refusal> {
    let route = Route {
        id: area.into(),
        service: area.split('/').next().unwrap().into(),
        access: Access::Granted,
    };
    let (who, now) = (somebody(town), Situation::at(FRIDAY_NOON, None, false));
    let ruleset = towns.of(&who)?;
    decide(ruleset, &who, action, Resource::Route(&route), &now).map(drop)
}

fn manage(towns: &Rulesets, town: &str) -> Result<Purview, Refusal> {
    let (who, now) = (somebody(town), Situation::at(FRIDAY_NOON, None, false));
    administer(towns.of(&who)?, &who, &tenant(town), &now)
}

#[test]
fn a_guardrail_closes_in_every_collectivite_and_says_what_it_asks_for() {
    let sentence =
        "Les agents n’accèdent à Net Cotisations (modification) qu’avec un second facteur.";
    let towns = towns(vec![guardrail(sentence, None)]);
    for town in ["fontclaire", "montrieux"] {
        let (reading, sending) = (Action::Ouvrir, Action::Envoyer);
        assert!(ask(&towns, town, ("net-cotisations", reading)).is_ok());
        assert!(ask(&towns, town, ("bip", sending)).is_ok());
        let refused = ask(&towns, town, ("net-cotisations", sending)).unwrap_err();
        assert_eq!(refused.rules(), ["cig/garde-fou/g".into()]);
        let said = refused.sentence().replace('\u{a0}', " ");
        assert!(said.contains("qu’avec un second facteur"), "{said}");
    }
}

#[test]
fn a_ceiling_of_one_collectivite_leaves_the_others_alone() {
    let sentence = "Aucun agent n’accède à Net Cotisations (modification).";
    let towns = towns(vec![guardrail(sentence, Some("fontclaire"))]);
    let sending = ("net-cotisations", Action::Envoyer);
    let refused = ask(&towns, "fontclaire", sending).unwrap_err();
    assert_eq!(refused.sentence(), "Une règle du CIG ferme cet accès.");
    assert!(ask(&towns, "montrieux", sending).is_ok());
    let knows = |town: &str| {
        let ruleset = towns.get(&town.into()).unwrap();
        ruleset.model("cig/garde-fou/g").is_some()
    };
    assert!(knows("fontclaire") && !knows("montrieux"));
}

#[test]
fn what_is_withdrawn_closes_no_more_and_what_cannot_be_read_closes_all_but_the_console() {
    let sentence = "Aucun agent n’accède à BIP.";
    let mut towns = towns(vec![guardrail(sentence, None)]);
    let reading = ("bip", Action::Ouvrir);
    assert!(ask(&towns, "fontclaire", reading).is_err());
    towns.set_guardrails(Vec::new());
    assert!(ask(&towns, "fontclaire", reading).is_ok());
    let broken = Rule {
        id: "g".to_owned(),
        text: "forbid (".to_owned(),
    };
    let gone = Rule {
        id: "gone".to_owned(),
        text: r#"@modele("restriction/1") forbid (principal is Agent, action in [Action::"lecture", Action::"ecriture"], resource in Service::"ancien");"#.to_owned(),
    };
    let rules = [gone, broken];
    // The last good one stands in its place, where there is one.
    let known = [guardrail(sentence, None)];
    let (kept, unread) = Guardrail::read_all(&VOCABULARY, &rules, &known).unwrap();
    assert_eq!((kept.len(), unread.len()), (1, 1));
    assert!(kept[0].model().is_some());
    let (closing, _) = Guardrail::read_all(&VOCABULARY, &rules, &[]).unwrap();
    towns.set_guardrails(closing);
    let refused = ask(&towns, "fontclaire", reading).unwrap_err();
    assert!(
        refused.sentence().contains("ne peut pas être appliqué"),
        "{refused:?}"
    );
    assert!(manage(&towns, "fontclaire").is_ok());
    // A ruleset that comes later is under it too.
    let ruleset = Ruleset::build(&VOCABULARY, &tenant("fontclaire"), &[]).unwrap();
    towns.set("fontclaire".into(), &ruleset);
    assert!(ask(&towns, "fontclaire", reading).is_err());
}

#[test]
fn a_text_that_is_no_guardrail_is_refused() {
    let mut known = names();
    known.services.add("portail", "Portail");
    let written = |sentence: &str| {
        let model = Model::parse(sentence, &known).unwrap();
        model.to_cedar(&"fontclaire".into()).unwrap()
    };
    for text in [
        written("Tous les agents accèdent à BIP (lecture)."),
        written("Aucun agent n’accède à BIP, depuis le réseau «\u{a0}mairie\u{a0}»."),
        written("Aucun agent n’accède à Portail."),
        "forbid (principal, action, resource);".to_owned(),
        "forbid (principal is Agent, action in [Action::\"lecture\"], resource) when { true };"
            .to_owned(),
        "(".repeat(9_000),
    ] {
        let rule = Rule {
            id: "g".to_owned(),
            text,
        };
        let read = Guardrail::read(&VOCABULARY, &rule);
        assert!(
            matches!(read, Err(Error::Rule { .. })),
            "{}: {read:?}",
            rule.text
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_guardrail_says_exactly_its_model_and_no_collectivite_can_write_it(model in model()) {
        let fits = Guardrail::fits(&model);
        let written = Guardrail::write(&model, None);
        prop_assert_eq!(written.is_ok(), fits);
        if let Ok(text) = written {
            let rule = Rule { id: "g".to_owned(), text };
            let read = Guardrail::read(&VOCABULARY, &rule).unwrap();
            prop_assert_eq!(read.model(), Some(&model));
            let taken = Ruleset::check(&VOCABULARY, &"fontclaire".into(), &rule);
            prop_assert!(matches!(taken, Err(Error::Reach { .. })), "{:?}", taken);
            let sentence = model.sentence(&names());
            prop_assert_eq!(Model::parse(&sentence, &names()), Ok(model));
        }
    }
}
