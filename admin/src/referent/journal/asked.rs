//! Which entries of the journal are asked for: kind, person, days, the reference of a refusal.

use crate::date;
use crate::fields::FieldErrors;
use crate::referent::Referent;
use accounts::ChronicleFilter;
use serde::{Deserialize, Serialize};

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The beginning of an act.
    pub(super) quoi: String,
    /// A name, as it was typed.
    pub(super) personne: String,
    /// The first and the last day, as they were typed.
    pub(super) du: String,
    pub(super) au: String,
    /// A person, by the last part of the id.
    pub(super) agent: String,
    /// The reference of a refusal.
    pub(super) reference: String,
    /// Only what was before this entry.
    pub(super) avant: i64,
}

impl Asked {
    /// The same as an address, before an entry.
    pub(super) fn at(&self, avant: i64, address: &str) -> String {
        let asked = Self {
            avant,
            ..self.clone()
        };
        let query = serde_html_form::to_string(asked).unwrap_or_default();
        format!("{address}?{query}")
    }

    pub(super) fn filter(&self, referent: &Referent, errors: &mut FieldErrors) -> ChronicleFilter {
        let named = (!self.agent.is_empty()).then(|| referent.membership(&self.agent).to_string());
        let (from, until) = days(&self.du, &self.au, errors);
        ChronicleFilter {
            act: self.quoi.clone(),
            member: named.unwrap_or_default(),
            person: self.personne.clone(),
            from,
            until,
            reference: self.reference.trim().to_owned(),
            before: self.avant,
        }
    }
}

/// From the first second of a day to the last of another, as people write them; empty for any.
pub(crate) fn days(
    from: &str,
    until: &str,
    errors: &mut FieldErrors,
) -> (Option<i64>, Option<i64>) {
    let mut read = |field, text: &str, bound: fn(jiff::civil::Date) -> Option<i64>| {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let at = date::parse(text).and_then(bound);
        if at.is_none() {
            errors.add(
                field,
                "Saisissez une date au format jj/mm/aaaa, par exemple 31/12/2026.",
            );
        }
        at
    };
    let (from, until) = (
        read("du", from, date::start_of),
        read("au", until, date::end_of),
    );
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        errors.add(
            "au",
            "Saisissez une date de fin qui ne précède pas le début.",
        );
    }
    (from, until)
}
