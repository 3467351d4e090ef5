//! One search: the scope's filter inside the query, and hits, counts and extracts from that one query.

use super::correction::corrected;
use super::facets::Facets;
use super::hit::{Correction, Hit, Results};
use super::page::{Collected, Order, Page};
use super::snippet::Extracts;
use crate::bip::Bip;
use crate::content::Force;
use crate::error::Error;
use crate::index::statistics::Statistics;
use crate::question::{Query, Question, Sort, constant};
use crate::scope::{Scope, class_of};
use tantivy::Term;
use tantivy::query::Query as Node;

/// How many documents may bear one reference: an article's number is in several codes.
const BEARERS: usize = 20;

impl Bip {
    /// Answers a question with what this person may read, correcting unknown words unless it is to be taken
    /// as typed. A blank question lists the newest documents.
    ///
    /// # Errors
    /// When the index fails.
    pub fn search(&self, question: &Question, scope: &Scope) -> Result<Results, Error> {
        let typed = self.query(question, &question.text);
        if typed.is_empty() && !typed.is_blank() {
            return Ok(Results {
                facets: Facets::none(),
                ..Results::default()
            });
        }
        let correction = if question.as_typed {
            None
        } else {
            corrected(&typed, scope)?
        };
        let query = match &correction {
            Some(correction) => self.query(question, &correction.text),
            None => typed,
        };
        let named = bearers(&query.reading().keys, scope)?;
        let collected = collect(&query, question, &named, scope)?;
        let is_alone = query.reading().is_all && named.len() == 1;
        let mut results = results(&query, correction, collected, scope)?;
        results.is_unheld = query.reading().is_all && named.is_empty();
        results.direct = named.into_iter().next().filter(|_| is_alone);
        Ok(results)
    }

    fn query(&self, question: &Question, text: &str) -> Query {
        let query = Query::parse(text, &self.synonyms);
        if question.strict {
            query.strict()
        } else {
            query
        }
    }
}

/// The document that a reference means: the only one that bears it, or of several notices of one text that in
/// force, with its words, and newest. None for an article's number that several codes have.
///
/// # Errors
/// When the index fails.
pub(crate) fn meant(key: &str, scope: &Scope) -> Result<Option<String>, Error> {
    let mut bearers = bearers(&[key.to_owned()], scope)?;
    if key.starts_with("art:") || bearers.len() < 2 {
        return Ok(bearers.pop().filter(|_| bearers.is_empty()));
    }
    let mut best = None;
    for id in bearers {
        let Some(document) = scope.snapshot().find(&id)? else {
            continue;
        };
        let is_in_force = Force::of(&document) == Force::InForce;
        let rank = (
            is_in_force,
            !document.body.is_empty(),
            document.shown_date(),
            id,
        );
        best = best.max(Some(rank));
    }
    Ok(best.map(|(.., id)| id))
}

/// The ids of the documents that bear these references.
fn bearers(keys: &[String], scope: &Scope) -> Result<Vec<String>, Error> {
    let own = scope.snapshot().fields.own;
    let mut named = Vec::new();
    for key in keys {
        let bears = constant(Term::from_field_text(own, key), 0.0);
        for address in scope.snapshot().first(&scope.within(bears), BEARERS)? {
            named.push(scope.snapshot().document(address)?.id);
        }
    }
    named.sort_unstable();
    named.dedup();
    Ok(named)
}

/// Counts and hits, from one search.
fn collect(
    query: &Query,
    question: &Question,
    named: &[String],
    scope: &Scope,
) -> Result<Collected, Error> {
    let what = query.node(&scope.snapshot().fields, named);
    let order = match question.sort {
        Sort::Relevance if query.is_blank() => Order::Newest,
        Sort::Relevance => Order::Best,
        Sort::Newest => Order::Newest,
        Sort::Oldest => Order::Oldest,
    };
    let page = Page {
        filters: &question.filters,
        order,
        start: question.start,
        limit: question.limit,
    };
    search_within(what, &page, scope)
}

/// The one place where an answer is collected.
pub(super) fn search_within(
    what: Box<dyn Node>,
    page: &Page<'_>,
    scope: &Scope,
) -> Result<Collected, Error> {
    let statistics = Statistics::of(scope);
    let searcher = &scope.snapshot().searcher;
    Ok(searcher.search_with_statistics_provider(&scope.within(what), page, &statistics)?)
}

fn results(
    query: &Query,
    correction: Option<Correction>,
    collected: Collected,
    scope: &Scope,
) -> Result<Results, Error> {
    let extracts = Extracts::new(query, scope)?;
    let next = collected.hits.last().filter(|_| collected.has_more);
    let next = next.map(|(cursor, _)| *cursor);
    let mut hits = Vec::with_capacity(collected.hits.len());
    for (_, address) in collected.hits {
        let document = scope.snapshot().document(address)?;
        if scope.permits(&class_of(&document)) {
            let snippet = extracts.of(&document);
            hits.push(Hit::of(document, snippet));
        } else {
            // The filter let through what a decision refuses: the index and the rules disagree.
            tracing::error!(document.id = %document.id, "A hit was refused after the filter let it through");
        }
    }
    Ok(Results {
        total: collected.total,
        matching: collected.matching,
        facets: collected.facets,
        hits,
        next,
        corrected: correction,
        expansions: query.expansions().to_vec(),
        direct: None,
        is_unheld: false,
    })
}
