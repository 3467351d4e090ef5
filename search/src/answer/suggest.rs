//! Completions of what is being typed: themes, references and titles of documents that this person may read.

use super::page::{Order, Page};
use super::search::search_within;
use crate::bip::Bip;
use crate::error::Error;
use crate::index::analyzer::{fold, is_stop_word, terms, words};
use crate::index::schema::{Fields, kind_number};
use crate::index::statistics::Statistics;
use crate::question::{Filters, Start, constant};
use crate::reference::read;
use crate::scope::{Scope, class_of};
use policies::Nature;
use std::collections::BTreeSet;
use tantivy::Term;
use tantivy::query::{
    Bm25StatisticsProvider as _, BooleanQuery, ConstScoreQuery, FuzzyTermQuery, Occur,
    Query as Node,
};
use tantivy::schema::Field;

/// Fewer letters complete to anything.
const SHORTEST: usize = 2;
const LONGEST: usize = 100;
const MOST_WORDS: usize = 8;

/// A completion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Suggestion {
    /// A theme that has documents.
    Theme(String),
    /// A document, by its title or reference.
    Document {
        /// Its id.
        id: String,
        /// Its kind.
        kind: Nature,
        /// Its title.
        title: String,
    },
}

impl Bip {
    /// At most `limit` completions of what was typed, themes first, then documents: those that bear the
    /// reference being typed, then those whose titles begin like it, then those whose titles hold its words.
    ///
    /// # Errors
    /// When the index fails.
    pub fn suggest(
        &self,
        typed: &str,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<Suggestion>, Error> {
        let typed: String = fold(typed.trim()).chars().take(LONGEST).collect();
        if typed.chars().count() < SHORTEST {
            return Ok(Vec::new());
        }
        let mut suggestions = themes(&typed, scope)?;
        if let Some(what) = completing(&typed, &scope.snapshot().fields) {
            suggestions.extend(documents(what, limit, scope)?);
        }
        suggestions.truncate(limit);
        Ok(suggestions)
    }
}

/// Themes with a word that begins so, and with documents within the scope.
fn themes(typed: &str, scope: &Scope) -> Result<Vec<Suggestion>, Error> {
    let snapshot = scope.snapshot();
    let field = snapshot.fields.theme;
    let mut found = BTreeSet::new();
    for segment in snapshot.searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut stream = index
            .terms()
            .stream()
            .map_err(tantivy::TantivyError::from)?;
        while stream.advance() {
            found.extend(std::str::from_utf8(stream.key()).ok().map(str::to_owned));
        }
    }
    let statistics = Statistics::of(scope);
    let mut themes = Vec::new();
    for theme in found {
        let folded = fold(&theme);
        let begins =
            folded.starts_with(typed) || folded.split(' ').any(|word| word.starts_with(typed));
        if begins && statistics.doc_freq(&Term::from_field_text(field, &theme))? > 0 {
            themes.push(Suggestion::Theme(theme));
        }
    }
    Ok(themes)
}

fn documents(what: Box<dyn Node>, limit: usize, scope: &Scope) -> Result<Vec<Suggestion>, Error> {
    let page = Page {
        filters: &Filters::default(),
        order: Order::Completion,
        start: Start::default(),
        limit,
    };
    let mut suggestions = Vec::new();
    for (_, address) in search_within(what, &page, scope)?.hits {
        let document = scope.snapshot().document(address)?;
        if scope.permits(&class_of(&document)) {
            suggestions.push(Suggestion::Document {
                id: document.id,
                kind: document.kind,
                title: document.title,
            });
        }
    }
    Ok(suggestions)
}

/// What a typed text may become; `None` when nothing of it can be completed.
fn completing(typed: &str, fields: &Fields) -> Option<Box<dyn Node>> {
    let mut words: Vec<String> = terms(&mut words(), typed)
        .into_iter()
        .map(|(_, word)| word)
        .take(MOST_WORDS)
        .collect();
    let last = words.pop()?;
    let mut title: Vec<(Occur, Box<dyn Node>)> =
        vec![(Occur::Must, begins(fields.title_words, &last, 1.0))];
    for word in words.iter().filter(|word| !is_stop_word(word)) {
        title.push((
            Occur::Must,
            constant(Term::from_field_text(fields.title_words, word), 1.0),
        ));
    }
    title.push((Occur::Should, begins(fields.title_whole, typed, 4.0)));
    let fiche = Term::from_field_u64(fields.kind, kind_number(Nature::Fiche));
    title.push((Occur::Should, constant(fiche, 2.0)));
    let mut any: Vec<Box<dyn Node>> = vec![Box::new(BooleanQuery::new(title))];
    any.extend(
        read(typed)
            .keys
            .iter()
            .map(|key| begins(fields.own, key, 100.0)),
    );
    Some(Box::new(BooleanQuery::union(any)))
}

fn begins(field: Field, start: &str, score: f32) -> Box<dyn Node> {
    let prefix = FuzzyTermQuery::new_prefix(Term::from_field_text(field, start), 0, false);
    Box::new(ConstScoreQuery::new(Box::new(prefix), score))
}
