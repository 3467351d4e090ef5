//! No leave, because of what, and what of it is said to the person.

use crate::guardrail::PREFIX;
use crate::missed::Missed;
use crate::model::{Conditions, only};
use std::sync::Arc;

/// Why there is no leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Nothing gives this right.
    NoRight,
    /// Something takes it away.
    Forbidden,
    /// The rules could not be evaluated: an alarm, and closed.
    Failed,
}

/// No leave, and because of what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    reason: Reason,
    rules: Arc<[Box<str>]>,
    missed: Arc<[Missed]>,
    sentence: Arc<str>,
}

impl Refusal {
    /// `said` is what the first rule says to the person, its `@refus`.
    pub(crate) fn of(
        reason: Reason,
        rules: Arc<[Box<str>]>,
        said: Option<&str>,
        missed: Vec<Missed>,
    ) -> Self {
        let sentence = match (said, missed.first()) {
            (Some(said), _) => said.into(),
            (None, Some(missed)) => open_only(&missed.unmet).into(),
            (None, None) => default_sentence(reason, &rules).into(),
        };
        Self {
            reason,
            rules,
            missed: missed.into(),
            sentence,
        }
    }

    pub(crate) fn no_ruleset() -> Self {
        Self::failed("no-ruleset")
    }

    pub(crate) fn failed(what: &str) -> Self {
        Self::of(Reason::Failed, Arc::from([what.into()]), None, Vec::new())
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The rules that forbid, also to who has nothing to close; or what failed.
    pub fn rules(&self) -> &[Box<str>] {
        &self.rules
    }

    /// The rules that only circumstances keep from opening, the nearest first; of those that
    /// forbade, the ones that circumstances would satisfy.
    pub fn missed(&self) -> &[Missed] {
        &self.missed
    }

    /// Why: a sentence in French that suits the person and whoever looks after them.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

fn default_sentence(reason: Reason, rules: &[Box<str>]) -> &'static str {
    match reason {
        Reason::Forbidden if rules.iter().any(|rule| rule.starts_with(PREFIX)) => {
            "Une règle du CIG ferme cet accès dans les circonstances présentes."
        }
        Reason::NoRight => "Aucun droit n’est attribué.",
        Reason::Forbidden => {
            "Une règle de la collectivité ferme cet accès dans les circonstances présentes."
        }
        Reason::Failed => {
            "Le droit n’a pas pu être vérifié\u{a0}: par prudence, l’accès reste fermé. L’incident est signalé au CIG."
        }
    }
}

fn open_only(unmet: &Conditions) -> String {
    let remedy = if unmet.second_factor {
        " Un second facteur s’ajoute dans «\u{a0}Mon compte\u{a0}»."
    } else {
        ""
    };
    format!("Cet accès n’est ouvert {}.{remedy}", only(unmet))
}
