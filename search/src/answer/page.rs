//! The collector of a search: in one walk over what matches, every count and the page's hits. What is not
//! permitted never reaches it: the scope is part of the query.

use super::facets::{Facets, Tally};
use crate::index::schema::column;
use crate::question::{Cursor, Filters, Start};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

/// What comes first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The best score.
    Best,
    /// The best score, and among equals the shortest title.
    Completion,
    /// The latest date; undated documents last.
    Newest,
    /// The earliest date; undated documents last.
    Oldest,
}

/// What to collect.
pub(crate) struct Page<'a> {
    pub(crate) filters: &'a Filters,
    pub(crate) order: Order,
    pub(crate) start: Start,
    pub(crate) limit: usize,
}

/// What was collected.
#[derive(Default)]
pub(crate) struct Collected {
    /// Documents that match the question, wanted by the filters or not.
    pub(crate) matching: usize,
    /// Documents that the filters want.
    pub(crate) total: usize,
    pub(crate) facets: Facets,
    /// The page's hits, the first first.
    pub(crate) hits: Vec<(Cursor, DocAddress)>,
    /// More of them follow.
    pub(crate) has_more: bool,
}

/// The part of one segment.
pub(crate) struct SegmentPage {
    segment: SegmentOrdinal,
    tally: Tally,
    order: Order,
    after: Option<Cursor>,
    date: Column<i64>,
    tie: Column<u64>,
    length: Column<u64>,
    matching: usize,
    total: usize,
    /// The last of the kept hits on top.
    kept: BinaryHeap<Reverse<(Cursor, DocId)>>,
    most: usize,
}

impl Page<'_> {
    fn offset(&self) -> usize {
        match self.start {
            Start::Offset(offset) => offset,
            Start::After(_) => 0,
        }
    }

    /// One more than is shown tells whether there is a next page.
    fn most(&self) -> usize {
        self.offset().saturating_add(self.limit).saturating_add(1)
    }
}

impl Collector for Page<'_> {
    type Fruit = Collected;
    type Child = SegmentPage;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentPage> {
        let columns = reader.fast_fields();
        Ok(SegmentPage {
            segment,
            tally: Tally::new(self.filters, reader)?,
            order: self.order,
            after: match self.start {
                Start::After(cursor) => Some(cursor),
                Start::Offset(_) => None,
            },
            date: columns.i64(column::DATE)?,
            tie: columns.u64(column::TIE)?,
            length: columns.u64(column::LENGTH)?,
            matching: 0,
            total: 0,
            kept: BinaryHeap::new(),
            most: self.most(),
        })
    }

    fn requires_scoring(&self) -> bool {
        matches!(self.order, Order::Best | Order::Completion)
    }

    fn merge_fruits(&self, segments: Vec<Collected>) -> tantivy::Result<Collected> {
        let mut whole = Collected {
            facets: Facets::none(),
            ..Collected::default()
        };
        for part in segments {
            whole.matching += part.matching;
            whole.total += part.total;
            whole.facets.add(part.facets);
            whole.hits.extend(part.hits);
        }
        whole.hits.sort_unstable_by_key(|hit| Reverse(*hit));
        whole.hits.drain(..self.offset().min(whole.hits.len()));
        whole.has_more = whole.hits.len() > self.limit;
        whole.hits.truncate(self.limit);
        Ok(whole)
    }
}

impl SegmentPage {
    fn rank(&self, document: DocId, score: Score) -> i64 {
        // Rounded, so that the order in which a score was summed up does not show.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a score is some thousands at most"
        )]
        let rounded = (score * 4096.0).round() as i64;
        match self.order {
            Order::Best => rounded,
            Order::Completion => {
                let length = self.length.first(document).unwrap_or_default();
                rounded * 1024 - i64::try_from(length.min(1023)).unwrap_or_default()
            }
            Order::Newest => self.day(document).unwrap_or(i64::MIN),
            Order::Oldest => self.day(document).map_or(i64::MIN, |day| -day),
        }
    }

    fn day(&self, document: DocId) -> Option<i64> {
        self.date.first(document).filter(|day| *day != i64::MIN)
    }
}

impl SegmentCollector for SegmentPage {
    type Fruit = Collected;

    fn collect(&mut self, document: DocId, score: Score) {
        self.matching += 1;
        if !self.tally.count(document) {
            return;
        }
        self.total += 1;
        let rank = self.rank(document, score);
        let tie = self.tie.first(document).unwrap_or_default();
        let cursor = Cursor { rank, tie };
        if self.after.is_some_and(|after| cursor >= after) {
            return;
        }
        if self.kept.len() >= self.most
            && self
                .kept
                .peek()
                .is_some_and(|Reverse((last, _))| *last >= cursor)
        {
            return;
        }
        self.kept.push(Reverse((cursor, document)));
        if self.kept.len() > self.most {
            self.kept.pop();
        }
    }

    fn harvest(self) -> Collected {
        let hits = self
            .kept
            .into_iter()
            .map(|Reverse((cursor, document))| (cursor, DocAddress::new(self.segment, document)));
        Collected {
            matching: self.matching,
            total: self.total,
            facets: self.tally.facets(),
            hits: hits.collect(),
            has_more: false,
        }
    }
}
