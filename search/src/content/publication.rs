//! A draft becomes the document that everybody reads, now or at its moment; a document is withdrawn. What has an
//! author is theirs: imports leave it alone.

use super::document::Document;
use super::drafts::{Outcome, Seen};
use super::library::Library;
use super::write::{Rows, next_change, replace};
use crate::error::Error;
use crate::paris;
use sqlx::{Any, Row as _, Transaction};

/// How many drafts are published at a time.
const BATCH: i64 = 100;

/// A document that was written here, or withdrawn.
#[derive(Clone, Debug)]
pub(crate) struct Authored {
    /// As it is, or as it was last.
    pub(crate) document: Document,
    pub(crate) is_withdrawn: bool,
    pub(crate) author: String,
    /// When it was published or withdrawn, Unix seconds.
    pub(crate) at: i64,
}

impl Library {
    /// Publishes a draft, of today, unless it or the document has become another than its author has seen.
    pub(crate) async fn publish(
        &self,
        id: &str,
        seen: Seen,
        author: &str,
        now: i64,
    ) -> Result<Outcome, Error> {
        let mut tx = self.pool.begin().await?;
        // First of all: whoever writes after this one sees what it did.
        let change = next_change(&mut tx).await?;
        let draft: Option<String> =
            sqlx::query_scalar("SELECT json FROM bip_drafts WHERE id = $1 AND revision = $2")
                .bind(id)
                .bind(seen.revision)
                .fetch_optional(&mut *tx)
                .await?;
        let (Some(draft), true) = (draft, base(&mut tx, id).await? == seen.base) else {
            tx.rollback().await?;
            return Ok(Outcome::Overtaken);
        };
        let document = Document {
            updated: Some(paris::day(now)),
            ..Document::from_json(&draft)?
        };
        let rows = Rows::from([(id.to_owned(), Some(document.to_json()?))]);
        replace(&mut tx, &rows, change, (Some(author), now)).await?;
        sqlx::query("DELETE FROM bip_drafts WHERE id = $1")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.changed.notify_waiters();
        Ok(Outcome::Done)
    }

    /// Publishes the drafts whose moment has come; says how many. One whose document has become another since
    /// waits for its author.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn publish_due(&self, now: i64) -> Result<usize, Error> {
        let due = sqlx::query(
            "SELECT id, base, revision, author FROM bip_drafts WHERE publish_at <= $1 \
             AND base = COALESCE((SELECT d.change FROM bip_documents d WHERE d.id = bip_drafts.id), 0) ORDER BY publish_at, id LIMIT $2",
        )
        .bind(now)
        .bind(BATCH)
        .fetch_all(&self.pool)
        .await?;
        let mut count = 0;
        for row in due {
            let (id, author): (String, String) = (row.try_get(0)?, row.try_get(3)?);
            let seen = Seen {
                base: row.try_get(1)?,
                revision: row.try_get(2)?,
            };
            // One that fails does not keep the others waiting.
            match self.publish(&id, seen, &author, now).await {
                Ok(Outcome::Done) => count += 1,
                Ok(Outcome::Overtaken) => {}
                Err(error) => {
                    tracing::error!(%error, document.id = %id, "A draft cannot be published");
                }
            }
        }
        Ok(count)
    }

    /// Withdraws a document, unless it has become another than its author has seen.
    pub(crate) async fn withdraw_one(
        &self,
        id: &str,
        seen: i64,
        author: &str,
        now: i64,
    ) -> Result<Outcome, Error> {
        let mut tx = self.pool.begin().await?;
        let change = next_change(&mut tx).await?;
        if base(&mut tx, id).await? != seen {
            tx.rollback().await?;
            return Ok(Outcome::Overtaken);
        }
        let rows = Rows::from([(id.to_owned(), None)]);
        replace(&mut tx, &rows, change, (Some(author), now)).await?;
        tx.commit().await?;
        self.changed.notify_waiters();
        Ok(Outcome::Done)
    }

    /// A document as the store has it, withdrawn ones too (without a document), and the write that brought it.
    pub(crate) async fn find(&self, id: &str) -> Result<Option<(i64, Option<Document>)>, Error> {
        let row = sqlx::query("SELECT change, json FROM bip_documents WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let json: Option<String> = row.try_get(1)?;
        let document = json.as_deref().map(Document::from_json).transpose()?;
        Ok(Some((row.try_get(0)?, document)))
    }

    /// At most `limit` documents written or withdrawn here, the last first, after so many others.
    pub(crate) async fn list_written(&self, skip: i64, limit: i64) -> Result<Vec<Authored>, Error> {
        let rows = sqlx::query(
            "SELECT json, (SELECT v.json FROM bip_versions v WHERE v.id = d.id ORDER BY v.change DESC LIMIT 1), \
             author, changed_at \
             FROM bip_documents d WHERE author IS NOT NULL ORDER BY changed_at DESC, id LIMIT $1 OFFSET $2",
        )
        .bind(limit)
        .bind(skip)
        .fetch_all(&self.pool)
        .await?;
        let written = rows.iter().map(|row| {
            let (now, before): (Option<String>, Option<String>) =
                (row.try_get(0)?, row.try_get(1)?);
            let is_withdrawn = now.is_none();
            let document = now.or(before).unwrap_or_default();
            Ok(Authored {
                document: Document::from_json(&document)?,
                is_withdrawn,
                author: row.try_get(2)?,
                at: row.try_get(3)?,
            })
        });
        written.collect()
    }
}

/// The write that brought a document; 0 where there never was one.
async fn base(tx: &mut Transaction<'static, Any>, id: &str) -> Result<i64, Error> {
    let change = sqlx::query_scalar("SELECT change FROM bip_documents WHERE id = $1");
    let change: Option<i64> = change.bind(id).fetch_optional(&mut **tx).await?;
    Ok(change.unwrap_or_default())
}
