//! Under random rules of every model, what a search finds and counts is what one decision per document permits.

use crate::world::{NOW, base, corpus, ruleset};
use policies::{
    Action, DocumentClass, Documents, Effect, Level, Member, Model, Nature, Party, Principal,
    Reach, Resource, Right, Role, Ruleset, Situation, Target, Who, decide,
};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use search::{Document, Question};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

static CORPUS: LazyLock<Vec<(Document, DocumentClass)>> = LazyLock::new(|| {
    let read = |line: String| {
        let document: Document = serde_json::from_str(&line).unwrap();
        let class = class(&document);
        (document, class)
    };
    corpus().into_iter().map(read).collect()
});

/// Said here anew, so that a class made wrongly by the index shows.
fn class(document: &Document) -> DocumentClass {
    let mut class = DocumentClass::of("bip".into(), document.kind);
    if !document.themes.is_empty() {
        class.themes = document
            .themes
            .iter()
            .map(|theme| theme.as_str().into())
            .collect();
    }
    if let Some(collection) = &document.collection {
        class.collection = collection.as_str().into();
    }
    class
}

fn model() -> impl Strategy<Value = Model> {
    let target = (
        btree_set(select(&Nature::ALL[..]), 0..3),
        btree_set(select(&search::EMBEDDED_THEMES[..]), 0..3),
        any::<bool>(),
    );
    let party = select(vec![
        Party::Group("c1/rh".into()),
        Party::Group("c1/paie".into()),
        Party::Agent("c1/m1".into()),
    ]);
    (
        select(&Effect::ALL[..]),
        btree_set(party, 0..3),
        target,
        any::<bool>(),
    )
        .prop_map(
            |(effect, any_of, (natures, themes, general), second_factor)| {
                let mut model = Model {
                    effect,
                    who: Who {
                        any_of,
                        except: [].into(),
                    },
                    target: Target::Documents(Documents {
                        service: "bip".into(),
                        natures,
                        themes: themes.into_iter().map(Into::into).collect(),
                        collections: if general {
                            ["Fonds général".into()].into()
                        } else {
                            [].into()
                        },
                    }),
                    reach: Reach::Consult,
                    conditions: policies::Conditions::default(),
                };
                model.conditions.second_factor = second_factor || effect != Effect::Restrict;
                model
            },
        )
}

fn reader() -> impl Strategy<Value = Principal> {
    (subsequence(&["rh", "paie", "ec"][..], 0..3), any::<bool>()).prop_map(|(groups, has_right)| {
        let right = Right {
            service: "bip".into(),
            level: Level::Lecture,
        };
        Principal::Member(Arc::new(Member {
            id: "c1/m1".into(),
            collectivite: "c1".into(),
            active: true,
            role: Role::Agent,
            groups: groups
                .iter()
                .map(|id| format!("c1/{id}").as_str().into())
                .collect(),
            profile: None,
            rights: if has_right { vec![right] } else { Vec::new() },
        }))
    })
}

/// What one decision per document permits.
fn permitted<'a>(
    ruleset: &Ruleset,
    reader: &Principal,
    situation: &Situation,
) -> Vec<&'a Document> {
    let mut decided: HashMap<&DocumentClass, bool> = HashMap::new();
    let mut permits = |class| {
        *decided.entry(class).or_insert_with(|| {
            let what = Resource::Document(class);
            decide(ruleset, reader, Action::Lire, what, situation).is_ok()
        })
    };
    let read = CORPUS.iter().filter(|(_, class)| permits(class));
    read.map(|(document, _)| document).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_filter_is_one_decision_per_document(
        models in vec(model(), 1..5),
        reader in reader(),
        second_factor: bool,
    ) {
        let texts: Vec<String> =
            models.iter().filter_map(|model| model.to_cedar(&"c1".into()).ok()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let ruleset = ruleset("c1", &texts);
        let situation = Situation::at(NOW, None, second_factor);
        let permitted = permitted(&ruleset, &reader, &situation);
        let bip = base();
        let scope = bip.scope(ruleset, reader, situation).unwrap();
        let question = Question { limit: 100, ..Question::of("") };
        let results = bip.search(&question, &scope).unwrap();
        // Collected, and not only kept: nothing else reached the collector.
        prop_assert_eq!(results.matching, permitted.len());
        prop_assert_eq!(results.total, permitted.len());
        let mut kinds: BTreeMap<Nature, usize> = BTreeMap::new();
        let mut themes: BTreeMap<String, usize> = BTreeMap::new();
        for document in &permitted {
            *kinds.entry(document.kind).or_default() += 1;
            for theme in &document.themes {
                *themes.entry(theme.clone()).or_default() += 1;
            }
        }
        let facets = results.facets;
        for (kind, count) in facets.kinds {
            prop_assert_eq!(count, kinds.get(&kind).copied().unwrap_or_default());
        }
        prop_assert_eq!(facets.themes, themes);
        prop_assert_eq!(results.hits.len(), permitted.len().min(100));
        for hit in results.hits {
            prop_assert!(permitted.iter().any(|document| document.id == hit.id));
        }
        for (document, _) in CORPUS.iter().step_by(173) {
            let opens = bip.find_document(&document.id, &scope).unwrap().is_some();
            prop_assert_eq!(opens, permitted.iter().any(|one| one.id == document.id));
        }
    }
}
