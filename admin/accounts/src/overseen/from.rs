//! The list from a place on, for programs and for whoever goes through all of it. Pages are numbered
//! instead: they say how many there are.

use super::{Followed, FollowedFilter, Overseen, followed, in_scope, is_open, read};
use crate::error::Error;
use crate::slice::{ListPlace, Slice};

impl Overseen<'_> {
    /// At most so many from a place on; the filter's page says nothing here.
    pub async fn list_from(
        &self,
        filter: &FollowedFilter,
        from: Option<&ListPlace>,
        most: i64,
    ) -> Result<Slice<Followed>, Error> {
        let (key, id) = ListPlace::parts(from);
        let statement = followed!(
            "*",
            " AND ($9 = '' OR (sort_key, id) > ($9, $10)) ORDER BY sort_key, id LIMIT $11"
        );
        let rows = self
            .bound(statement, filter)
            .bind(key.to_owned())
            .bind(id.to_owned())
            .bind(most + 1)
            .fetch_all(&self.store.pool)
            .await?;
        Slice::of(&rows, most, read)
    }

    /// A place as programs carry it.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn seal_place(&self, place: &ListPlace) -> Result<String, Error> {
        self.store.seal_place(&self.cursors(), place)
    }

    /// Reads it again; `None` for anything else.
    pub fn open_place(&self, sealed: &str) -> Option<ListPlace> {
        self.store.open_place(&self.cursors(), sealed)
    }

    fn cursors(&self) -> String {
        format!("cursors/followed/{}", self.affiliated_to())
    }
}
