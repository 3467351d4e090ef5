//! Synonyms and acronyms of the trade, as a data file says them. A line is one group:
//! `CITIS = congé pour invalidité temporaire imputable au service` (each means the other), or
//! `dispo > disponibilité` (the first is also searched as the second). `|` adds a form, `#` begins a comment.

use crate::error::Error;
use crate::index::analyzer::{fold, french, is_stop_word, terms};
use std::collections::HashMap;
use std::ops::Range;

/// The table that the program carries.
static EMBEDDED: &str = include_str!("../../corpus/synonyms.txt");

/// What words mean in the trade.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    /// By the stems of a form: what else to search.
    by_stems: HashMap<Vec<String>, Vec<String>>,
    /// Stems of the longest form.
    longest: usize,
}

/// Words of a question, and what is searched beside them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expansion {
    /// As typed.
    pub of: String,
    /// What is also searched.
    pub also: Vec<String>,
}

impl Synonyms {
    /// The table that the program carries.
    ///
    /// # Errors
    /// When it is malformed, which a test excludes.
    pub fn embedded() -> Result<Self, Error> {
        Self::parse(EMBEDDED)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// A line that is no group, with its number.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut synonyms = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let line_number = index + 1;
            let wrong = || Error::Synonyms { line: line_number };
            let (left, right, both) = match (line.split_once('='), line.split_once('>')) {
                (Some((left, right)), None) => (left, right, true),
                (None, Some((left, right))) => (left, right, false),
                _ => return Err(wrong()),
            };
            let (left, right) = (forms(left), forms(right));
            if left.is_empty() || right.is_empty() {
                return Err(wrong());
            }
            if both {
                let every: Vec<_> = left.into_iter().chain(right).collect();
                for form in &every {
                    synonyms.add(form, every.iter().filter(|other| *other != form));
                }
            } else {
                for form in &left {
                    synonyms.add(form, right.iter());
                }
            }
        }
        Ok(synonyms)
    }

    fn add<'a>(&mut self, form: &str, others: impl Iterator<Item = &'a String>) {
        let stems = stems(form);
        self.longest = self.longest.max(stems.len());
        // What is written otherwise but is the same to the search is no synonym.
        let is_same = |other: &String| self::stems(other) == stems;
        let others: Vec<_> = others.filter(|other| !is_same(other)).collect();
        if others.is_empty() {
            return;
        }
        let known = self.by_stems.entry(stems).or_default();
        for other in others {
            if !known.contains(other) {
                known.push(other.clone());
            }
        }
    }

    /// Which of a question's stems the table knows, and what they are also searched as. The longest form
    /// wins, and no stem is read twice.
    pub(crate) fn expand(&self, stems: &[String]) -> Vec<(Range<usize>, &[String])> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < stems.len() {
            let longest = self.longest.min(stems.len() - at);
            let matched = (1..=longest).rev().find_map(|length| {
                let also = self.by_stems.get(stems.get(at..at + length)?)?;
                Some((at..at + length, also.as_slice()))
            });
            at = matched.as_ref().map_or(at + 1, |(range, _)| range.end);
            found.extend(matched);
        }
        found
    }
}

fn forms(side: &str) -> Vec<String> {
    let forms = side.split('|').map(|form| form.trim().to_owned());
    forms.filter(|form| !stems(form).is_empty()).collect()
}

fn stems(form: &str) -> Vec<String> {
    if is_acronym(form) {
        return vec![form.to_owned()];
    }
    terms(&mut french(), form)
        .into_iter()
        .map(|(_, stem)| stem)
        .collect()
}

/// A word in capitals that would be a stop word otherwise: CET is no « cet », CE no « ce ».
pub(crate) fn is_acronym(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(char::is_uppercase) && is_stop_word(&fold(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(table: &str, question: &str) -> Vec<String> {
        let synonyms = Synonyms::parse(table).unwrap();
        let found = stems(question);
        let found = synonyms.expand(&found);
        found
            .into_iter()
            .flat_map(|(_, also)| also.to_vec())
            .collect()
    }

    #[test]
    fn an_acronym_and_its_words_mean_each_other() {
        let table = "CLM = congé de longue maladie # et non CLD";
        assert_eq!(expanded(table, "un clm"), ["congé de longue maladie"]);
        assert_eq!(expanded(table, "les congés longue maladie"), ["CLM"]);
        assert!(expanded(table, "maladie longue").is_empty());
    }

    #[test]
    fn an_arrow_goes_one_way_and_the_longest_form_wins() {
        let table = "arrêt > interruption\narrêt de travail | arrêt maladie > congé de maladie";
        assert_eq!(expanded(table, "arrêt de travail"), ["congé de maladie"]);
        assert_eq!(expanded(table, "arrêt cardiaque"), ["interruption"]);
        assert!(expanded(table, "interruption").is_empty());
    }

    #[test]
    fn an_acronym_that_reads_like_a_stop_word_counts_in_capitals() {
        let table = "CET = compte épargne-temps";
        assert_eq!(expanded(table, "CET"), ["compte épargne-temps"]);
        assert!(expanded(table, "cet").is_empty());
    }

    #[test]
    fn a_line_that_is_no_group_is_named() {
        for wrong in ["un mot", "a b =", "> b", "x = y > z"] {
            let table = format!("CLM = congé de longue maladie\n{wrong}");
            let refused = Synonyms::parse(&table).unwrap_err().to_string();
            assert!(refused.contains("line 2"), "{refused}");
        }
    }

    #[test]
    fn the_embedded_table_is_well_formed() {
        assert!(Synonyms::embedded().unwrap().by_stems.len() > 100);
    }
}
