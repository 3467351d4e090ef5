//! Ranking statistics of the documents that a person may read, and of no other: what is hidden changes no
//! order, as if it had been deleted.

use super::snapshot::Snapshot;
use crate::scope::Scope;
use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;

/// Statistics within a scope.
pub(crate) struct Statistics<'a> {
    snapshot: &'a Snapshot,
    places: &'a [bool],
}

impl<'a> Statistics<'a> {
    pub(crate) fn of(scope: &'a Scope) -> Self {
        Self {
            snapshot: scope.snapshot(),
            places: scope.permitted(),
        }
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        // Never zero: the average length of a field is divided by.
        Ok(self.snapshot.words(field, self.places).max(1))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.snapshot.documents(self.places).max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.snapshot.frequency(term, self.places)
    }
}
