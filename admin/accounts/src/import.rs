//! Files on their way in: kept, sealed, between the page that shows what they would do and the button
//! that does it. Forgotten after a day.

use crate::error::Error;
use crate::journal::Entry;
use crate::store::{Store, Write};
use crate::within::Within;
use policies::CollectiviteId;
use sqlx::Row as _;
use uuid::Uuid;

/// Seconds that a file is kept.
const KEPT: i64 = 86_400;

/// A file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// As it was called.
    pub file_name: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// When it was applied, Unix seconds.
    pub applied_at: Option<i64>,
    /// What applying it did, in words of the pages' own.
    pub report: Option<String>,
}

fn place(id: &str) -> String {
    format!("imports/{id}")
}

impl Store {
    /// A file of a body.
    pub(crate) async fn read_import(&self, owner: &str, id: &str) -> Result<Import, Error> {
        let row = sqlx::query(
            "SELECT file_name, sealed, applied_at, report FROM imports WHERE id = $1 AND collectivite = $2 AND created_at >= $3",
        )
        .bind(id)
        .bind(owner)
        .bind(self.clock.now() - KEPT)
        .fetch_optional(&self.pool)
        .await?
        .ok_or_else(|| Error::not_found("import", id))?;
        let sealed: String = row.try_get("sealed")?;
        let content = self.vault.open(&place(id), &sealed)?;
        Ok(Import {
            id: id.to_owned(),
            file_name: row.try_get("file_name")?,
            content: content.to_vec(),
            applied_at: row.try_get("applied_at")?,
            report: row.try_get("report")?,
        })
    }
}

impl Write<'_> {
    /// Keeps a file of a body, `owner`, and gives its id.
    pub(crate) async fn keep_import(
        mut self,
        owner: &str,
        by: &str,
        file_name: &str,
        content: &[u8],
    ) -> Result<String, Error> {
        let id = Uuid::now_v7().to_string();
        let sealed = self.store().vault.seal(&place(&id), content)?;
        sqlx::query("DELETE FROM imports WHERE created_at < $1")
            .bind(self.now - KEPT)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query(
            "INSERT INTO imports (id, collectivite, account, file_name, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&id)
        .bind(owner)
        .bind(by)
        .bind(file_name)
        .bind(sealed)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        self.commit().await?;
        Ok(id)
    }

    /// Writes down that a file was applied; it can be so once.
    pub(crate) async fn close_import(
        &mut self,
        owner: &CollectiviteId,
        by: &str,
        id: &str,
        report: &str,
    ) -> Result<(), Error> {
        let done = sqlx::query(
            "UPDATE imports SET applied_at = $1, report = $2 WHERE id = $3 AND collectivite = $4 AND applied_at IS NULL",
        )
        .bind(self.now)
        .bind(report)
        .bind(id)
        .bind(owner.as_str())
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::Stale {
                what: "import",
                id: id.to_owned(),
            });
        }
        let entry = Entry::by(by, "import.apply", id).within(owner);
        self.record(&entry.detail(report)).await
    }
}

impl Within<'_> {
    /// Keeps a file and gives its id.
    pub async fn keep_import(&self, file_name: &str, content: &[u8]) -> Result<String, Error> {
        let write = self.write().await?;
        write
            .keep_import(self.id(), self.by, file_name, content)
            .await
    }

    /// A file of this collectivité.
    ///
    /// # Errors
    /// [`Error::NotFound`], also once it is forgotten.
    pub async fn import(&self, id: &str) -> Result<Import, Error> {
        self.store.read_import(self.id(), id).await
    }
}
