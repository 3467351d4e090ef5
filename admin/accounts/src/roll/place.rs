//! The roll for programs: some people from a place on. A place is made of a name, and is sealed before
//! it leaves.

use super::{RollEntry, RollFilter, Standing, read};
use crate::error::Error;
use crate::sort_key;
use crate::within::Within;
use policies::GroupId;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A place between two people of the roll, which stays where it is whoever comes or goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RollPlace {
    key: String,
    id: String,
}

/// Some of the roll, and where the rest begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RollSlice {
    /// In the order of names.
    pub entries: Vec<RollEntry>,
    /// None when there are no more.
    pub next: Option<RollPlace>,
}

impl Within<'_> {
    /// At most so many from a place on; its page says nothing here.
    pub async fn list_from(
        &self,
        filter: &RollFilter,
        from: Option<&RollPlace>,
        most: i64,
    ) -> Result<RollSlice, Error> {
        let rows = sqlx::query(roll!(
            "*",
            " AND ($7 = '' OR (sort_key, id) > ($7, $8)) ORDER BY sort_key, id LIMIT $9"
        ))
        .bind(self.id())
        .bind(self.store.clock.now())
        .bind(sort_key::pattern(&filter.search))
        .bind(filter.standing.map_or("", Standing::as_str))
        .bind(filter.profile.as_deref().unwrap_or_default())
        .bind(filter.group.as_ref().map_or("", GroupId::as_str))
        .bind(from.map_or("", |place| &place.key))
        .bind(from.map_or("", |place| &place.id))
        .bind(most + 1)
        .fetch_all(&self.store.pool)
        .await?;
        let whole = usize::try_from(most).unwrap_or_default();
        let shown = rows.get(..whole).filter(|_| rows.len() > whole);
        let last = shown.and_then(<[AnyRow]>::last);
        let next = last.map(|row| {
            Ok::<_, Error>(RollPlace {
                key: row.try_get("sort_key")?,
                id: row.try_get("id")?,
            })
        });
        let shown = shown.unwrap_or(&rows);
        Ok(RollSlice {
            entries: shown.iter().map(read).collect::<Result<_, _>>()?,
            next: next.transpose()?,
        })
    }

    /// A place as programs carry it: sealed, for it is made of a name.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn seal_place(&self, place: &RollPlace) -> Result<String, Error> {
        let text = format!("{}\n{}", place.key, place.id);
        self.store.vault.seal(&self.cursors(), text.as_bytes())
    }

    /// Reads it again; `None` for anything else.
    pub fn open_place(&self, sealed: &str) -> Option<RollPlace> {
        let bytes = self.store.vault.open(&self.cursors(), sealed).ok()?;
        let (key, id) = std::str::from_utf8(&bytes).ok()?.split_once('\n')?;
        Some(RollPlace {
            key: key.to_owned(),
            id: id.to_owned(),
        })
    }

    fn cursors(&self) -> String {
        format!("cursors/{}", self.id())
    }
}
