//! What a model can say that makes no sense: each is a mistake of whoever fills in the form.

use super::{Conditions, Effect, Model, Reach, Target};

/// Why a model is not taken. The field it is about is said by whoever shows the form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Flaw {
    /// The hours end before they begin, or are the whole day.
    Hours,
    /// The last day comes before the first.
    Dates,
    /// Everybody whom it concerns is excepted.
    Nobody,
    /// Requires nothing.
    NothingRequired,
    /// Closes to whoever has proved themselves twice.
    SecondFactorPunished,
    /// Documents are read, not modified.
    DocumentsModified,
}

impl Model {
    /// All that is wrong with it in itself. Whether what it names exists is for who keeps that.
    pub fn flaws(&self) -> Vec<Flaw> {
        let conditions = &self.conditions;
        let dates = conditions.from.zip(conditions.until);
        let documents = matches!(self.target, Target::Documents(_));
        let found = [
            (
                conditions.hours.is_some_and(|hours| !hours.is_part()),
                Flaw::Hours,
            ),
            (dates.is_some_and(|(from, until)| until < from), Flaw::Dates),
            (self.who.is_nobody(), Flaw::Nobody),
            (
                self.effect == Effect::Require && *conditions == Conditions::default(),
                Flaw::NothingRequired,
            ),
            (
                self.effect == Effect::Restrict && conditions.second_factor,
                Flaw::SecondFactorPunished,
            ),
            (
                documents && self.reach == Reach::Modify,
                Flaw::DocumentsModified,
            ),
        ];
        let found = found.into_iter().filter(|(wrong, _)| *wrong);
        found.map(|(_, flaw)| flaw).collect()
    }
}
