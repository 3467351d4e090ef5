//! Many rows in few statements: a town's whole staff is written in one transaction, and everybody
//! else waits for as long as it lasts.

use crate::error::Error;
use sqlx::{Any, AssertSqlSafe, Transaction};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Values in one statement; both databases take more than this.
const PARAMETERS: usize = 6000;

/// A value of a row.
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    NoText,
    NoInteger,
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::NoText, Self::from)
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::NoInteger, Self::Integer)
    }
}

/// Inserts rows; `insert` is the statement up to its column list, in the order of the values.
pub(crate) async fn insert<const COLUMNS: usize>(
    tx: &mut Transaction<'static, Any>,
    insert: &'static str,
    rows: &[[Value<'_>; COLUMNS]],
) -> Result<(), Error> {
    insert_or(tx, insert, rows, "").await
}

/// The same; `conflict` says what becomes of rows that are there.
pub(crate) async fn insert_or<const COLUMNS: usize>(
    tx: &mut Transaction<'static, Any>,
    insert: &'static str,
    rows: &[[Value<'_>; COLUMNS]],
    conflict: &'static str,
) -> Result<(), Error> {
    for rows in rows.chunks((PARAMETERS / COLUMNS).max(1)) {
        // Nothing but numbered placeholders is added to the literal text.
        let places = places(rows.len(), COLUMNS);
        let statement = AssertSqlSafe(format!("{insert} VALUES {places} {conflict}"));
        let mut query = sqlx::query(statement);
        for value in rows.iter().flatten() {
            query = match value {
                Value::Text(text) => query.bind(text.to_string()),
                Value::Integer(number) => query.bind(*number),
                Value::NoText => query.bind(None::<String>),
                Value::NoInteger => query.bind(None::<i64>),
            };
        }
        query
            .execute(&mut **tx)
            .await
            .map_err(|error| Error::or_exists(error, "row", ""))?;
    }
    Ok(())
}

/// `($1, $2), ($3, $4)`.
fn places(rows: usize, columns: usize) -> String {
    let mut text = String::new();
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=columns {
            let separator = if column == 1 { "" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{separator}${}", row * columns + column);
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_through() {
        assert_eq!(places(2, 3), "($1, $2, $3), ($4, $5, $6)");
    }
}
