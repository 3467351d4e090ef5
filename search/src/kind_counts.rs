//! Counts hits by kind, for the tabs, in the same search as the hits themselves.

use crate::schema::{KIND, KINDS};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// One count for each of [`KINDS`], in its order.
pub(crate) type Counts = [usize; KINDS.len()];

/// The collector.
pub(crate) struct KindCounts;

/// Its part for one segment.
pub(crate) struct SegmentCounts {
    kinds: Column<u64>,
    counts: Counts,
}

impl Collector for KindCounts {
    type Fruit = Counts;
    type Child = SegmentCounts;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentCounts> {
        Ok(SegmentCounts {
            kinds: segment.fast_fields().u64(KIND)?,
            counts: Counts::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Counts>) -> tantivy::Result<Counts> {
        let mut sums = Counts::default();
        for counts in segments {
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        Ok(sums)
    }
}

impl SegmentCollector for SegmentCounts {
    type Fruit = Counts;

    fn collect(&mut self, document: DocId, _: Score) {
        let number = self
            .kinds
            .first(document)
            .and_then(|number| usize::try_from(number).ok());
        if let Some(count) = number.and_then(|number| self.counts.get_mut(number)) {
            *count += 1;
        }
    }

    fn harvest(self) -> Counts {
        self.counts
    }
}
