//! What a search answers.

use super::facets::Facets;
use crate::content::document::Document;
use crate::question::{Cursor, Expansion};
use jiff::civil::Date;
use policies::Nature;

/// One page of an answer.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// How many documents of the wanted kinds match.
    pub total: usize,
    /// How many documents the question finds before any filter.
    pub matching: usize,
    /// How many of each sort match.
    pub facets: Facets,
    /// The page.
    pub hits: Vec<Hit>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// What was searched beside the words as typed.
    pub expansions: Vec<Expansion>,
    /// The question is a reference, and no document bears it.
    pub is_unheld: bool,
    /// The only document that bears the reference which is the whole question.
    pub direct: Option<String>,
    /// The question was corrected to this one.
    pub corrected: Option<Correction>,
}

/// A question that was answered in place of the one typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    /// The words that are in one document at most.
    pub unknown: Vec<String>,
    /// The question with its words corrected.
    pub text: String,
}

/// A document found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: Nature,
    /// Its title.
    pub title: String,
    /// Number of the text or decision.
    pub reference: Option<String>,
    /// Where it stands.
    pub section: Option<String>,
    /// Signature or judgment.
    pub date: Option<Date>,
    /// Last check or change.
    pub updated: Option<Date>,
    /// `en vigueur`…
    pub state: Option<String>,
    /// An extract around the words of the question.
    pub snippet: Vec<Fragment>,
}

impl Hit {
    pub(crate) fn of(document: Document, snippet: Vec<Fragment>) -> Self {
        Self {
            reference: document.reference.and_then(|reference| reference.num),
            id: document.id,
            kind: document.kind,
            title: document.title,
            section: document.section,
            date: document.date,
            updated: document.updated,
            state: document.state,
            snippet,
        }
    }
}

/// A piece of an extract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fragment {
    /// Plain text, not escaped.
    pub text: String,
    /// It is a word of the question.
    pub marked: bool,
}
