//! What a search answers.

use jiff::civil::Date;
use policies::Nature;

/// One page of an answer.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// How many documents of the wanted kinds match.
    pub total: usize,
    /// How many of each kind match, wanted or not.
    pub counts: Vec<(Nature, usize)>,
    /// The page.
    pub hits: Vec<Hit>,
    /// The question was corrected to this one.
    pub corrected: Option<Correction>,
}

/// A question that was answered in place of the one typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    /// The words that are in no document.
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

/// A piece of an extract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fragment {
    /// Plain text, not escaped.
    pub text: String,
    /// It is a word of the question.
    pub marked: bool,
}
