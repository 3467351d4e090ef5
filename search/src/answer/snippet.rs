//! Extracts around the words of a question: plain text and marks, escaped by whoever prints them.

use super::hit::Fragment;
use crate::content::document::Document;
use crate::index::analyzer::french;
use crate::index::statistics::Statistics;
use crate::question::Query;
use crate::scope::Scope;
use std::collections::BTreeMap;
use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider as _;
use tantivy::snippet::{Snippet, SnippetGenerator, collapse_overlapped_ranges};

const LENGTH: usize = 260;

/// Makes the extracts of one answer.
pub(crate) struct Extracts(SnippetGenerator);

impl Extracts {
    /// Rare words count most, by the same statistics as the ranking.
    pub(crate) fn new(query: &Query, scope: &Scope) -> tantivy::Result<Self> {
        let statistics = Statistics::of(scope);
        let body = scope.snapshot().fields.body;
        let mut weights = BTreeMap::new();
        for stem in query.shown_stems() {
            let frequency = statistics.doc_freq(&Term::from_field_text(body, &stem))?;
            #[expect(
                clippy::cast_precision_loss,
                reason = "a weight needs no more than 24 bits"
            )]
            weights.insert(stem, 1.0 / (1.0 + frequency as f32));
        }
        Ok(Self(SnippetGenerator::new(weights, french(), body, LENGTH)))
    }

    /// The best extract of the body, else of the summary, else the first words.
    pub(crate) fn of(&self, document: &Document) -> Vec<Fragment> {
        let body = without_marks(&document.plain_body());
        for text in [&body, &document.summary] {
            let snippet = self.0.snippet(text);
            if !snippet.is_empty() {
                return fragments(
                    &snippet,
                    snippet.fragment_range().end < text.trim_end().len(),
                );
            }
        }
        beginning(if document.summary.is_empty() {
            &body
        } else {
            &document.summary
        })
    }
}

/// The body as it reads: without the signs of headings and lists.
fn without_marks(body: &str) -> String {
    let lines = body
        .lines()
        .map(|line| line.trim_start_matches('#').trim().trim_start_matches("- "));
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', " ")
}

fn beginning(text: &str) -> Vec<Fragment> {
    let mut start: String = text.chars().take(LENGTH).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    if start.is_empty() {
        Vec::new()
    } else {
        vec![Fragment {
            text: start,
            marked: false,
        }]
    }
}

fn fragments(snippet: &Snippet, is_cut: bool) -> Vec<Fragment> {
    let text = snippet.fragment();
    let mut pieces = Vec::new();
    let mut push = |piece: Option<&str>, marked: bool| {
        if let Some(piece) = piece.filter(|piece| !piece.is_empty()) {
            pieces.push(Fragment {
                text: piece.to_owned(),
                marked,
            });
        }
    };
    if snippet.fragment_range().start > 0 {
        push(Some("… "), false);
    }
    let mut from = 0;
    for marked in collapse_overlapped_ranges(snippet.highlighted()) {
        push(text.get(from..marked.start), false);
        push(text.get(marked.clone()), true);
        from = marked.end;
    }
    push(text.get(from..), false);
    if is_cut {
        push(Some(" …"), false);
    }
    pieces
}
