//! How far a place is open, and because of which rule, in words.

use super::place::Door;
use crate::entrance::{NOTHING, plain_name};
use policies::{
    Action, Level, Names, Permit, Principal, Reason, Refusal, Ruleset, Situation, decide,
};
use std::sync::Arc;

/// How far a door is open, or why it is not.
pub(super) type Verdict = Result<(Level, Permit), Refusal>;

/// Before and after.
pub(super) type Pair = Arc<(Verdict, Verdict)>;

pub(super) fn level(
    ruleset: &Ruleset,
    principal: &Principal,
    door: &Door,
    situation: &Situation,
) -> Verdict {
    let ask = |action| decide(ruleset, principal, action, door.resource(), situation);
    if matches!(door, Door::Documents(_)) {
        return Ok((Level::Lecture, ask(Action::Lire)?));
    }
    let reading = ask(Action::Ouvrir)?;
    Ok(match ask(Action::Envoyer) {
        Ok(permit) => (Level::Ecriture, permit),
        Err(_) => (Level::Lecture, reading),
    })
}

pub(super) fn reach(verdict: &Verdict) -> Option<&Level> {
    verdict.as_ref().ok().map(|(level, _)| level)
}

pub(super) fn name(verdict: &Verdict) -> String {
    reach(verdict).map_or(NOTHING, plain_name).to_owned()
}

/// Says why, by the rules after the change.
pub(super) struct Words<'a> {
    pub(super) ruleset: &'a Ruleset,
    pub(super) names: &'a Names,
}

impl Words<'_> {
    pub(super) fn gain(&self, is: &Verdict) -> String {
        let mut rules = is.iter().flat_map(|(_, permit)| permit.rules());
        let told = rules.find_map(|rule| self.said(rule));
        told.unwrap_or_else(|| "par un droit, que rien ne ferme plus".to_owned())
    }

    pub(super) fn loss(&self, is: &Verdict) -> String {
        let refusal = match is {
            Ok((level, _)) => return format!("il reste\u{a0}: {}", plain_name(level)),
            Err(refusal) => refusal,
        };
        let forbidding = refusal.rules().iter().map(|rule| &**rule);
        let missed = refusal.missed().iter().map(|missed| &*missed.rule);
        let mut rules = forbidding.chain(missed);
        let told = rules.find_map(|rule| self.said(rule));
        match (refusal.reason(), told) {
            (_, Some(told)) => told,
            (Reason::NoRight, None) => "plus aucun droit ni aucune règle ne l’ouvre".to_owned(),
            (_, None) => refusal.sentence().to_owned(),
        }
    }

    /// A rule of the collectivité in words.
    pub(super) fn said(&self, rule: &str) -> Option<String> {
        let model = self
            .ruleset
            .model(rule)
            .map(|model| model.sentence(self.names));
        model.or_else(|| {
            let own = !rule.starts_with("droit/");
            own.then(|| self.ruleset.label(rule).map(str::to_owned))
                .flatten()
        })
    }
}
