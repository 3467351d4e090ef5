//! Parts of lists for programs: some entries from a place on. A place is made of names, and is sealed
//! before it leaves.

use crate::error::Error;
use crate::store::Store;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A place between two entries of a list, which stays where it is whoever comes or goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListPlace {
    key: String,
    id: String,
}

/// Some of a list, and where the rest begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slice<T> {
    /// In the order of names.
    pub entries: Vec<T>,
    /// None when there are no more.
    pub next: Option<ListPlace>,
}

impl ListPlace {
    /// Sort key and id of the entry before it; empty at the beginning.
    pub(crate) fn parts(place: Option<&Self>) -> (&str, &str) {
        place.map_or(("", ""), |place| (place.key.as_str(), place.id.as_str()))
    }
}

impl<T> Slice<T> {
    /// Of rows with `sort_key` and `id`, one more than `most` where there are more.
    pub(crate) fn of(
        rows: &[AnyRow],
        most: i64,
        read: impl Fn(&AnyRow) -> Result<T, Error>,
    ) -> Result<Self, Error> {
        let whole = usize::try_from(most).unwrap_or_default();
        let shown = rows.get(..whole).filter(|_| rows.len() > whole);
        let last = shown.and_then(<[AnyRow]>::last);
        let next = last.map(|row| {
            Ok::<_, Error>(ListPlace {
                key: row.try_get("sort_key")?,
                id: row.try_get("id")?,
            })
        });
        let shown = shown.unwrap_or(rows);
        Ok(Self {
            entries: shown.iter().map(read).collect::<Result<_, _>>()?,
            next: next.transpose()?,
        })
    }
}

impl Store {
    /// A place as programs carry it; `list` says of which list.
    pub(crate) fn seal_place(&self, list: &str, place: &ListPlace) -> Result<String, Error> {
        let text = format!("{}\n{}", place.key, place.id);
        self.vault.seal(list, text.as_bytes())
    }

    /// Reads it again; `None` for anything else.
    pub(crate) fn open_place(&self, list: &str, sealed: &str) -> Option<ListPlace> {
        let bytes = self.vault.open(list, sealed).ok()?;
        let (key, id) = std::str::from_utf8(&bytes).ok()?.split_once('\n')?;
        Some(ListPlace {
            key: key.to_owned(),
            id: id.to_owned(),
        })
    }
}
