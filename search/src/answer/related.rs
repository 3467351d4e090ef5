//! What stands near a document: those that cite or change it, and those alike. Only what the person may read
//! is found, counted or compared.

use super::hit::{Fragment, Hit};
use super::page::{Order, Page};
use super::search::search_within;
use crate::bip::Bip;
use crate::content::document::Document;
use crate::error::Error;
use crate::index::analyzer::{french, terms};
use crate::index::schema::kind_number;
use crate::index::statistics::Statistics;
use crate::question::{Filters, Start, boosted, constant, word};
use crate::scope::{Scope, class_of};
use policies::Nature;
use std::collections::{BTreeMap, BTreeSet};
use tantivy::Term;
use tantivy::query::{Bm25StatisticsProvider as _, BooleanQuery, Occur, Query as Node};

/// How many words of a document stand for it.
const WORDS: usize = 15;
/// How many of its links do.
const LINKS: usize = 40;
/// How much of its body is read.
const READ: usize = 4_000;

/// The documents that cite a text, or that tell of its change.
#[derive(Clone, Debug, Default)]
pub struct Citing {
    /// How many there are.
    pub total: usize,
    /// The first of them, sheets first.
    pub hits: Vec<Hit>,
}

impl Bip {
    /// The documents that rest on this one.
    ///
    /// # Errors
    /// When the index fails.
    pub fn citing(&self, id: &str, limit: usize, scope: &Scope) -> Result<Citing, Error> {
        let fields = &scope.snapshot().fields;
        let fiche = Term::from_field_u64(fields.kind, kind_number(Nature::Fiche));
        let cites = Term::from_field_text(fields.cites, id);
        let sheets_first = BooleanQuery::new(vec![
            (Occur::Must, constant(cites, 1.0)),
            (Occur::Should, constant(fiche, 1.0)),
        ]);
        found(Box::new(sheets_first), Order::Completion, limit, scope)
    }

    /// The news that tell of a change of this one, the newest first.
    ///
    /// # Errors
    /// When the index fails.
    pub fn changing(&self, id: &str, limit: usize, scope: &Scope) -> Result<Citing, Error> {
        let modifies = Term::from_field_text(scope.snapshot().fields.modifies, id);
        found(constant(modifies, 1.0), Order::Newest, limit, scope)
    }

    /// The documents most like this one, without those that it names itself.
    ///
    /// # Errors
    /// When the index fails.
    pub fn related(
        &self,
        document: &Document,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<Hit>, Error> {
        let fields = &scope.snapshot().fields;
        let linked: BTreeSet<&str> = document
            .references
            .iter()
            .filter_map(|one| one.to.as_deref())
            .collect();
        let mut alike: Vec<Box<dyn Node>> = Vec::new();
        for stem in telling(document, scope)? {
            alike.extend([
                word(fields.title, &stem),
                word(fields.summary, &stem),
                boosted(word(fields.body, &stem), 0.5),
            ]);
        }
        for id in linked.iter().take(LINKS) {
            alike.push(constant(Term::from_field_text(fields.cites, id), 2.0));
        }
        let mut what = vec![(
            Occur::Must,
            Box::new(BooleanQuery::union(alike)) as Box<dyn Node>,
        )];
        for id in linked.iter().copied().chain([document.id.as_str()]) {
            what.push((
                Occur::MustNot,
                constant(Term::from_field_text(fields.id, id), 0.0),
            ));
        }
        Ok(found(Box::new(BooleanQuery::new(what)), Order::Best, limit, scope)?.hits)
    }
}

/// The words that tell a document from others: frequent in it, rare elsewhere.
fn telling(document: &Document, scope: &Scope) -> Result<Vec<String>, Error> {
    let mut analyzer = french();
    let mut weights: BTreeMap<String, f32> = BTreeMap::new();
    let body: String = document.plain_body().chars().take(READ).collect();
    for (text, weight) in [
        (&document.title, 4.0),
        (&document.summary, 2.0),
        (&body, 1.0),
    ] {
        for (_, stem) in terms(&mut analyzer, text) {
            *weights.entry(stem).or_default() += weight;
        }
    }
    let statistics = Statistics::of(scope);
    let all = statistics.total_num_docs()?;
    let mut told = Vec::new();
    for (stem, weight) in weights {
        let holding =
            statistics.doc_freq(&Term::from_field_text(scope.snapshot().fields.body, &stem))?;
        if holding > 1 {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a weight needs no more than 24 bits"
            )]
            let rarity = (all as f32 / holding as f32).ln();
            told.push((weight.sqrt() * rarity, stem));
        }
    }
    told.sort_by(|(one, left), (other, right)| other.total_cmp(one).then_with(|| left.cmp(right)));
    Ok(told.into_iter().take(WORDS).map(|(_, stem)| stem).collect())
}

fn found(what: Box<dyn Node>, order: Order, limit: usize, scope: &Scope) -> Result<Citing, Error> {
    let page = Page {
        filters: &Filters::default(),
        order,
        start: Start::default(),
        limit,
    };
    let collected = search_within(what, &page, scope)?;
    let mut hits = Vec::new();
    for (_, address) in collected.hits {
        let document = scope.snapshot().document(address)?;
        if scope.permits(&class_of(&document)) {
            hits.push(Hit::of(document, Vec::<Fragment>::new()));
        }
    }
    Ok(Citing {
        total: collected.total,
        hits,
    })
}
