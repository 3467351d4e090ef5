//! What is known after a proof was tried. That none was found in time is no proof.

use crate::example::Example;

/// Whether something holds in every case there can be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// In every one.
    Proved,
    /// Not in this one.
    Refuted(Box<Example>),
    /// The solver gave no answer in time, or broke.
    NotEstablished,
}

impl Verdict {
    /// This one and another: what is refuted outweighs what is not established.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Proved, other) => other,
            (Self::NotEstablished, refuted @ Self::Refuted(_)) => refuted,
            (first, _) => first,
        }
    }

    /// Whether it holds for sure.
    pub fn is_proved(&self) -> bool {
        *self == Self::Proved
    }
}

/// In which direction a change of rules goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Course {
    /// Nobody ever gets more or less.
    Same,
    /// Nobody ever gets more.
    Narrows,
    /// Nobody ever gets less.
    Widens,
    /// Somebody may get more, and somebody less.
    Both,
    /// The solver gave no answer in time.
    Unknown,
}

impl Course {
    pub(crate) fn of(no_wider: &Verdict, no_narrower: &Verdict) -> Self {
        match (no_wider, no_narrower) {
            (Verdict::NotEstablished, _) | (_, Verdict::NotEstablished) => Self::Unknown,
            (Verdict::Proved, Verdict::Proved) => Self::Same,
            (Verdict::Proved, Verdict::Refuted(_)) => Self::Narrows,
            (Verdict::Refuted(_), Verdict::Proved) => Self::Widens,
            (Verdict::Refuted(_), Verdict::Refuted(_)) => Self::Both,
        }
    }
}
