//! What a person asks, read once into words, quoted phrases and references; and its translation for the index.
//! The weights are those measured in the research (words 1, section ½, reference +1000, citation +50, fiche +2).

use crate::analyzer::{french, terms};
use crate::reference::{Reading, read};
use crate::schema::{Fields, kind_number};
use policies::Nature;
use std::collections::BTreeSet;
use tantivy::Term;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query as Node, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

/// Longer questions are cut: nobody types them, and each word costs.
const LONGEST: usize = 500;
const MOST_WORDS: usize = 40;

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    stems: BTreeSet<String>,
    phrases: Vec<Vec<(usize, String)>>,
    reading: Reading,
}

/// Which part of the answer is wanted.
#[derive(Clone, Debug)]
pub struct Window {
    /// Only these kinds; all when empty.
    pub kinds: Vec<Nature>,
    /// How many hits to pass over.
    pub offset: usize,
    /// How many to show.
    pub limit: usize,
}

impl Query {
    /// Reads what was typed; any text is a question.
    pub fn parse(text: &str) -> Self {
        let text: String = text.trim().chars().take(LONGEST).collect();
        let mut analyzer = french();
        let stems = terms(&mut analyzer, &text)
            .into_iter()
            .map(|(_, stem)| stem)
            .take(MOST_WORDS)
            .collect();
        let phrases = quoted(&text)
            .into_iter()
            .map(|phrase| terms(&mut analyzer, &phrase))
            .filter(|p| !p.is_empty())
            .collect();
        Self {
            stems,
            phrases,
            reading: read(&text),
            text,
        }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Nothing was typed.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The words of the question as the index knows them.
    pub(crate) fn stems(&self) -> &BTreeSet<String> {
        &self.stems
    }

    /// Quotes and references mean what they say.
    pub(crate) fn may_be_corrected(&self) -> bool {
        self.phrases.is_empty() && self.reading.keys.is_empty()
    }

    /// Nothing in it can be searched: only stop words or marks.
    pub(crate) fn is_empty(&self) -> bool {
        self.stems.is_empty() && self.reading.keys.is_empty()
    }

    /// The scored part: what matches, and how well.
    pub(crate) fn node(&self, fields: &Fields) -> Box<dyn Node> {
        let mut any: Vec<(Occur, Box<dyn Node>)> = Vec::new();
        let weight = if self.reading.is_all { 0.2 } else { 1.0 };
        for stem in &self.stems {
            for (field, share) in [
                (fields.title, 1.0),
                (fields.summary, 1.0),
                (fields.section, 0.5),
                (fields.body, 1.0),
            ] {
                any.push((
                    Occur::Should,
                    Box::new(BoostQuery::new(word(field, stem), weight * share)),
                ));
            }
        }
        for key in &self.reading.keys {
            any.push((Occur::Should, constant(fields.own, key, 1000.0)));
            any.push((Occur::Should, constant(fields.cited, key, 50.0)));
        }
        let mut all: Vec<(Occur, Box<dyn Node>)> =
            vec![(Occur::Must, Box::new(BooleanQuery::new(any)))];
        all.extend(
            self.phrases
                .iter()
                .map(|phrase| (Occur::Must, required(fields, phrase))),
        );
        let fiche = Term::from_field_u64(fields.kind, kind_number(Nature::Fiche));
        let is_fiche = Box::new(TermQuery::new(fiche, IndexRecordOption::Basic));
        all.push((Occur::Should, Box::new(ConstScoreQuery::new(is_fiche, 2.0))));
        Box::new(BooleanQuery::new(all))
    }
}

fn word(field: Field, stem: &str) -> Box<dyn Node> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, stem),
        IndexRecordOption::WithFreqs,
    ))
}

fn constant(field: Field, key: &str, score: f32) -> Box<dyn Node> {
    let term = TermQuery::new(Term::from_field_text(field, key), IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(term), score))
}

/// The phrase, word for word, in one of the searched fields; it filters and does not score.
fn required(fields: &Fields, phrase: &[(usize, String)]) -> Box<dyn Node> {
    let in_field = |field: Field| -> Box<dyn Node> {
        if let [(_, only)] = phrase {
            return word(field, only);
        }
        let terms = phrase
            .iter()
            .map(|(at, stem)| (*at, Term::from_field_text(field, stem)))
            .collect();
        Box::new(PhraseQuery::new_with_offset(terms))
    };
    let somewhere = [fields.title, fields.summary, fields.section, fields.body].map(in_field);
    Box::new(ConstScoreQuery::new(
        Box::new(BooleanQuery::union(somewhere.into())),
        0.0,
    ))
}

/// The texts between quotes, straight or French or English; an unclosed one quotes nothing.
fn quoted(text: &str) -> Vec<String> {
    let mut phrases = Vec::new();
    let mut current: Option<String> = None;
    for character in text.chars() {
        match (character, current.take()) {
            ('"' | '«' | '»' | '“' | '”', Some(phrase)) => phrases.push(phrase),
            ('"' | '«' | '“', None) => current = Some(String::new()),
            (other, Some(mut phrase)) => {
                phrase.push(other);
                current = Some(phrase);
            }
            (_, None) => {}
        }
    }
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_of_every_shape_make_phrases() {
        assert_eq!(quoted("a \"b c\" « d » “e” f"), ["b c", " d ", "e"]);
        assert!(quoted("un \" seul").is_empty());
    }

    #[test]
    fn stop_words_alone_are_no_question() {
        assert!(Query::parse("le la de").is_empty());
        assert!(!Query::parse("le la de").is_blank());
        assert!(!Query::parse("L. 1-1").is_empty());
    }

    #[test]
    fn a_very_long_question_is_cut() {
        let long = (0..1000)
            .map(|n| format!("mot{n}"))
            .collect::<Vec<_>>()
            .join(" ");
        assert!(Query::parse(&long).stems.len() <= MOST_WORDS);
    }
}
