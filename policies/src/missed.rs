//! What would have had to be otherwise: rules written in a form that only circumstances keep from
//! opening. Computed for refusals alone, which are remembered.

use crate::model::{Conditions, Effect, Model};
use crate::principal::Principal;
use crate::resource::{Action, Object};
use crate::ruleset::Ruleset;
use crate::situation::Situation;

/// A rule, and what it asks for and did not find.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missed {
    /// Its id.
    pub rule: Box<str>,
    /// The conditions that do not hold.
    pub unmet: Conditions,
}

/// Those that would have opened, when nothing did; of those that forbid, the ones whose conditions
/// somebody can meet. The nearest come first.
pub(crate) fn missed(
    ruleset: &Ruleset,
    principal: &Principal,
    (action, object): (Action, Object<'_>),
    situation: &Situation,
    forbidding: &[Box<str>],
) -> Vec<Missed> {
    let (Principal::Member(member), Object::Resource(resource)) = (principal, object) else {
        return Vec::new();
    };
    let counts = |rule: &str, model: &Model| match model.effect {
        Effect::Allow => forbidding.is_empty(),
        Effect::Require => forbidding.iter().any(|id| **id == *rule),
        Effect::Restrict => false,
    };
    let networks: Vec<_> = ruleset.networks_of(situation.address).collect();
    let models = ruleset.models().filter(|(rule, model)| {
        counts(rule, model) && model.covers(action, resource) && model.who.includes(member)
    });
    let mut missed: Vec<_> = models
        .filter_map(|(rule, model)| {
            let unmet = model.conditions.unmet(situation, &networks)?;
            // What is over does not come back.
            let rule = rule.into();
            unmet.until.is_none().then_some(Missed { rule, unmet })
        })
        .collect();
    missed.sort_by_key(|missed| missed.unmet.phrases().len());
    missed
}
