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
    /// `said` is what the first rule says to the person, its `@refus`; `closed` a rule that closes
    /// whatever somebody shows, and when it does.
    pub(crate) fn of(
        reason: Reason,
        rules: Arc<[Box<str>]>,
        (said, closed): (Option<&str>, Option<(&str, &Conditions)>),
        missed: Vec<Missed>,
    ) -> Self {
        let sentence = match (said, closed, missed.first()) {
            (Some(said), ..) => said.into(),
            (None, Some((rule, closed)), _) => {
                let whose = whose(is_of_cig(rule));
                format!("{whose} ferme cet accès{}.", when(closed)).into()
            }
            (None, None, Some(missed)) => open_only(&missed.unmet).into(),
            (None, None, None) => default_sentence(reason, &rules).into(),
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
        let rules = Arc::from([what.into()]);
        Self::of(Reason::Failed, rules, (None, None), Vec::new())
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

    /// Whether a right would open it: nothing forbids it, and no rule opens it in other circumstances.
    pub fn is_want_of_right(&self) -> bool {
        self.reason == Reason::NoRight && self.missed.is_empty()
    }

    /// Why: a sentence in French that suits the person and whoever looks after them.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

fn default_sentence(reason: Reason, rules: &[Box<str>]) -> String {
    match reason {
        Reason::NoRight => "Aucun droit n’est attribué.".to_owned(),
        Reason::Forbidden => {
            let whose = whose(rules.iter().any(|rule| is_of_cig(rule)));
            format!("{whose} ferme cet accès dans les circonstances présentes.")
        }
        Reason::Failed => {
            "Le droit n’a pas pu être vérifié\u{a0}: par prudence, l’accès reste fermé. L’incident est signalé au CIG.".to_owned()
        }
    }
}

fn is_of_cig(rule: &str) -> bool {
    rule.starts_with(PREFIX)
}

fn whose(of_cig: bool) -> &'static str {
    if of_cig {
        "Une règle du CIG"
    } else {
        "Une règle de la collectivité"
    }
}

/// « de 7 h à 20 h », behind a space; nothing for what is closed at all times.
fn when(closed: &Conditions) -> String {
    let phrases = closed.phrases().join(", ");
    let separator = if phrases.is_empty() { "" } else { " " };
    format!("{separator}{phrases}")
}

fn open_only(unmet: &Conditions) -> String {
    let remedy = if unmet.second_factor {
        " Un second facteur s’ajoute dans «\u{a0}Mon compte\u{a0}»."
    } else {
        ""
    };
    format!("Cet accès n’est ouvert {}.{remedy}", only(unmet))
}
