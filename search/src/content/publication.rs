//! A draft becomes the document that everybody reads, now or at its moment; a document is withdrawn. What has an
//! author is theirs: imports leave it alone.

use super::document::Document;
use super::drafts::{Outcome, Seen};
use super::library::Library;
use super::write::{Rows, next_change, replace};
use crate::error::Error;
use crate::paris;
use crate::scope::class_of;
use policies::{DocumentClass, MembershipId, Permit};
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};

/// How late a draft is still published by itself, seconds: a day.
const LATEST: i64 = 86_400;

/// A document that was written here, or withdrawn.
#[derive(Clone, Debug)]
pub(crate) struct Authored {
    /// As it is, or as it was last.
    pub(crate) document: Document,
    pub(crate) is_withdrawn: bool,
    /// What is shown of it was written here, not brought by an import.
    pub(crate) is_ours: bool,
    pub(crate) author: String,
    /// When it was published or withdrawn, Unix seconds.
    pub(crate) at: i64,
}

/// A draft whose moment has come.
#[derive(Clone, Debug)]
pub struct Planned {
    id: String,
    seen: Seen,
    author: String,
    /// As whom it was planned.
    pub membership: MembershipId,
    /// What is to be decided about: what it becomes, and what it is.
    pub classes: Vec<DocumentClass>,
}

/// A document as the store has it.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The write that brought it, or withdrew it.
    pub(crate) change: i64,
    /// `None`: withdrawn.
    pub(crate) document: Option<Document>,
    /// It was written or withdrawn here, not by an import.
    pub(crate) is_authored: bool,
}

impl Library {
    /// Publishes a draft, dated of today if it keeps no date, unless it or the document has become another than
    /// its author has seen.
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
        let taken = "DELETE FROM bip_drafts WHERE id = $1 AND revision = $2 RETURNING json";
        let taken: Option<String> = sqlx::query_scalar(taken)
            .bind(id)
            .bind(seen.revision)
            .fetch_optional(&mut *tx)
            .await?;
        let (Some(draft), true) = (taken, base(&mut tx, id).await? == seen.base) else {
            tx.rollback().await?;
            return Ok(Outcome::Overtaken);
        };
        let mut document = Document::from_json(&draft)?;
        document.updated = document.updated.or(Some(paris::day(now)));
        let rows = Rows::from([(id.to_owned(), Some(document.to_json()?))]);
        replace(&mut tx, &rows, change, (Some(author), now)).await?;
        tx.commit().await?;
        self.changed.notify_waiters();
        Ok(Outcome::Done)
    }

    /// The drafts whose moment has come within a day, the first first. One that nobody may publish by then, or
    /// whose document has become another since, waits for its author.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_due(&self, now: i64) -> Result<Vec<Planned>, Error> {
        let due = sqlx::query(
            "SELECT id, json, base, revision, author, membership, \
             (SELECT d.json FROM bip_documents d WHERE d.id = bip_drafts.id) FROM bip_drafts \
             WHERE publish_at <= $1 AND publish_at > $2 \
             AND base = COALESCE((SELECT d.change FROM bip_documents d WHERE d.id = bip_drafts.id), 0) ORDER BY publish_at, id",
        )
        .bind(now)
        .bind(now - LATEST)
        .fetch_all(&self.pool)
        .await?;
        // One that this program cannot read keeps nobody from the others.
        Ok(due.iter().filter_map(|row| planned(row).ok()).collect())
    }

    /// Publishes a draft whose moment has come, now that whoever planned it may still; false when it has become
    /// another meanwhile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn publish_planned(
        &self,
        planned: &Planned,
        _permit: &Permit,
        now: i64,
    ) -> Result<bool, Error> {
        let Planned {
            id, seen, author, ..
        } = planned;
        Ok(self.publish(id, *seen, author, now).await? == Outcome::Done)
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

    /// A document as the store has it.
    pub(crate) async fn find(&self, id: &str) -> Result<Option<Held>, Error> {
        let row = sqlx::query("SELECT change, json, author FROM bip_documents WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let json: Option<String> = row.try_get(1)?;
        let author: Option<String> = row.try_get(2)?;
        Ok(Some(Held {
            change: row.try_get(0)?,
            document: json.as_deref().map(Document::from_json).transpose()?,
            is_authored: author.is_some(),
        }))
    }

    /// At most `limit` documents written or withdrawn here, the last first, after so many others.
    pub(crate) async fn list_written(&self, skip: i64, limit: i64) -> Result<Vec<Authored>, Error> {
        let rows = sqlx::query(
            "SELECT json, (SELECT v.json FROM bip_versions v WHERE v.id = d.id ORDER BY v.change DESC LIMIT 1), \
             author, changed_at, (SELECT v.author FROM bip_versions v WHERE v.id = d.id ORDER BY v.change DESC LIMIT 1) \
             FROM bip_documents d WHERE author IS NOT NULL ORDER BY changed_at DESC, id LIMIT $1 OFFSET $2",
        )
        .bind(limit)
        .bind(skip)
        .fetch_all(&self.pool)
        .await?;
        let written = rows.iter().map(|row| {
            let (now, before): (Option<String>, Option<String>) =
                (row.try_get(0)?, row.try_get(1)?);
            let before_author: Option<String> = row.try_get(4)?;
            let is_withdrawn = now.is_none();
            let document = now.or(before).unwrap_or_default();
            Ok(Authored {
                document: Document::from_json(&document)?,
                is_ours: !is_withdrawn || before_author.is_some(),
                is_withdrawn,
                author: row.try_get(2)?,
                at: row.try_get(3)?,
            })
        });
        // One that this program cannot read keeps nobody from the others.
        Ok(written.filter_map(Result::<_, Error>::ok).collect())
    }
}

/// The write that brought a document; 0 where there never was one.
async fn base(tx: &mut Transaction<'static, Any>, id: &str) -> Result<i64, Error> {
    let change = sqlx::query_scalar("SELECT change FROM bip_documents WHERE id = $1");
    let change: Option<i64> = change.bind(id).fetch_optional(&mut **tx).await?;
    Ok(change.unwrap_or_default())
}

fn planned(row: &AnyRow) -> Result<Planned, Error> {
    let membership: String = row.try_get(5)?;
    let mut classes = vec![class_of(&Document::from_json(row.try_get(1)?)?)];
    let published: Option<String> = row.try_get(6)?;
    if let Some(published) = published {
        classes.push(class_of(&Document::from_json(&published)?));
    }
    Ok(Planned {
        id: row.try_get(0)?,
        classes,
        seen: Seen {
            base: row.try_get(2)?,
            revision: row.try_get(3)?,
        },
        author: row.try_get(4)?,
        membership: membership.as_str().into(),
    })
}
