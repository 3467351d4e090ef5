//! The index at one moment: its documents, the classes they fall in, and how often each class holds a word.
//! Everything that answers one request reads one snapshot.

use super::schema::{Fields, column};
use super::within::Within;
use crate::content::document::Document;
use crate::error::Error;
use policies::DocumentClass;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::query::{AllQuery, Query as Node, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{
    BitSet, DocAddress, DocSet as _, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term,
};

/// Place of a class among those of a snapshot.
type Place = u32;
/// How many documents of each class hold a word.
type Counts = Arc<[(Place, u64)]>;
/// Of a document that is deleted.
const NOWHERE: Place = Place::MAX;
/// How many words are remembered; beyond it they are counted anew.
const KEPT: usize = 20_000;
/// How many choices of classes are remembered: each is a bit for every document.
const KEPT_SCOPES: usize = 256;

/// The index at one moment.
pub(crate) struct Snapshot {
    /// Tells snapshots of one process apart.
    pub(crate) number: u64,
    pub(crate) fields: Fields,
    pub(crate) searcher: Searcher,
    classes: Vec<DocumentClass>,
    /// The places of the classes, as the index spells them.
    places: HashMap<String, Place>,
    /// For each segment, the class of each document.
    segments: Vec<Vec<Place>>,
    totals: Vec<Totals>,
    frequencies: RwLock<HashMap<Term, Counts>>,
    /// The documents of some classes, by whether each class is among them.
    within: RwLock<HashMap<Arc<[bool]>, Within>>,
}

/// What one class holds.
#[derive(Clone, Default)]
struct Totals {
    documents: u64,
    /// Words of the ranked fields, in the order of [`Fields::ranked`].
    words: [u64; 4],
}

impl Snapshot {
    pub(crate) fn of(searcher: &Searcher, fields: &Fields) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let mut snapshot = Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            fields: fields.clone(),
            classes: Vec::new(),
            places: HashMap::new(),
            segments: Vec::new(),
            totals: Vec::new(),
            frequencies: RwLock::default(),
            within: RwLock::default(),
            searcher: searcher.clone(),
        };
        for segment in searcher.segment_readers() {
            snapshot.add(segment)?;
        }
        Ok(snapshot)
    }

    fn add(&mut self, segment: &SegmentReader) -> Result<(), Error> {
        let column = segment
            .fast_fields()
            .str(column::CLASS)?
            .ok_or_else(|| Error::Corrupt("the classes of the index".to_owned()))?;
        let mut places = Vec::with_capacity(column.num_terms());
        let mut spelled = String::new();
        for ordinal in 0..column.num_terms() as u64 {
            column
                .ord_to_str(ordinal, &mut spelled)
                .map_err(tantivy::TantivyError::from)?;
            places.push(self.place(&spelled)?);
        }
        let mut lengths = Vec::with_capacity(4);
        for (field, _) in self.fields.ranked() {
            lengths.push(segment.get_fieldnorms_reader(field)?);
        }
        let mut of_documents = vec![NOWHERE; segment.max_doc() as usize];
        for (document, place) in (0..).zip(&mut of_documents) {
            let ordinal = column.term_ords(document).next();
            let class = ordinal.and_then(|ordinal| places.get(usize::try_from(ordinal).ok()?));
            let (Some(class), false) = (class, segment.is_deleted(document)) else {
                continue;
            };
            *place = *class;
            if let Some(totals) = self.totals.get_mut(*class as usize) {
                totals.documents += 1;
                for (sum, length) in totals.words.iter_mut().zip(&lengths) {
                    *sum += u64::from(length.fieldnorm(document));
                }
            }
        }
        self.segments.push(of_documents);
        Ok(())
    }

    fn place(&mut self, spelled: &str) -> Result<Place, Error> {
        if let Some(place) = self.places.get(spelled) {
            return Ok(*place);
        }
        let class = serde_json::from_str(spelled);
        let class = class.map_err(|_| Error::Corrupt("a class of the index".to_owned()))?;
        let place = Place::try_from(self.classes.len());
        let place = place.map_err(|_| Error::Corrupt("the number of classes".to_owned()))?;
        self.classes.push(class);
        self.totals.push(Totals::default());
        self.places.insert(spelled.to_owned(), place);
        Ok(place)
    }

    /// The classes, in the order of their places.
    pub(crate) fn classes(&self) -> &[DocumentClass] {
        &self.classes
    }

    /// The documents in the classes at these places.
    pub(crate) fn within(&self, places: &Arc<[bool]>) -> Within {
        let known = self.within.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(within) = known.get(places) {
            return within.clone();
        }
        drop(known);
        let segments = self.searcher.segment_readers().iter().zip(&self.segments);
        let bits = segments.map(|(segment, classes)| {
            let mut bits = BitSet::with_max_value(segment.max_doc());
            for (document, place) in (0..).zip(classes) {
                if places.get(*place as usize).copied().unwrap_or_default() {
                    bits.insert(document);
                }
            }
            (segment.segment_id(), bits)
        });
        let within = Within::new(bits.collect());
        let mut known = self.within.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT_SCOPES {
            known.clear();
        }
        known.insert(places.clone(), within.clone());
        within
    }

    /// Documents in the classes at these places.
    pub(crate) fn documents(&self, places: &[bool]) -> u64 {
        self.sum(places, |totals| totals.documents)
    }

    /// Words that a ranked field has in the classes at these places.
    pub(crate) fn words(&self, field: Field, places: &[bool]) -> u64 {
        let ranked = self.fields.ranked();
        let position = ranked.iter().position(|(ranked, _)| *ranked == field);
        self.sum(places, |totals| {
            position
                .and_then(|at| totals.words.get(at))
                .copied()
                .unwrap_or_default()
        })
    }

    fn sum(&self, places: &[bool], of: impl Fn(&Totals) -> u64) -> u64 {
        let within = self
            .totals
            .iter()
            .zip(places)
            .filter(|(_, within)| **within);
        within.map(|(totals, _)| of(totals)).sum()
    }

    /// How many documents in the classes at these places hold a term.
    pub(crate) fn frequency(&self, term: &Term, places: &[bool]) -> tantivy::Result<u64> {
        let counted = self.counted(term)?;
        let within = |place: &Place| places.get(*place as usize).copied().unwrap_or_default();
        Ok(counted
            .iter()
            .filter(|(place, _)| within(place))
            .map(|(_, count)| count)
            .sum())
    }

    /// How many documents of each class hold a term.
    fn counted(&self, term: &Term) -> tantivy::Result<Counts> {
        let known = self
            .frequencies
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(counted) = known.get(term) {
            return Ok(counted.clone());
        }
        drop(known);
        let counted: Counts = self.count(term)?.into();
        let mut known = self
            .frequencies
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(term.clone(), counted.clone());
        Ok(counted)
    }

    fn count(&self, term: &Term) -> tantivy::Result<Vec<(Place, u64)>> {
        let mut counts = vec![0; self.classes.len()];
        for (segment, classes) in self.searcher.segment_readers().iter().zip(&self.segments) {
            let index = segment.inverted_index(term.field())?;
            let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? else {
                continue;
            };
            while postings.doc() != TERMINATED {
                let class = classes.get(postings.doc() as usize);
                if let Some(count) = class.and_then(|place| counts.get_mut(*place as usize)) {
                    *count += 1;
                }
                postings.advance();
            }
        }
        Ok((0..).zip(counts).filter(|(_, count)| *count > 0).collect())
    }

    /// The document with this id, whoever asks.
    pub(crate) fn find(&self, id: &str) -> Result<Option<Document>, Error> {
        let term = Term::from_field_text(self.fields.id, id);
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let found = self.first(&query, 1)?;
        found
            .first()
            .map(|address| self.document(*address))
            .transpose()
    }

    /// The ids of all documents.
    pub(crate) fn ids(&self) -> Result<Vec<String>, Error> {
        let found = self.searcher.search(&AllQuery, &DocSetCollector)?;
        let ids = found
            .into_iter()
            .map(|address| Ok(self.document(address)?.id));
        ids.collect()
    }

    /// The first documents that match, by whatever order the query gives.
    pub(crate) fn first(&self, query: &dyn Node, limit: usize) -> Result<Vec<DocAddress>, Error> {
        let found = self
            .searcher
            .search(query, &TopDocs::with_limit(limit).order_by_score())?;
        Ok(found.into_iter().map(|(_, address)| address).collect())
    }

    /// The document at an address.
    pub(crate) fn document(&self, address: DocAddress) -> Result<Document, Error> {
        let entry: TantivyDocument = self.searcher.doc(address)?;
        let json = entry.get_first(self.fields.document);
        let json = json.and_then(|value| value.as_str()).unwrap_or_default();
        serde_json::from_str(json).map_err(|_| Error::Corrupt("a document of the index".to_owned()))
    }
}
