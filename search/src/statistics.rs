//! Ranking statistics of the documents that are not restricted: a restricted one that a person cannot
//! see must not change the order of those they can. Import keeps the two kinds in separate segments.

use crate::schema::Fields;
use crate::scope::Classes;
use policies::Diffusion;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader, Term};

/// Statistics over the segments that hold no restricted document.
pub(crate) struct OpenStatistics<'a> {
    segments: Vec<&'a SegmentReader>,
}

impl<'a> OpenStatistics<'a> {
    pub(crate) fn new(
        searcher: &'a Searcher,
        fields: &Fields,
        classes: &Classes,
    ) -> tantivy::Result<Self> {
        let restricted: Vec<Term> = classes
            .numbered()
            .filter(|(_, class)| class.diffusion == Diffusion::Restreint)
            .map(|(number, _)| Term::from_field_u64(fields.class, number))
            .collect();
        let mut segments = Vec::new();
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(fields.class)?;
            let mut is_open = true;
            for term in &restricted {
                is_open &= index.doc_freq(term)? == 0;
            }
            if is_open {
                segments.push(segment);
            }
        }
        Ok(Self { segments })
    }

    /// The segments themselves, for their dictionaries.
    pub(crate) fn segments(&self) -> &[&'a SegmentReader] {
        &self.segments
    }
}

impl Bm25StatisticsProvider for OpenStatistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        // Never zero: the average length of a field is divided by.
        self.segments.iter().try_fold(1, |sum, segment| {
            Ok(sum + segment.inverted_index(field)?.total_num_tokens())
        })
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self
            .segments
            .iter()
            .map(|segment| u64::from(segment.max_doc()))
            .sum::<u64>()
            .max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.segments.iter().try_fold(0, |sum, segment| {
            Ok(sum + u64::from(segment.inverted_index(term.field())?.doc_freq(term)?))
        })
    }
}
