//! The permitted documents as a query: one bit for each document, so that the filter costs nothing beside the
//! words. It matches, and does not score.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use tantivy::index::SegmentId;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::{BitSet, DocId, Score, SegmentReader};

/// Some documents of one snapshot. Of a segment that it does not know it holds none.
#[derive(Clone)]
pub(crate) struct Within(Arc<HashMap<SegmentId, BitSet>>);

impl Within {
    pub(crate) fn new(documents: HashMap<SegmentId, BitSet>) -> Self {
        Self(Arc::new(documents))
    }

    /// Whether it holds a document of a segment.
    pub(crate) fn holds(&self, segment: SegmentId, document: DocId) -> bool {
        let documents = self.0.get(&segment);
        documents.is_some_and(|documents| documents.contains(document))
    }
}

impl fmt::Debug for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Within")
    }
}

impl Query for Within {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Within {
    fn scorer(&self, segment: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.0.get(&segment.segment_id()) {
            Some(documents) => {
                Box::new(ConstScorer::new(BitSetDocSet::from(documents.clone()), 0.0))
            }
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("permitted", 0.0))
    }
}
