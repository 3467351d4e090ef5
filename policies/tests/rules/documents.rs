//! Documents by their kinds, themes and collections: what models say of them, and those that stand for all.

use crate::alike::{THURSDAY_NOON, member, noted, ruleset};
use crate::random::{COLLECTIONS, OWNER, THEMES, about, documents};
use policies::{
    Action, DocumentClass, Documents, Effect, Member, Model, Nature, Principal, Resource, Rule,
    Ruleset, Shelf, Shelves, Situation, Target, decide,
};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;

fn class() -> impl Strategy<Value = DocumentClass> {
    let themes = btree_set(select(&THEMES[..]), 1..4);
    (select(&Nature::ALL[..]), themes, select(&COLLECTIONS[..])).prop_map(
        |(nature, themes, collection)| DocumentClass {
            themes: themes.into_iter().map(Into::into).collect(),
            collection: collection.into(),
            ..DocumentClass::of("bip".into(), nature)
        },
    )
}

fn situation() -> impl Strategy<Value = Situation> {
    let address = prop_oneof![Just("203.0.113.7"), Just("198.51.100.7")];
    (0_i64..9_000, address, any::<bool>()).prop_map(|(hours, address, factor)| {
        let now = THURSDAY_NOON + hours * 3600;
        Situation::at(now, address.parse().ok(), factor)
    })
}

/// The rules that decide, and whether they let through.
fn verdict(
    ruleset: &Ruleset,
    member: &Member,
    class: &DocumentClass,
    situation: &Situation,
) -> (bool, Vec<Box<str>>) {
    let principal = Principal::Member(Arc::new(member.clone()));
    let resource = Resource::Document(class);
    match decide(ruleset, &principal, Action::Lire, resource, situation) {
        Ok(permit) => (true, permit.rules().to_vec()),
        Err(refusal) => (false, refusal.rules().to_vec()),
    }
}

/// What can be written of themes and collections, and no model writes.
const TEXTS: [&str; 8] = [
    r#"resource.themes == [Theme::"Santé"]"#,
    r#"[Theme::"Santé", Theme::"Autre"].containsAll(resource.themes)"#,
    r#"resource.themes.containsAll([Theme::"Santé", Theme::"L'apprentissage"])"#,
    r#"resource.themes.contains(Theme::"Santé") && !resource.themes.contains(Theme::"Autre")"#,
    r#"resource.collection != Collection::"Annales""#,
    "resource.themes.isEmpty()",
    r#"[Collection::"Annales", Collection::"Fonds général"].contains(resource.collection)"#,
    r#"if resource.collection == Collection::"Annales" then resource.themes.containsAny([Theme::"Santé", Theme::"Autre"]) else true"#,
];

fn with_text(models: &[Model], text: &str) -> Ruleset {
    let owner = OWNER.into();
    let expert = Rule {
        id: "texte".to_owned(),
        text: format!(
            "@libelle(\"x\") forbid (principal in Collectivite::\"{OWNER}\", action == Action::\"lire\", resource is Document) when {{ {text} }};"
        ),
    };
    let rules = models.iter().enumerate().map(|(n, model)| Rule {
        id: format!("r{n}"),
        text: model.to_cedar(&owner).unwrap(),
    });
    let rules: Vec<_> = rules.chain([expert]).collect();
    let tenant = policies::Tenant {
        id: owner.clone(),
        active: true,
        services: vec!["bip".into()],
        cdg: None,
    };
    Ruleset::build(&crate::random::VOCABULARY, &tenant, &rules).unwrap()
}

/// For everybody, whenever and from wherever.
fn unconditional(model: Model) -> Model {
    Model {
        who: policies::Who::default(),
        conditions: policies::Conditions::default(),
        effect: if model.effect == Effect::Require {
            Effect::Restrict
        } else {
            model.effect
        },
        ..model
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_model_says_of_each_document_what_its_cedar_decides(
        model in about(documents()),
        member in member(),
        class in class(),
    ) {
        let model = unconditional(model);
        let member = Member { active: true, ..member };
        let situation = Situation::at(THURSDAY_NOON, None, false);
        let ruleset = ruleset(std::slice::from_ref(&model));
        let (_, rules) = verdict(&ruleset, &member, &class, &situation);
        let decides = rules.iter().any(|rule| **rule == *"fontclaire/r0");
        prop_assert_eq!(decides, model.target.includes(Resource::Document(&class)));
    }

    #[test]
    fn the_example_of_a_class_is_decided_by_the_same_rules(
        models in vec(about(documents()), 0..5),
        text in proptest::option::of(select(&TEXTS[..])),
        others in vec(about(documents()), 0..3),
        members in vec(member(), 1..4),
        classes in vec(class(), 1..8),
        situation in situation(),
    ) {
        let one = match text {
            Some(text) => with_text(&models, text),
            None => ruleset(&models),
        };
        let other = noted(&others, "");
        let shelves = Shelves::of(&[&one, &other]);
        for ruleset in [&one, &other] {
            for (member, class) in members.iter().flat_map(|member| classes.iter().map(move |class| (member, class))) {
                let example = shelves.example(class);
                let expected = verdict(ruleset, member, class, &situation);
                prop_assert_eq!(verdict(ruleset, member, &example, &situation), expected, "{:?}", class);
            }
        }
    }

    #[test]
    fn whatever_a_change_opens_or_closes_shows_on_one_of_the_shelves(
        rules in vec(about(documents()), 0..5),
        changed in about(documents()),
        replaced in 0..3_usize,
        member in member(),
        class in class(),
        situation in situation(),
    ) {
        let rules: Vec<_> = rules.into_iter().map(unconditional).collect();
        let before = ruleset(&rules);
        // In the place of another, or beside all.
        let others = rules.iter().enumerate().filter(|(place, _)| *place != replaced);
        let others = others.map(|(_, model)| model.clone());
        let after = others.chain([unconditional(changed)]);
        let after = ruleset(&after.collect::<Vec<_>>());
        let member = Member { active: true, ..member };
        let opens = |ruleset: &Ruleset, class: &DocumentClass| verdict(ruleset, &member, class, &situation).0;
        let change = (opens(&before, &class), opens(&after, &class));
        if change.0 != change.1 {
            let shelves = Shelves::of(&[&before, &after]).all(&"bip".into()).0;
            let shown = shelves.iter().any(|shelf| (opens(&before, &shelf.class), opens(&after, &shelf.class)) == change);
            prop_assert!(shown, "{:?} of {:?}", change, class);
        }
    }

    #[test]
    fn of_documents_on_two_themes_at_most_their_narrowest_shelves_tell_exactly_what_changes(
        rules in vec(about(on_themes()), 0..5),
        changed in about(on_themes()),
        replaced in 0..6_usize,
        member in member(),
        class in class().prop_filter("two themes", |class| class.themes.len() < 3),
    ) {
        let rules: Vec<_> = rules.into_iter().map(unconditional).collect();
        let mut then = rules.clone();
        match then.get_mut(replaced) {
            Some(rule) => *rule = unconditional(changed),
            None => then.push(unconditional(changed)),
        }
        let (before, after) = (ruleset(&rules), ruleset(&then));
        let member = Member { active: true, ..member };
        let situation = Situation::at(THURSDAY_NOON, None, false);
        let change = |class: &DocumentClass| {
            let [was, is] = [&before, &after].map(|ruleset| verdict(ruleset, &member, class, &situation).0);
            (was != is).then_some(is)
        };
        let shelves = Shelves::of(&[&before, &after]).all(&"bip".into()).0;
        let holding = shelves.iter().filter(|shelf| holds(shelf, &class));
        let holding: Vec<_> = holding.collect();
        let narrowest = holding.iter().filter(|shelf| {
            !holding.iter().any(|other| shelf.is_wider_than(other) && !other.is_wider_than(shelf))
        });
        let told = narrowest.filter_map(|shelf| change(&shelf.class));
        let told: std::collections::BTreeSet<_> = told.collect();
        prop_assert_eq!(told, change(&class).into_iter().collect(), "{:?}", class);
    }
}

/// Rules that meet often.
fn on_themes() -> impl Strategy<Value = Target> {
    btree_set(select(&THEMES[..]), 0..3).prop_map(|themes| {
        Target::Documents(Documents {
            service: "bip".into(),
            natures: [].into(),
            themes: themes.into_iter().map(Into::into).collect(),
            collections: [].into(),
        })
    })
}

/// Whether a document is one of those that a shelf is called by.
fn holds(shelf: &Shelf, class: &DocumentClass) -> bool {
    let mut themes = shelf.themes.iter();
    shelf.natures.contains(&class.nature)
        && themes.all(|group| group.iter().any(|theme| class.themes.contains(theme)))
        && (shelf.collections.is_empty() || shelf.collections.contains(&class.collection))
}

#[test]
fn a_few_shelves_stand_for_all_documents() {
    let count = |sentences: &[&str]| {
        let names = crate::random::names();
        let models = sentences
            .iter()
            .map(|sentence| Model::parse(sentence, &names).unwrap());
        let ruleset = ruleset(&models.collect::<Vec<_>>());
        Shelves::of(&[&ruleset]).all(&"bip".into()).0.len()
    };
    assert_eq!(count(&[]), 1, "all alike");
    let news = "Aucun agent n’accède aux actualités de BIP.";
    assert_eq!(count(&[news]), 2, "news, and the others");
    let health =
        "Aucun agent n’accède aux documents de BIP sur l’un des thèmes « Santé » ou « Autre ».";
    assert_eq!(count(&[health]), 2, "those two, and the others");
    let annals = "Aucun agent n’accède aux documents de BIP sur le thème « L’apprentissage » dans la collection « Annales ».";
    assert_eq!(count(&[health, annals]), 3 * 2, "there and elsewhere");
    let leave = "Tous les agents accèdent aux documents de BIP sur le thème « Congés, temps de travail ou absences ».";
    assert_eq!(
        count(&[health, annals, leave]),
        (3 + 2) * 2,
        "two themes where the one may be open and the other closed"
    );
}

#[test]
fn what_a_text_does_not_name_is_told_apart_by_forms_alone() {
    let names = crate::random::names();
    let health =
        "Aucun agent n’accède aux documents de BIP sur l’un des thèmes « Santé » ou « Autre ».";
    let health = Model::parse(health, &names).unwrap();
    let count = |text| {
        let ruleset = with_text(std::slice::from_ref(&health), text);
        Shelves::of(&[&ruleset]).all(&"bip".into()).0.len()
    };
    assert_eq!(
        count("context.double_facteur"),
        2,
        "those two, and the others"
    );
    let one = r#"resource.themes.contains(Theme::"Santé")"#;
    assert_eq!(count(one), 3 + 1, "each, the others, and both");
}
