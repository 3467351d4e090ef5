//! Random models that make sense, and what they call things.

use jiff::civil::Date;
use policies::{
    Classification, Conditions, Day, Documents, Effect, Hours, Labels, Model, Names, Nature, Party,
    Reach, Target, Vocabulary, Who,
};
use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

pub(crate) const OWNER: &str = "fontclaire";

pub(crate) const THEMES: [&str; 4] = [
    "Autre",
    "Congés, temps de travail ou absences",
    "L'apprentissage",
    "Santé",
];
pub(crate) const COLLECTIONS: [&str; 3] = ["Annales", "Fonds général", "Notes d'instruction"];

pub(crate) static VOCABULARY: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| {
    let services = ["bip".into(), "net".into(), "net-cotisations".into()];
    Arc::new(Vocabulary::classified(&services, classification()).unwrap())
});

pub(crate) fn classification() -> Classification {
    Classification::new(THEMES.map(Into::into), COLLECTIONS.map(Into::into)).unwrap()
}

pub(crate) fn names() -> Names {
    let pairs = |pairs: &[(&'static str, &'static str)]| pairs.iter().copied().collect::<Labels>();
    Names {
        services: pairs(&[
            ("bip", "BIP"),
            ("net-cotisations", "Net Cotisations"),
            ("net", "Net"),
        ]),
        areas: [
            (
                "bip",
                pairs(&[
                    ("bip/recherche", "Recherche"),
                    ("bip/alertes", "Mes « alertes »"),
                ]),
            ),
            (
                "net-cotisations",
                pairs(&[("net-cotisations/declarations", "Recherche")]),
            ),
        ]
        .into_iter()
        .map(|(id, areas)| (id.to_owned(), areas))
        .collect(),
        groups: pairs(&[
            ("fontclaire/rh", "RH"),
            ("fontclaire/paie", "Paie, primes et congés"),
            ("fontclaire/ec", "L'état  civil"),
        ]),
        profiles: pairs(&[
            ("fontclaire/p1", "Gestionnaire RH"),
            ("fontclaire/p2", "RH"),
        ]),
        agents: pairs(&[
            ("fontclaire/a1", "Élodie Abadie"),
            ("fontclaire/a2", "Karim Benali"),
            ("fontclaire/a3", "Karim Benali"),
        ]),
        networks: pairs(&[
            ("mairie", "mairie"),
            ("Centre technique, « nord »", "Centre technique, « nord »"),
        ]),
        themes: THEMES.map(|name| (name, name)).into_iter().collect(),
        collections: COLLECTIONS.map(|name| (name, name)).into_iter().collect(),
    }
}

fn ids(labels: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(labels)
}

fn party() -> impl Strategy<Value = Party> {
    prop_oneof![
        ids(&["fontclaire/rh", "fontclaire/paie", "fontclaire/ec"])
            .prop_map(|id| Party::Group(id.into())),
        ids(&["fontclaire/p1", "fontclaire/p2"]).prop_map(|id| Party::Profile(id.into())),
        person().prop_map(|id| Party::Agent(id.into())),
    ]
}

fn person() -> impl Strategy<Value = &'static str> {
    ids(&["fontclaire/a1", "fontclaire/a2", "fontclaire/a3"])
}

pub(crate) fn documents() -> impl Strategy<Value = Target> {
    (
        btree_set(proptest::sample::select(&Nature::ALL[..]), 0..4),
        btree_set(ids(&THEMES), 0..3),
        btree_set(ids(&COLLECTIONS), 0..3),
    )
        .prop_map(|(natures, themes, collections)| {
            Target::Documents(Documents {
                service: "bip".into(),
                natures,
                themes: themes.into_iter().map(Into::into).collect(),
                collections: collections.into_iter().map(Into::into).collect(),
            })
        })
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        ids(&["bip", "net", "net-cotisations"]).prop_map(|id| Target::Service(id.into())),
        ids(&[
            "bip/recherche",
            "bip/alertes",
            "net-cotisations/declarations"
        ])
        .prop_map(|id| Target::Area(id.into())),
        documents(),
    ]
}

fn date() -> impl Strategy<Value = Date> {
    (2020_i16..2040, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn conditions() -> impl Strategy<Value = Conditions> {
    (
        btree_set(proptest::sample::select(&Day::ALL[..]), 0..8),
        option::of((0_u16..1440, 1_u16..=1440)),
        any::<bool>(),
        option::of(date()),
        option::of(date()),
        btree_set(ids(&["mairie", "Centre technique, « nord »"]), 0..3),
        any::<bool>(),
    )
        .prop_map(
            |(days, hours, working_days, from, until, networks, second_factor)| Conditions {
                days,
                hours: hours.map(|(from, until)| Hours { from, until }),
                working_days,
                from,
                until,
                networks: networks.into_iter().map(Arc::from).collect(),
                second_factor,
            },
        )
}

/// Every model that makes sense.
pub(crate) fn model() -> impl Strategy<Value = Model> {
    about(target())
}

/// The same about something.
pub(crate) fn about(target: impl Strategy<Value = Target>) -> impl Strategy<Value = Model> {
    let reach = prop_oneof![Just(Reach::Consult), Just(Reach::Modify)];
    let who = (btree_set(party(), 0..4), btree_set(person(), 0..3));
    (
        proptest::sample::select(&Effect::ALL[..]),
        who,
        target,
        reach,
        conditions(),
    )
        .prop_map(|(effect, (any_of, except), target, reach, conditions)| {
            let except = except.into_iter().map(Into::into).collect();
            Model {
                effect,
                who: Who { any_of, except },
                target,
                reach,
                conditions,
            }
        })
        .prop_filter("makes sense", |model| model.flaws().is_empty())
}
