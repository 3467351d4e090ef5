//! Openings of services, counted by month: one for each person, area and hour, as the journal has
//! them. No names are among them.

use crate::bulk;
use crate::error::Error;
use crate::journal::Entry;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use policies::Action;
use sqlx::{Any, Transaction};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static PARIS: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC));

/// A month of a year, in Paris.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Month(i64);

impl Month {
    /// The month of a moment, Unix seconds.
    pub fn of(at: i64) -> Self {
        let at = Timestamp::from_second(at).unwrap_or_default();
        let at = at.to_zoned(PARIS.clone());
        Self(i64::from(at.year()) * 12 + i64::from(at.month()) - 1)
    }

    /// So many months before.
    #[must_use]
    pub fn before(self, months: i64) -> Self {
        Self(self.0 - months)
    }

    /// The year.
    pub fn year(self) -> i64 {
        self.0.div_euclid(12)
    }

    /// The month within the year, from 0 on.
    pub fn place(self) -> usize {
        usize::try_from(self.0.rem_euclid(12)).unwrap_or_default()
    }

    pub(crate) fn number(self) -> i64 {
        self.0
    }

    pub(crate) fn numbered(number: i64) -> Self {
        Self(number)
    }
}

const INSERT: &str = "INSERT INTO openings (month, collectivite, service, count)";
const ADD: &str = "ON CONFLICT (month, collectivite, service) DO UPDATE SET count = openings.count + EXCLUDED.count";

/// Adds what these entries of one moment tell of.
pub(crate) async fn count(
    tx: &mut Transaction<'static, Any>,
    now: i64,
    entries: &[Entry],
) -> Result<(), Error> {
    let mut counts: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for entry in entries {
        if let Some((collectivite, route)) = entry.permitted(Action::Ouvrir) {
            // An area's id begins with its service.
            let service = route.split('/').next().unwrap_or_default();
            *counts.entry((collectivite, service)).or_default() += 1;
        }
    }
    let month = Month::of(now).number();
    let rows: Vec<_> = counts
        .into_iter()
        .map(|((collectivite, service), count)| {
            [
                month.into(),
                collectivite.into(),
                service.into(),
                count.into(),
            ]
        })
        .collect();
    bulk::insert_or(tx, INSERT, &rows, ADD).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_paris() {
        // 31 December 2026, 23:30 in UTC.
        let month = Month::of(1_798_759_800);
        assert_eq!((month.year(), month.place()), (2027, 0));
        let before = month.before(1);
        assert_eq!((before.year(), before.place()), (2026, 11));
    }
}
