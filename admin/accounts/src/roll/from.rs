//! The roll for programs: some people from a place on.

use super::{RollEntry, RollFilter, Standing, read};
use crate::error::Error;
use crate::slice::{ListPlace, Slice};
use crate::sort_key;
use crate::within::Within;
use policies::GroupId;

impl Within<'_> {
    /// At most so many from a place on; the filter's page says nothing here.
    pub async fn list_from(
        &self,
        filter: &RollFilter,
        from: Option<&ListPlace>,
        most: i64,
    ) -> Result<Slice<RollEntry>, Error> {
        let (key, id) = ListPlace::parts(from);
        let rows = sqlx::query(roll!(
            " AND ($7 = '' OR (m.sort_key, m.id) > ($7, $8)) ORDER BY m.sort_key, m.id LIMIT $9"
        ))
        .bind(self.id())
        .bind(self.store.clock.now())
        .bind(sort_key::pattern(&filter.search))
        .bind(filter.standing.map_or("", Standing::as_str))
        .bind(filter.profile.as_deref().unwrap_or_default())
        .bind(filter.group.as_ref().map_or("", GroupId::as_str))
        .bind(key)
        .bind(id)
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
        format!("cursors/{}", self.id())
    }
}
