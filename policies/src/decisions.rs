//! Decisions remembered for one principal, so that the way of a request pays for each once.
//! An answer holds for one ruleset, and for one minute when its policies look at the circumstances.

use crate::decide::{Permit, decide};
use crate::principal::Principal;
use crate::refusal::Refusal;
use crate::resource::{Action, Object, Resource, Route};
use crate::ruleset::Ruleset;
use crate::situation::Situation;
use std::sync::{Arc, PoisonError, RwLock};

/// Areas that one person uses at the same time; beyond it the oldest answer is dropped.
const KEPT: usize = 64;

/// The answers of one principal. A new principal (rights changed) needs a new memory.
#[derive(Debug, Default)]
pub struct Decisions(RwLock<Vec<Answer>>);

#[derive(Debug)]
struct Answer {
    ruleset: u64,
    action: Action,
    route: Arc<str>,
    /// What the answer depends on besides; `None` when its policies look at no circumstance.
    situation: Option<Situation>,
    verdict: Result<Permit, Refusal>,
}

impl Answer {
    fn holds(&self, ruleset: u64, action: Action, route: &Route, situation: &Situation) -> bool {
        self.ruleset == ruleset
            && self.action == action
            && (Arc::ptr_eq(&self.route, &route.id) || self.route == route.id)
            && self.situation.is_none_or(|at| at == *situation)
    }

    fn verdict(&self) -> Result<Permit, Refusal> {
        self.verdict
            .as_ref()
            .map(Permit::again)
            .map_err(Clone::clone)
    }
}

impl Decisions {
    /// As [`decide`], remembering the answer.
    ///
    /// # Errors
    /// As [`decide`].
    pub fn decide(
        &self,
        ruleset: &Ruleset,
        principal: &Principal,
        action: Action,
        route: &Route,
        situation: &Situation,
    ) -> Result<Permit, Refusal> {
        let version = ruleset.version();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known
            .iter()
            .find(|a| a.holds(version, action, route, situation))
        {
            return answer.verdict();
        }
        drop(known);
        let resource = Resource::Route(route);
        let verdict = decide(ruleset, principal, action, resource, situation);
        let reads = ruleset
            .slice(principal, (action, Object::Resource(resource)))
            .is_ok_and(|slice| slice.reads.any());
        let answer = Answer {
            ruleset: version,
            action,
            route: route.id.clone(),
            situation: reads.then_some(*situation),
            verdict,
        };
        let verdict = answer.verdict();
        let mut answers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|a| a.ruleset == version && !(a.action == action && a.route == route.id));
        if answers.len() >= KEPT {
            answers.remove(0);
        }
        // Most people use one or two areas, and there are thousands of people.
        answers.reserve_exact(1);
        answers.push(answer);
        verdict
    }
}
