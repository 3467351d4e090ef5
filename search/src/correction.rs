//! « Résultats pour … »: a word that a person's documents do not hold takes the most frequent word near it
//! that they do hold. Candidates come from unrestricted documents, and both tests run inside the person's
//! scope, so that a correction never tells of a word in a hidden document.

use crate::analyzer::{is_stop_word, spans, words};
use crate::bip::Bip;
use crate::error::Error;
use crate::hit::Correction;
use crate::query::Query;
use crate::scope::Scope;
use crate::statistics::OpenStatistics;
use std::collections::BTreeMap;
use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};

/// Shorter words are acronyms as often as mistakes.
const SHORTEST: usize = 5;
/// From this length on, two letters may be wrong.
const LONG: usize = 9;
/// A word in fewer documents than this may be a mistake.
const KNOWN: usize = 2;
/// How many words of a question are looked at: each may cost a millisecond.
const READ: usize = 12;
/// How many candidates are tried.
const TRIED: usize = 5;

impl Bip {
    /// The question corrected, when a word of it is unknown and a near one is known.
    pub(crate) fn corrected(
        &self,
        query: &Query,
        scope: &Scope,
        searcher: &Searcher,
        statistics: &OpenStatistics<'_>,
    ) -> Result<Option<Correction>, Error> {
        if !query.may_be_corrected() {
            return Ok(None);
        }
        let mut unknown = Vec::new();
        let mut text = String::new();
        let mut from = 0;
        for (range, word) in spans(&mut words(), query.text()).into_iter().take(READ) {
            if let Some(better) = self.better(&word, scope, searcher, statistics)? {
                text.push_str(query.text().get(from..range.start).unwrap_or_default());
                text.push_str(&better);
                from = range.end;
                unknown.push(word);
            }
        }
        text.push_str(query.text().get(from..).unwrap_or_default());
        Ok((!unknown.is_empty()).then_some(Correction { unknown, text }))
    }

    fn better(
        &self,
        word: &str,
        scope: &Scope,
        searcher: &Searcher,
        statistics: &OpenStatistics<'_>,
    ) -> Result<Option<String>, Error> {
        let is_plain = word.chars().all(|c| c.is_ascii_lowercase());
        if !is_plain
            || word.len() < SHORTEST
            || is_stop_word(word)
            || self.holds(word, scope, searcher)? >= KNOWN
        {
            return Ok(None);
        }
        for candidate in self.near(word, statistics)?.into_iter().take(TRIED) {
            if candidate != word && self.holds(&candidate, scope, searcher)? >= KNOWN {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// How many documents within the scope hold a word.
    fn holds(&self, word: &str, scope: &Scope, searcher: &Searcher) -> Result<usize, Error> {
        let term = Term::from_field_text(self.fields.words, word);
        let word = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        let query = BooleanQuery::new(vec![(Occur::Must, word), (Occur::Must, self.filter(scope))]);
        Ok(searcher.search(&query, &Count)?)
    }

    /// Words of unrestricted documents near this one, the most frequent first.
    fn near(&self, word: &str, statistics: &OpenStatistics<'_>) -> Result<Vec<String>, Error> {
        let distance = if word.len() < LONG { 1 } else { 2 };
        let term = Term::from_field_text(self.fields.words, word);
        let mut found: BTreeMap<String, u32> = BTreeMap::new();
        for segment in statistics.segments() {
            let index = segment
                .inverted_index(self.fields.words)
                .map_err(Error::from)?;
            let automaton = FuzzyTermQuery::new(term.clone(), distance, true).automaton()?;
            let mut stream = index
                .terms()
                .search(automaton)
                .into_stream()
                .map_err(tantivy::TantivyError::from)?;
            while let Some((key, info)) = stream.next() {
                if let Ok(key) = std::str::from_utf8(key) {
                    *found.entry(key.to_owned()).or_default() += info.doc_freq;
                }
            }
        }
        let mut found: Vec<(String, u32)> = found.into_iter().collect();
        found.sort_by(|(one, many), (other, more)| more.cmp(many).then_with(|| one.cmp(other)));
        Ok(found.into_iter().map(|(word, _)| word).collect())
    }
}
