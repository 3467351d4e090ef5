//! What a person asks: the text read into words, operators, references and synonyms; and which part of the
//! answer is wanted.

mod filters;
mod query;
mod synonyms;
mod syntax;

pub(crate) use query::{LONGEST, boosted, constant, word};
pub(crate) use syntax::{Oddity, oddities};

pub use filters::{Cursor, Filters, Sort, Start};
pub use query::Query;
pub use synonyms::{Expansion, Synonyms};

/// A question, whole.
#[derive(Clone, Debug)]
pub struct Question {
    /// What was typed.
    pub text: String,
    /// Answer to the words as typed, without correction.
    pub as_typed: bool,
    /// Leave synonyms out.
    pub strict: bool,
    /// Only these documents.
    pub filters: Filters,
    /// In this order.
    pub sort: Sort,
    /// From here.
    pub start: Start,
    /// How many to show.
    pub limit: usize,
}

impl Question {
    /// A text alone: every kind, the best ten.
    pub fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            as_typed: false,
            strict: false,
            filters: Filters::default(),
            sort: Sort::default(),
            start: Start::default(),
            limit: 10,
        }
    }
}
