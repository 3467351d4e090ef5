//! How far a place is open, and because of which rule, in words.

use super::place::Door;
use crate::entrance::{NOTHING, plain_name};
use policies::{
    Action, Level, Names, Permit, Principal, Reason, Refusal, Ruleset, Situation, decide,
};
use std::sync::Arc;

/// How far a door is open and by what; or why it is not.
pub(super) type Verdict = Result<Opening, Refusal>;

/// A door that is open.
pub(super) struct Opening {
    pub(super) level: Level,
    pub(super) permit: Permit,
    /// Why it is not open to modify, where it could be.
    limit: Option<Refusal>,
}

/// Before and after.
pub(super) type Pair = Arc<(Verdict, Verdict)>;

pub(super) fn level(
    ruleset: &Ruleset,
    principal: &Principal,
    door: &Door,
    situation: &Situation,
) -> Verdict {
    let ask = |action| decide(ruleset, principal, action, door.resource(), situation);
    let (level, permit, limit) = if matches!(door, Door::Documents(_)) {
        (Level::Lecture, ask(Action::Lire)?, None)
    } else {
        let reading = ask(Action::Ouvrir)?;
        match ask(Action::Envoyer) {
            Ok(permit) => (Level::Ecriture, permit, None),
            Err(refusal) => (Level::Lecture, reading, Some(refusal)),
        }
    };
    Ok(Opening {
        level,
        permit,
        limit,
    })
}

/// Whether a door is open for one action.
pub(super) fn one(
    ruleset: &Ruleset,
    principal: &Principal,
    door: &Door,
    (action, situation): (Action, &Situation),
) -> Verdict {
    let permit = decide(ruleset, principal, action, door.resource(), situation)?;
    let sends = action == Action::Envoyer;
    Ok(Opening {
        level: if sends {
            Level::Ecriture
        } else {
            Level::Lecture
        },
        permit,
        limit: None,
    })
}

pub(super) fn reach(verdict: &Verdict) -> Option<&Level> {
    verdict.as_ref().ok().map(|opening| &opening.level)
}

pub(super) fn name(verdict: &Verdict) -> String {
    reach(verdict).map_or(NOTHING, plain_name).to_owned()
}

/// Whether more is open than was, by a rule and not by a right of the person's own.
pub(super) fn opens_by_rule(pair: &Pair) -> bool {
    let (was, is) = &**pair;
    let Ok(opening) = is else {
        return false;
    };
    let rules = opening.permit.rules();
    reach(is) > reach(was) && !rules.iter().any(|rule| rule.starts_with("droit/"))
}

/// What is in the way of more.
pub(super) fn obstacle(verdict: &Verdict) -> Option<&Refusal> {
    match verdict {
        Ok(opening) => opening.limit.as_ref(),
        Err(refusal) => Some(refusal),
    }
}

/// Says why, by the rules after the change.
pub(super) struct Words<'a> {
    pub(super) ruleset: &'a Ruleset,
    pub(super) names: &'a Names,
}

impl Words<'_> {
    /// Why more is open than was, `before` being the rules until then.
    pub(super) fn gain(&self, before: &Self, was: &Verdict, is: &Verdict) -> String {
        let rules = is.iter().flat_map(|opening| opening.permit.rules());
        let given = rules.into_iter().find_map(|rule| self.said(rule));
        let lifted = || {
            let mut rules = obstacle(was)?.rules().iter();
            let closed = rules.find_map(|rule| before.said(rule))?;
            Some(format!(
                "par un droit, que ne ferme plus cette règle\u{a0}: {closed}"
            ))
        };
        let told = given.or_else(lifted);
        told.unwrap_or_else(|| "par un droit, que rien ne ferme plus".to_owned())
    }

    /// Why less is open than was.
    pub(super) fn loss(&self, is: &Verdict) -> String {
        let Some(refusal) = obstacle(is) else {
            return String::new();
        };
        let forbidding = refusal.rules().iter().map(|rule| &**rule);
        let missed = refusal.missed().iter().map(|missed| &*missed.rule);
        let told = forbidding.chain(missed).find_map(|rule| self.said(rule));
        match (refusal.reason(), told) {
            (_, Some(told)) => told,
            (Reason::NoRight, None) => "plus aucun droit ni aucune règle ne le donne".to_owned(),
            (_, None) => refusal.sentence().to_owned(),
        }
    }

    /// A rule of the collectivité in words.
    pub(super) fn said(&self, rule: &str) -> Option<String> {
        // A grant is told by what it gives.
        let own = !rule.starts_with("droit/");
        own.then(|| self.ruleset.say(rule, self.names)).flatten()
    }
}
