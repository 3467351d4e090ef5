//! One search: the scope's filter inside the query, and hits, counts and extracts from that one query.

use crate::bip::Bip;
use crate::document::Document;
use crate::error::Error;
use crate::hit::{Hit, Results};
use crate::kind_counts::{Counts, KindCounts};
use crate::query::{Query, Window};
use crate::schema::{DATE, KIND, KINDS, kind_number};
use crate::scope::{Scope, class_of};
use crate::snippet::Extracts;
use crate::statistics::OpenStatistics;
use policies::Nature;
use tantivy::collector::{FilterCollector, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, Occur, Query as Node, TermSetQuery};
use tantivy::{DocAddress, Order, Searcher, Term};

impl Bip {
    /// Answers a question with what this person may read, correcting unknown words when `correct`.
    /// A blank question lists the newest documents.
    ///
    /// # Errors
    /// When the index fails.
    pub fn search(
        &self,
        query: &Query,
        window: &Window,
        scope: &Scope,
        correct: bool,
    ) -> Result<Results, Error> {
        let searcher = self.searcher();
        let statistics = OpenStatistics::new(&searcher, &self.fields, &self.classes)?;
        if query.is_empty() && !query.is_blank() {
            return Ok(Results {
                counts: listed(Counts::default()),
                ..Results::default()
            });
        }
        let corrected = if correct {
            self.corrected(query, scope, &searcher, &statistics)?
        } else {
            None
        };
        let asked = corrected
            .as_ref()
            .map(|correction| Query::parse(&correction.text));
        let query = asked.as_ref().unwrap_or(query);
        let (counts, addresses) = self.matching(query, window, scope, &searcher, &statistics)?;
        let extracts = Extracts::new(query, &self.fields, &statistics)?;
        let mut hits = Vec::with_capacity(addresses.len());
        for address in addresses {
            let document = self.document_at(&searcher, address)?;
            if scope.permits(&class_of(&document)) {
                hits.push(hit(document, &extracts));
            } else {
                // The filter let through what a decision refuses: the index and the rules disagree.
                tracing::error!(document.id = %document.id, "A hit was refused after the filter let it through");
            }
        }
        let counts = listed(counts);
        let total = counts
            .iter()
            .filter(|(kind, _)| wanted(&window.kinds, *kind))
            .map(|(_, count)| count)
            .sum();
        Ok(Results {
            total,
            counts,
            hits,
            corrected,
        })
    }

    /// Only what the scope permits; it does not score.
    pub(crate) fn filter(&self, scope: &Scope) -> Box<dyn Node> {
        let classes = scope
            .permitted()
            .iter()
            .map(|number| Term::from_field_u64(self.fields.class, *number));
        Box::new(ConstScoreQuery::new(
            Box::new(TermSetQuery::new(classes)),
            0.0,
        ))
    }

    /// Counts of every kind and the window's hits, from one search.
    fn matching(
        &self,
        query: &Query,
        window: &Window,
        scope: &Scope,
        searcher: &Searcher,
        statistics: &OpenStatistics<'_>,
    ) -> Result<(Counts, Vec<DocAddress>), Error> {
        let what: Box<dyn Node> = if query.is_blank() {
            Box::new(AllQuery)
        } else {
            query.node(&self.fields)
        };
        let permitted =
            BooleanQuery::new(vec![(Occur::Must, what), (Occur::Must, self.filter(scope))]);
        let kinds: Vec<u64> = KINDS
            .into_iter()
            .filter(|kind| wanted(&window.kinds, *kind))
            .map(kind_number)
            .collect();
        let of_kind = move |kind: u64| kinds.contains(&kind);
        let top = TopDocs::with_limit(window.limit.max(1)).and_offset(window.offset);
        let (counts, mut found) = if query.is_blank() {
            let newest = FilterCollector::new(
                KIND.to_owned(),
                of_kind,
                top.order_by_fast_field::<i64>(DATE, Order::Desc),
            );
            let (counts, found) = searcher.search(&permitted, &(KindCounts, newest))?;
            (
                counts,
                found
                    .into_iter()
                    .map(|(_, address)| address)
                    .collect::<Vec<_>>(),
            )
        } else {
            let best = FilterCollector::new(KIND.to_owned(), of_kind, top.order_by_score());
            let (counts, found) = searcher.search_with_statistics_provider(
                &permitted,
                &(KindCounts, best),
                statistics,
            )?;
            (
                counts,
                found.into_iter().map(|(_, address)| address).collect(),
            )
        };
        found.truncate(window.limit);
        Ok((counts, found))
    }
}

fn wanted(kinds: &[Nature], kind: Nature) -> bool {
    kinds.is_empty() || kinds.contains(&kind)
}

fn listed(counts: Counts) -> Vec<(Nature, usize)> {
    KINDS.into_iter().zip(counts).collect()
}

fn hit(document: Document, extracts: &Extracts) -> Hit {
    let snippet = extracts.of(&document);
    let reference = document.reference.and_then(|reference| reference.num);
    Hit {
        id: document.id,
        kind: document.kind,
        title: document.title,
        reference,
        section: document.section,
        date: document.date,
        updated: document.updated,
        state: document.state,
        snippet,
    }
}
