//! An answer to one question, and what decided it.

use super::Verdict;
use super::told::Told;
use super::words::{self, Sources};
use policies::Reason;

/// An answer to one question: may they read, may they change?
pub(super) struct Answer {
    pub(super) question: String,
    pub(super) yes: bool,
    pub(super) because: Vec<Because>,
}

/// What decided.
pub(super) struct Because {
    pub(super) said: String,
    /// Since when and by whom it is so; empty where nobody wrote it.
    pub(super) story: String,
    /// The page of a rule of the collectivité; empty for what is none.
    pub(super) address: String,
}

impl Because {
    /// What nobody wrote.
    fn plain(said: &str) -> Self {
        Self {
            said: said.to_owned(),
            story: String::new(),
            address: String::new(),
        }
    }
}

/// Tells it.
pub(super) fn answer(
    question: String,
    verdict: &Verdict,
    told: &Told<'_>,
    sources: &Sources,
) -> Answer {
    let label = |rule: &str| told.said(rule);
    let because = match verdict {
        Ok(permit) => {
            let rules = permit.rules().iter();
            let said = rules.flat_map(|rule| {
                let Some(right) = rule.strip_prefix("droit/") else {
                    let said = words::permits(rule, label(rule).as_deref());
                    return vec![told.with_story(rule, said)];
                };
                let given = sources.gives(right).into_iter();
                let given = given.map(|(said, story)| Because {
                    story,
                    ..Because::plain(&said)
                });
                given.collect()
            });
            said.collect()
        }
        Err(refusal) if refusal.reason() == Reason::Forbidden => {
            let rules = refusal.rules().iter();
            let said =
                rules.map(|rule| told.with_story(rule, words::stops(rule, label(rule).as_deref())));
            said.collect()
        }
        Err(refusal) if refusal.reason() == Reason::NoRight => {
            let none = if refusal.missed().is_empty() {
                "Aucun droit et aucune règle ne le donnent à ce moment."
            } else {
                "Aucun droit ne le donne, et une règle seulement dans d’autres circonstances."
            };
            let none = Because::plain(none);
            let missed = refusal.missed().iter().map(|missed| {
                let label = label(&missed.rule);
                let said = words::missed(&missed.rule, label.as_deref(), &missed.unmet.phrases());
                told.with_story(&missed.rule, said)
            });
            std::iter::once(none).chain(missed).collect()
        }
        Err(refusal) => vec![Because::plain(refusal.sentence())],
    };
    Answer {
        question,
        yes: verdict.is_ok(),
        because,
    }
}
