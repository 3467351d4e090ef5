//! One decision for all who are alike is the decision of each of them.

use crate::random::{OWNER, VOCABULARY, model};
use policies::{
    Access, Action, Effect, Level, Member, Model, Network, Principal, Range, Reach, Resource,
    Right, Role, Route, Rule, Ruleset, Situation, Tenant, alike_people, alike_routes, decide,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::sync::Arc;

pub(crate) const THURSDAY_NOON: i64 = 1_768_475_000;

pub(crate) fn ruleset(models: &[Model]) -> Ruleset {
    noted(models, "")
}

/// The same with something before each text.
pub(crate) fn noted(models: &[Model], note: &str) -> Ruleset {
    let owner = OWNER.into();
    let rules = models.iter().enumerate().map(|(n, model)| Rule {
        id: format!("r{n}"),
        text: note.to_owned() + &model.to_cedar(&owner).unwrap(),
    });
    let tenant = Tenant {
        id: owner.clone(),
        active: true,
        services: vec!["bip".into(), "net".into(), "net-cotisations".into()],
        cdg: None,
    };
    let network = Network {
        name: "mairie".into(),
        ranges: vec![Range::parse("203.0.113.0/24").unwrap()],
    };
    let rules: Vec<_> = rules.collect();
    Ruleset::build(&VOCABULARY, &tenant, &rules)
        .unwrap()
        .with_networks(vec![network])
}

pub(crate) fn member() -> impl Strategy<Value = Member> {
    let id = select(&["a1", "a2", "a3", "a4", "a5", "a6"][..]);
    let groups = subsequence(&["rh", "paie", "ec", "autre"][..], 0..4);
    let profile = proptest::option::of(select(&["p1", "p2", "p3"][..]));
    let rights = subsequence(&["bip", "net", "net-cotisations"][..], 0..3);
    let level = select(vec![Level::Lecture, Level::Ecriture]);
    (id, groups, profile, rights, level, any::<bool>()).prop_map(
        |(id, groups, profile, rights, level, active)| Member {
            id: format!("{OWNER}/{id}").into(),
            collectivite: OWNER.into(),
            active,
            role: Role::Agent,
            groups: groups
                .iter()
                .map(|id| format!("{OWNER}/{id}").into())
                .collect(),
            profile: profile.map(|id| format!("{OWNER}/{id}").into()),
            rights: rights
                .iter()
                .map(|id| Right {
                    service: (*id).into(),
                    level: level.clone(),
                })
                .collect(),
        },
    )
}

fn routes() -> Vec<Route> {
    let route = |id: &str, access| Route {
        id: id.into(),
        service: id.split('/').next().unwrap().into(),
        access,
    };
    let granted = [
        "bip",
        "bip/recherche",
        "bip/alertes",
        "bip/autre",
        "net",
        "net-cotisations",
    ];
    let granted = granted.map(|id| route(id, Access::Granted)).into_iter();
    granted
        .chain([route("net-cotisations/declarations", Access::SignedIn)])
        .collect()
}

fn verdict(
    ruleset: &Ruleset,
    member: &Member,
    route: &Route,
    situation: &Situation,
) -> [Option<Vec<Box<str>>>; 2] {
    let principal = Principal::Member(Arc::new(member.clone()));
    [Action::Ouvrir, Action::Envoyer].map(|action| {
        let verdict = decide(
            ruleset,
            &principal,
            action,
            Resource::Route(route),
            situation,
        );
        verdict.ok().map(|permit| permit.rules().to_vec())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    /// No model is known of a text with a label of its own: nothing of it is left out for anybody.
    #[test]
    fn what_is_left_out_for_some_would_have_decided_nothing_for_them(
        models in vec(model(), 1..6),
        members in vec(member(), 1..5),
        hours in 0_i64..48,
        inside in any::<bool>(),
    ) {
        let (cut, whole) = (ruleset(&models), noted(&models, "@libelle(\"x\")\n"));
        let address = inside.then(|| "203.0.113.7".parse().unwrap());
        let situation = Situation::at(THURSDAY_NOON + hours * 3600, address, inside);
        for _ in 0..2 {
            // In turn, so that what is kept for one is asked by another.
            for member in &members {
                for route in &routes() {
                    let expected = verdict(&whole, member, route, &situation);
                    prop_assert_eq!(verdict(&cut, member, route, &situation), expected);
                }
            }
        }
    }

    #[test]
    fn whoever_is_alike_is_answered_alike(
        models in vec(model(), 0..6),
        others in vec(model(), 0..3),
        members in vec(member(), 1..12),
        hours in 0_i64..400,
        at_work in any::<bool>(),
        second_factor in any::<bool>(),
    ) {
        let rulesets = [ruleset(&models), ruleset(&others)];
        let address = if at_work { "203.0.113.7" } else { "198.51.100.7" };
        let now = THURSDAY_NOON + hours * 3600;
        let situation = Situation::at(now, address.parse().ok(), second_factor);
        let both = [&rulesets[0], &rulesets[1]];
        let (routes, people) = (routes(), alike_people(&both, &members));
        let doors = alike_routes(&both, &routes.iter().collect::<Vec<_>>());
        let mut seen = people.concat();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..members.len()).collect::<Vec<_>>(), "everybody once");
        for ruleset in both {
            for (class, doors) in people.iter().flat_map(|class| doors.iter().map(move |doors| (class, doors))) {
                let answer = |person: usize, door: usize| verdict(ruleset, &members[person], &routes[door], &situation);
                let example = answer(class[0], doors[0]);
                for (person, door) in class.iter().flat_map(|person| doors.iter().map(move |door| (*person, *door))) {
                    prop_assert_eq!(answer(person, door), example.clone());
                }
            }
        }
    }
}

/// Whether a model says that its rule decides this, read off its fields alone.
fn speaks(
    model: &Model,
    member: &Member,
    (action, route): (Action, &Route),
    (at, at_work, second_factor): (i64, bool, bool),
) -> bool {
    let conditions = &model.conditions;
    let hold = conditions.is_time(at)
        && (conditions.networks.is_empty() || (at_work && conditions.networks.contains("mairie")))
        && (!conditions.second_factor || second_factor);
    let modifies = action == Action::Envoyer;
    let (far_enough, decides) = match model.effect {
        Effect::Allow => (!modifies || model.reach == Reach::Modify, hold),
        Effect::Restrict => (modifies || model.reach == Reach::Consult, hold),
        Effect::Require => (modifies || model.reach == Reach::Consult, !hold),
    };
    let meant = model.who.includes(member) && model.target.includes(Resource::Route(route));
    meant && far_enough && decides
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_model_says_of_each_access_what_its_cedar_decides(
        model in model(),
        member in member(),
        hours in 0_i64..9_000,
        at_work in any::<bool>(),
        second_factor in any::<bool>(),
    ) {
        let member = Member { active: true, ..member };
        let ruleset = ruleset(std::slice::from_ref(&model));
        let address = if at_work { "203.0.113.7" } else { "198.51.100.7" };
        let at = THURSDAY_NOON + hours * 3600;
        let situation = Situation::at(at, address.parse().ok(), second_factor);
        let principal = Principal::Member(Arc::new(member.clone()));
        for route in &routes() {
            for action in [Action::Ouvrir, Action::Envoyer] {
                let resource = Resource::Route(route);
                let decided = decide(&ruleset, &principal, action, resource, &situation);
                let rules = match &decided {
                    Ok(permit) => permit.rules(),
                    Err(refusal) => refusal.rules(),
                };
                let decides = rules.iter().any(|rule| **rule == *"fontclaire/r0");
                let says = speaks(&model, &member, (action, route), (at, at_work, second_factor));
                prop_assert_eq!(decides, says, "{:?} {} {:?}", action, route.id, rules);
            }
        }
    }
}
