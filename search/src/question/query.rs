//! A question read once into words, signs, references and synonyms; and its translation for the index.
//! The weights are those measured in the research (words 1, section ½, reference +1000, citation +50, fiche +2).

use super::synonyms::{Expansion, Synonyms, is_acronym};
use super::syntax::{Part, Sign, parts};
use crate::content::Force;
use crate::index::analyzer::{french, spans, terms, words};
use crate::index::schema::{Fields, kind_number};
use crate::reference::{Reading, read};
use policies::Nature;
use std::collections::BTreeSet;
use std::ops::Range;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhraseQuery,
    Query as Node, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

/// Longer questions are cut: nobody types them, and each word costs.
pub(crate) const LONGEST: usize = 500;
const MOST_WORDS: usize = 40;
/// Each beginning of a word may stand for thousands.
const MOST_BEGINNINGS: usize = 3;
/// What a synonym weighs beside the word itself.
const SYNONYM: f32 = 0.5;

/// The words of a phrase and their places.
type Phrase = Vec<(usize, String)>;

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    stems: BTreeSet<String>,
    required: Vec<Phrase>,
    excluded: Vec<Phrase>,
    beginnings: Vec<String>,
    has_signs: bool,
    reading: Reading,
    expansions: Vec<Expansion>,
}

impl Query {
    /// Reads what was typed; any text is a question.
    pub fn parse(text: &str, synonyms: &Synonyms) -> Self {
        let text: String = text.trim().chars().take(LONGEST).collect();
        let parts = parts(&text);
        let mut analyzer = french();
        let mut query = Self {
            has_signs: parts
                .iter()
                .any(|part| !matches!(part, Part::Words(Sign::Wanted, _))),
            ..Self::default()
        };
        let mut asked = String::new();
        for part in parts {
            let (phrase, sign) = match part {
                Part::Beginning(word) => {
                    query.add_beginning(&word);
                    continue;
                }
                Part::Words(Sign::Wanted, word) => {
                    asked.extend([&*word, " "]);
                    continue;
                }
                Part::Words(sign, text) | Part::Phrase(sign, text) => (text, sign),
            };
            let terms = terms(&mut analyzer, &phrase);
            if sign != Sign::Excluded {
                asked.extend([&*phrase, " "]);
            }
            match sign {
                _ if terms.is_empty() => {}
                Sign::Excluded => query.excluded.push(terms),
                Sign::Wanted | Sign::Required => query.required.push(terms),
            }
        }
        query.read(&asked, synonyms);
        Self { text, ..query }
    }

    /// Takes the wanted words, their references and their synonyms.
    fn read(&mut self, asked: &str, synonyms: &Synonyms) {
        let (places, stems): (Vec<_>, Vec<_>) =
            searched(asked).into_iter().take(MOST_WORDS).unzip();
        for (range, also) in synonyms.expand(&stems) {
            let first = places.get(range.start).map_or(0, |place| place.start);
            let last = places.get(range.end - 1).map_or(0, |place| place.end);
            self.expansions.push(Expansion {
                of: asked.get(first..last).unwrap_or_default().to_owned(),
                also: also.to_vec(),
            });
        }
        self.stems = stems.into_iter().collect();
        self.reading = read(asked);
    }

    fn add_beginning(&mut self, word: &str) {
        if self.beginnings.len() < MOST_BEGINNINGS {
            let folded = terms(&mut words(), word);
            self.beginnings
                .extend(folded.into_iter().map(|(_, word)| word));
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

    /// What is searched beside the words as typed.
    pub fn expansions(&self) -> &[Expansion] {
        &self.expansions
    }

    /// The same without synonyms.
    pub(crate) fn strict(self) -> Self {
        Self {
            expansions: Vec::new(),
            ..self
        }
    }

    /// The stems whose words an extract shows.
    pub(crate) fn shown_stems(&self) -> BTreeSet<String> {
        let mut analyzer = french();
        let also = self.expansions.iter().flat_map(|expansion| &expansion.also);
        let also = also
            .flat_map(|form| terms(&mut analyzer, form))
            .map(|(_, stem)| stem);
        also.chain(self.stems.iter().cloned()).collect()
    }

    /// The references of the question.
    pub(crate) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Signs and references mean what they say.
    pub(crate) fn may_be_corrected(&self) -> bool {
        !self.has_signs && self.reading.keys.is_empty()
    }

    /// Nothing in it can be searched: only stop words or marks.
    pub(crate) fn is_empty(&self) -> bool {
        self.stems.is_empty() && self.reading.keys.is_empty() && self.beginnings.is_empty()
    }

    /// The scored part: what matches, and how well. `named` are the ids of the documents that the question
    /// refers to: those that cite them are near.
    pub(crate) fn node(&self, fields: &Fields, named: &[String]) -> Box<dyn Node> {
        if self.is_blank() {
            return Box::new(AllQuery);
        }
        let mut all = vec![(Occur::Must, self.any(fields, named))];
        all.extend(
            self.required
                .iter()
                .map(|phrase| (Occur::Must, somewhere(fields, phrase))),
        );
        all.extend(
            self.excluded
                .iter()
                .map(|phrase| (Occur::MustNot, somewhere(fields, phrase))),
        );
        let fiche = Term::from_field_u64(fields.kind, kind_number(Nature::Fiche));
        all.push((Occur::Should, constant(fiche, 2.0)));
        for force in [Force::InForce, Force::Unknown] {
            let term = Term::from_field_u64(fields.force, force.number());
            all.push((Occur::Should, constant(term, 2.0)));
        }
        Box::new(BooleanQuery::new(all))
    }

    /// Any word, synonym, beginning or reference.
    fn any(&self, fields: &Fields, named: &[String]) -> Box<dyn Node> {
        let weight = if self.reading.is_all { 0.2 } else { 1.0 };
        let mut any: Vec<Box<dyn Node>> = Vec::new();
        for stem in &self.stems {
            any.extend(
                fields
                    .ranked()
                    .map(|(field, share)| boosted(word(field, stem), weight * share)),
            );
        }
        let mut analyzer = french();
        for form in self.expansions.iter().flat_map(|expansion| &expansion.also) {
            let phrase = terms(&mut analyzer, form);
            if phrase.is_empty() {
                continue;
            }
            any.extend(
                fields.ranked().map(|(field, share)| {
                    boosted(together(field, &phrase), weight * share * SYNONYM)
                }),
            );
        }
        for beginning in &self.beginnings {
            let term = Term::from_field_text(fields.words, beginning);
            let begins = Box::new(FuzzyTermQuery::new_prefix(term, 0, false));
            any.push(Box::new(ConstScoreQuery::new(begins, 1.0)));
        }
        for key in &self.reading.keys {
            any.push(constant(Term::from_field_text(fields.own, key), 1000.0));
            any.push(constant(Term::from_field_text(fields.cited, key), 50.0));
        }
        for id in named {
            any.push(constant(Term::from_field_text(fields.cites, id), 50.0));
        }
        Box::new(BooleanQuery::union(any))
    }
}

/// The stems of a question in their order, with the bytes they stand for. Acronyms that the analysis would
/// drop as stop words stand as they are, unless the whole question is in capitals.
fn searched(asked: &str) -> Vec<(Range<usize>, String)> {
    let mut found = spans(&mut french(), asked);
    if asked.trim().contains(char::is_lowercase) || !asked.trim().contains(' ') {
        let mut at = 0;
        for piece in asked.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            if is_acronym(word) {
                found.push((at..at + word.len(), word.to_owned()));
            }
            at += piece.len();
        }
        found.sort_by_key(|(place, _)| place.start);
    }
    found
}

pub(crate) fn word(field: Field, stem: &str) -> Box<dyn Node> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, stem),
        IndexRecordOption::WithFreqs,
    ))
}

pub(crate) fn constant(term: Term, score: f32) -> Box<dyn Node> {
    let term = TermQuery::new(term, IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(term), score))
}

pub(crate) fn boosted(node: Box<dyn Node>, weight: f32) -> Box<dyn Node> {
    Box::new(BoostQuery::new(node, weight))
}

/// The words of a phrase, at their distances.
fn together(field: Field, phrase: &[(usize, String)]) -> Box<dyn Node> {
    if let [(_, only)] = phrase {
        return word(field, only);
    }
    let terms = phrase
        .iter()
        .map(|(at, stem)| (*at, Term::from_field_text(field, stem)));
    Box::new(PhraseQuery::new_with_offset(terms.collect()))
}

/// The phrase, word for word, in one of the searched fields; it filters and does not score.
fn somewhere(fields: &Fields, phrase: &[(usize, String)]) -> Box<dyn Node> {
    let fields = fields.ranked().map(|(field, _)| together(field, phrase));
    Box::new(ConstScoreQuery::new(
        Box::new(BooleanQuery::union(fields.into())),
        0.0,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Query {
        Query::parse(text, &Synonyms::default())
    }

    #[test]
    fn stop_words_alone_are_no_question() {
        assert!(parse("le la de").is_empty());
        assert!(!parse("le la de").is_blank());
        assert!(!parse("L. 1-1").is_empty());
    }

    #[test]
    fn what_is_excluded_is_neither_wanted_nor_a_reference() {
        let query = parse("congé -\"décret 88-145\" -maladie");
        assert_eq!(query.stems.into_iter().collect::<Vec<_>>(), ["cong"]);
        assert!(query.reading.keys.is_empty());
        assert_eq!(query.excluded.len(), 2);
    }

    #[test]
    fn a_very_long_question_is_cut() {
        let long: Vec<_> = (0..1000).map(|n| format!("mot{n} a{n}*")).collect();
        let query = parse(&long.join(" "));
        assert!(query.stems.len() <= MOST_WORDS);
        assert!(query.beginnings.len() <= MOST_BEGINNINGS);
    }

    #[test]
    fn synonyms_tell_the_words_as_they_were_typed() {
        let synonyms = Synonyms::parse("CLM = congé de longue maladie").unwrap();
        let query = Query::parse("durée d’un Congé de longue maladie", &synonyms);
        let [expansion] = query.expansions() else {
            panic!("{:?}", query.expansions())
        };
        assert_eq!(expansion.of, "Congé de longue maladie");
        assert_eq!(expansion.also, ["CLM"]);
        assert!(query.strict().expansions().is_empty());
    }
}
