//! How far collectivités have come, as lists and addresses say it.

/// How far a collectivité has come; not stored, but seen from its designations and référents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Progress {
    /// No designation was received.
    Awaited,
    /// A signed designation was received, and waits for its check.
    Received,
    /// A designation was checked, and its référent invited.
    Checked,
    /// A référent is at work.
    Active,
    /// Closed.
    Closed,
}

impl Progress {
    /// Every one, in the order that lists of choices show.
    pub const ALL: [Self; 5] = [
        Self::Awaited,
        Self::Received,
        Self::Checked,
        Self::Active,
        Self::Closed,
    ];

    /// As queries and addresses spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Awaited => "a-relancer",
            Self::Received => "recue",
            Self::Checked => "verifiee",
            Self::Active => "active",
            Self::Closed => "fermee",
        }
    }

    /// Reads that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}
