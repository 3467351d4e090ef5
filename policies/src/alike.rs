//! People and areas that no rule tells apart: one decision answers for all of them.

mod documents;

pub use documents::{Shelf, Shelves};

use crate::principal::Member;
use crate::resource::Route;
use crate::ruleset::Ruleset;
use std::collections::HashMap;
use std::hash::Hash;

/// Puts together the people between whom neither ruleset makes a difference; gives their places in
/// the list.
pub fn alike_people(rulesets: &[&Ruleset], people: &[Member]) -> Vec<Vec<usize>> {
    let named = |id: &str| is_named(rulesets, id);
    classes(people, |member| {
        let groups = member.groups.iter().filter(|group| named(group.as_str()));
        let mut groups: Vec<_> = groups.cloned().collect();
        groups.sort_unstable();
        let profile = member.profile.clone();
        let rights = member.rights.iter();
        let mut rights: Vec<_> = rights
            .map(|right| (right.service.clone(), right.level.clone()))
            .collect();
        rights.sort_unstable();
        (
            named(member.id.as_str()).then(|| member.id.clone()),
            (member.active, member.role, rights),
            (groups, profile.filter(|profile| named(profile.as_str()))),
        )
    })
}

/// The same of areas.
pub fn alike_routes(rulesets: &[&Ruleset], routes: &[&Route]) -> Vec<Vec<usize>> {
    classes(routes, |route| {
        let named = is_named(rulesets, &route.id);
        (
            named.then(|| route.id.clone()),
            route.service.clone(),
            route.access,
        )
    })
}

fn is_named(rulesets: &[&Ruleset], id: &str) -> bool {
    rulesets.iter().any(|ruleset| ruleset.mentions(id))
}

/// In the order of the first of each.
fn classes<T, K: Eq + Hash>(items: &[T], key: impl Fn(&T) -> K) -> Vec<Vec<usize>> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut classes: Vec<Vec<usize>> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let class = *places.entry(key(item)).or_insert(classes.len());
        match classes.get_mut(class) {
            Some(class) => class.push(place),
            None => classes.push(vec![place]),
        }
    }
    classes
}
