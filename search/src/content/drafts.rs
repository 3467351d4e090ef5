//! What correspondants write and have not published yet: one draft a document, saved by whoever has seen its
//! last revision.

use super::document::Document;
use super::library::Library;
use crate::error::Error;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// What somebody writes.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// What the document is to become.
    pub(crate) document: Document,
    /// What it was begun from, and the number of its last save.
    pub(crate) seen: Seen,
    /// Who saved it last.
    pub(crate) author: String,
    /// When, Unix seconds.
    pub(crate) saved_at: i64,
    /// When it is published by itself.
    pub(crate) publish_at: Option<i64>,
    /// The document is what an import brought.
    pub(crate) is_of_import: bool,
}

impl Draft {
    /// Its moment has passed, by more than a publication takes: the document had become another, or whoever
    /// planned it may not publish it any more.
    pub(crate) fn is_stuck(&self, now: i64) -> bool {
        self.publish_at.is_some_and(|at| at + 60 < now)
    }
}

/// What an author has seen of a document: they change nothing that has become another since.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Seen {
    /// The write that brought the published document; 0 where there is none.
    pub(crate) base: i64,
    /// The draft's revision; 0 where there is none.
    pub(crate) revision: i64,
}

/// Who writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct By<'a> {
    pub(crate) name: &'a str,
    pub(crate) membership: &'a str,
}

/// Whether an author had seen what they changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Done,
    /// Somebody was faster; nothing is changed.
    Overtaken,
}

impl Outcome {
    pub(super) fn of(rows: u64) -> Self {
        if rows == 0 {
            Self::Overtaken
        } else {
            Self::Done
        }
    }
}

const DRAFT: &str = "SELECT json, base, revision, author, saved_at, publish_at, \
    (SELECT COUNT(*) FROM bip_documents d WHERE d.id = bip_drafts.id AND d.author IS NULL) FROM bip_drafts";

impl Library {
    /// Saves a draft over the one that its author has seen; it is not to be published by itself any more.
    pub(crate) async fn save_draft(
        &self,
        document: &Document,
        seen: Seen,
        by: By<'_>,
        now: i64,
    ) -> Result<Outcome, Error> {
        let text = if seen.revision == 0 {
            "INSERT INTO bip_drafts (id, json, base, author, membership, saved_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO NOTHING"
        } else {
            "UPDATE bip_drafts SET json = $2, author = $4, membership = $5, saved_at = $6, revision = $7, publish_at = NULL \
             WHERE id = $1 AND base = $3 AND revision = $8"
        };
        let mut save = sqlx::query(text)
            .bind(&document.id)
            .bind(document.to_json()?)
            .bind(seen.base)
            .bind(by.name)
            .bind(by.membership)
            .bind(now)
            .bind(self.next_revision().await?);
        if seen.revision != 0 {
            save = save.bind(seen.revision);
        }
        Ok(Outcome::of(save.execute(&self.pool).await?.rows_affected()))
    }

    /// Has a draft published by itself at a moment, or not any more.
    pub(crate) async fn plan(
        &self,
        id: &str,
        seen: Seen,
        by: By<'_>,
        publish_at: Option<i64>,
    ) -> Result<Outcome, Error> {
        let planned = sqlx::query(
            "UPDATE bip_drafts SET publish_at = $1, base = $2, membership = $3, revision = $4 WHERE id = $5 AND revision = $6",
        )
        .bind(publish_at)
        .bind(seen.base)
        .bind(by.membership)
        .bind(self.next_revision().await?)
        .bind(id)
        .bind(seen.revision)
        .execute(&self.pool)
        .await?;
        Ok(Outcome::of(planned.rows_affected()))
    }

    /// A number that no draft or note ever had: one that was thrown away and begun anew is another.
    pub(super) async fn next_revision(&self) -> Result<i64, Error> {
        let text =
            "UPDATE bip_counters SET value = value + 1 WHERE name = 'revisions' RETURNING value";
        Ok(sqlx::query_scalar(text).fetch_one(&self.pool).await?)
    }

    /// Throws a draft away.
    pub(crate) async fn abandon_draft(&self, id: &str, revision: i64) -> Result<Outcome, Error> {
        let gone = sqlx::query("DELETE FROM bip_drafts WHERE id = $1 AND revision = $2")
            .bind(id)
            .bind(revision)
            .execute(&self.pool)
            .await?;
        Ok(Outcome::of(gone.rows_affected()))
    }

    /// The draft of a document.
    pub(crate) async fn find_draft(&self, id: &str) -> Result<Option<Draft>, Error> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{DRAFT} WHERE id = $1")))
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(draft).transpose()
    }

    /// At most `limit` drafts, those saved last first; those that this program cannot read are left out.
    pub(crate) async fn list_drafts(&self, limit: i64) -> Result<Vec<Draft>, Error> {
        let text = format!("{DRAFT} ORDER BY saved_at DESC, id LIMIT $1");
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().filter_map(|row| draft(row).ok()).collect())
    }
}

fn draft(row: &AnyRow) -> Result<Draft, Error> {
    let imported: i64 = row.try_get(6)?;
    Ok(Draft {
        document: Document::from_json(row.try_get(0)?)?,
        seen: Seen {
            base: row.try_get(1)?,
            revision: row.try_get(2)?,
        },
        author: row.try_get(3)?,
        saved_at: row.try_get(4)?,
        publish_at: row.try_get(5)?,
        is_of_import: imported > 0,
    })
}
