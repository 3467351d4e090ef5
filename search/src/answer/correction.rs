//! « Résultats pour … »: a word that at most one of a person's documents holds takes the most frequent word near it
//! that they do hold. Every count is within the scope, so that a correction never tells of a word in a hidden
//! document.

use super::hit::Correction;
use crate::error::Error;
use crate::index::analyzer::{french, is_stop_word, spans, terms, words};
use crate::index::statistics::Statistics;
use crate::question::Query;
use crate::scope::Scope;
use std::collections::BTreeSet;
use tantivy::Term;
use tantivy::query::{Bm25StatisticsProvider as _, FuzzyTermQuery};

/// Shorter words are acronyms as often as mistakes.
const SHORTEST: usize = 5;
/// From this length on, two letters may be wrong.
const LONG: usize = 9;
/// A word in fewer documents than this may be a mistake.
const KNOWN: u64 = 2;
/// How many words of a question are looked at: each may cost a millisecond.
const READ: usize = 12;

/// The question corrected, when a word of it is unknown and a near one is known.
pub(super) fn corrected(query: &Query, scope: &Scope) -> Result<Option<Correction>, Error> {
    if !query.may_be_corrected() {
        return Ok(None);
    }
    let mut unknown = Vec::new();
    let mut text = String::new();
    let mut from = 0;
    for (range, word) in spans(&mut words(), query.text()).into_iter().take(READ) {
        if let Some(better) = better(&word, scope)? {
            text.push_str(query.text().get(from..range.start).unwrap_or_default());
            text.push_str(&better);
            from = range.end;
            unknown.push(word);
        }
    }
    text.push_str(query.text().get(from..).unwrap_or_default());
    Ok((!unknown.is_empty()).then_some(Correction { unknown, text }))
}

/// The most frequent known word near an unknown one.
fn better(word: &str, scope: &Scope) -> Result<Option<String>, Error> {
    let is_plain = word.chars().all(|c| c.is_ascii_lowercase());
    if !is_plain || word.len() < SHORTEST || is_stop_word(word) || held(word, scope)? >= KNOWN {
        return Ok(None);
    }
    if held_alike(word, scope)? {
        return Ok(None);
    }
    let farthest = if word.len() >= LONG { 2 } else { 1 };
    for distance in 1..=farthest {
        if let Some(word) = nearest(word, distance, scope)? {
            return Ok(Some(word));
        }
    }
    Ok(None)
}

/// The most frequent known word at a distance.
fn nearest(word: &str, distance: u8, scope: &Scope) -> Result<Option<String>, Error> {
    let mut best: Option<(u64, String)> = None;
    for candidate in near(word, distance, scope)? {
        if is_stop_word(&candidate) {
            continue;
        }
        let count = held(&candidate, scope)?;
        // In alphabetical order, so that the first of equals wins.
        if count >= KNOWN && best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, candidate));
        }
    }
    Ok(best.map(|(_, word)| word))
}

/// How many documents within the scope hold a word.
fn held(word: &str, scope: &Scope) -> Result<u64, Error> {
    let term = Term::from_field_text(scope.snapshot().fields.words, word);
    Ok(Statistics::of(scope).doc_freq(&term)?)
}

/// Whether documents hold another form of a word: its plural is no correction of it.
fn held_alike(word: &str, scope: &Scope) -> Result<bool, Error> {
    let body = scope.snapshot().fields.body;
    let statistics = Statistics::of(scope);
    for (_, stem) in terms(&mut french(), word) {
        if statistics.doc_freq(&Term::from_field_text(body, &stem))? >= KNOWN {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Words of the dictionary near this one, whoever may read them, in alphabetical order.
fn near(word: &str, distance: u8, scope: &Scope) -> Result<BTreeSet<String>, Error> {
    let field = scope.snapshot().fields.words;
    let term = Term::from_field_text(field, word);
    let mut found = BTreeSet::new();
    for segment in scope.snapshot().searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let automaton = FuzzyTermQuery::new(term.clone(), distance, true).automaton()?;
        let stream = index.terms().search(automaton).into_stream();
        let mut stream = stream.map_err(tantivy::TantivyError::from)?;
        while stream.advance() {
            found.extend(std::str::from_utf8(stream.key()).ok().map(str::to_owned));
        }
    }
    found.remove(word);
    Ok(found)
}
