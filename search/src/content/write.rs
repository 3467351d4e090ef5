//! Writes to the content: documents replaced or withdrawn, all of a write or none. What they were stays as
//! versions, and the write gets the next number. Those of imports leave alone what somebody wrote here.

use super::document::Document;
use super::library::Library;
use crate::error::Error;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};
use std::collections::{BTreeMap, HashMap};

/// Each document to write, once, as JSON; `None` withdraws it.
pub(super) type Rows = BTreeMap<String, Option<String>>;

/// What a write of documents did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Written {
    /// New, or changed.
    pub written: usize,
    /// Already there as they are.
    pub unchanged: usize,
    /// Withdrawn.
    pub withdrawn: usize,
    /// Left alone: somebody of the CIG wrote or withdrew them here.
    pub kept: usize,
}

impl Library {
    /// Writes documents, all of them or none; those that are already so are left alone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn write(&self, documents: &[Document], now: i64) -> Result<Written, Error> {
        let mut rows = Rows::new();
        for document in documents {
            rows.insert(document.id.clone(), Some(document.to_json()?));
        }
        self.put(rows, now).await
    }

    /// Withdraws documents, all of them or none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn withdraw(&self, ids: &[String], now: i64) -> Result<Written, Error> {
        let rows = ids.iter().map(|id| (id.clone(), None));
        self.put(rows.collect(), now).await
    }

    async fn put(&self, mut rows: Rows, now: i64) -> Result<Written, Error> {
        if rows.is_empty() {
            return Ok(Written::default());
        }
        let mut tx = self.pool.begin().await?;
        let change = next_change(&mut tx).await?;
        let known = known(&mut tx, &rows).await?;
        let asked = rows.len();
        let is_kept = |id: &String| known.get(id).is_some_and(|known| known.author.is_some());
        rows.retain(|id, _| !is_kept(id));
        let kept = asked - rows.len();
        let is_new = |id: &String, json: &mut Option<String>| match known.get(id) {
            Some(known) => known.json != *json,
            None => json.is_some(),
        };
        rows.retain(is_new);
        if rows.is_empty() {
            tx.rollback().await?;
        } else {
            replace(&mut tx, &rows, change, (None, now)).await?;
            tx.commit().await?;
            self.changed.notify_waiters();
        }
        let withdrawn = rows.values().filter(|json| json.is_none()).count();
        Ok(Written {
            written: rows.len() - withdrawn,
            unchanged: asked - kept - rows.len(),
            withdrawn,
            kept,
        })
    }
}

/// The number of this write. Who asks for it holds its row until the end: numbers become visible in their
/// order.
pub(super) async fn next_change(tx: &mut Transaction<'static, Any>) -> Result<i64, Error> {
    let text = "UPDATE bip_counters SET value = value + 1 WHERE name = 'changes' RETURNING value";
    Ok(sqlx::query_scalar(text).fetch_one(&mut **tx).await?)
}

/// Puts documents in the place of what they were, by somebody or by an import.
pub(super) async fn replace(
    tx: &mut Transaction<'static, Any>,
    rows: &Rows,
    change: i64,
    by: (Option<&str>, i64),
) -> Result<(), Error> {
    keep_versions(tx, rows, by.1).await?;
    insert(tx, rows, change, by).await
}

/// A document as the store has it.
struct Known {
    json: Option<String>,
    author: Option<String>,
}

/// How the store has these documents now.
async fn known(
    tx: &mut Transaction<'static, Any>,
    rows: &Rows,
) -> Result<HashMap<String, Known>, Error> {
    let ids = places(1, rows.len());
    let text = format!("SELECT id, json, author FROM bip_documents WHERE id IN ({ids})");
    let mut query = sqlx::query(AssertSqlSafe(text));
    for id in rows.keys() {
        query = query.bind(id);
    }
    let rows = query.fetch_all(&mut **tx).await?;
    let known = rows.iter().map(|row| {
        let known = Known {
            json: row.try_get(1)?,
            author: row.try_get(2)?,
        };
        Ok((row.try_get(0)?, known))
    });
    known.collect()
}

/// What is replaced or withdrawn stays as a version.
async fn keep_versions(
    tx: &mut Transaction<'static, Any>,
    rows: &Rows,
    now: i64,
) -> Result<(), Error> {
    let ids = places(2, rows.len());
    let text = format!(
        "INSERT INTO bip_versions (id, change, json, changed_at, author, ended_at) \
         SELECT id, change, json, changed_at, author, $1 FROM bip_documents WHERE json IS NOT NULL AND id IN ({ids})"
    );
    let mut query = sqlx::query(AssertSqlSafe(text)).bind(now);
    for id in rows.keys() {
        query = query.bind(id);
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

async fn insert(
    tx: &mut Transaction<'static, Any>,
    rows: &Rows,
    change: i64,
    (author, now): (Option<&str>, i64),
) -> Result<(), Error> {
    let values = (0..rows.len()).map(|row| format!("({})", places(5 * row + 1, 5)));
    let text = format!(
        "INSERT INTO bip_documents (id, change, json, changed_at, author) VALUES {} \
         ON CONFLICT (id) DO UPDATE SET change = excluded.change, json = excluded.json, changed_at = excluded.changed_at, \
         author = excluded.author",
        values.collect::<Vec<_>>().join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for (id, json) in rows {
        query = query.bind(id).bind(change).bind(json.as_deref());
        query = query.bind(now).bind(author);
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

/// « $1, $2, $3 »: sqlx's own builder writes `?`, which PostgreSQL does not read.
fn places(first: usize, count: usize) -> String {
    let places = (first..first + count).map(|place| format!("${place}"));
    places.collect::<Vec<_>>().join(", ")
}
