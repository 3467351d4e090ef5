//! Signed documents of designations: sealed, for they bear signatures and names; one row each, so that
//! every node has them.

use crate::error::Error;
use crate::over::Over;
use zeroize::Zeroizing;

/// A signed document.
#[derive(Debug)]
pub struct Document {
    /// As the person's own file was called.
    pub file_name: String,
    /// Its bytes.
    pub content: Zeroizing<Vec<u8>>,
}

fn place(id: &str) -> String {
    format!("designations/{id}")
}

impl Over<'_> {
    /// Takes the signed document in; a later one takes the place of one that nobody has checked.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a designation that is not here; [`Error::Stale`] once it is decided.
    pub async fn receive(&self, id: &str, file_name: &str, content: &[u8]) -> Result<(), Error> {
        let sealed = self.store.vault.seal(&place(id), content)?;
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE designations SET received_at = $1, received_by = $2, receptions = receptions + 1, version = version + 1 WHERE id = $3 AND collectivite = $4
               AND checked_at IS NULL AND rejected_at IS NULL AND ended_at IS NULL",
        )
        .bind(write.now)
        .bind(self.by)
        .bind(id)
        .bind(self.id())
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(self.decided_or_missing(&mut write, id).await?);
        }
        sqlx::query(
            "INSERT INTO designation_documents (designation, file_name, sealed, received_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (designation) DO UPDATE SET file_name = EXCLUDED.file_name, sealed = EXCLUDED.sealed,
                received_at = EXCLUDED.received_at",
        )
        .bind(id)
        .bind(file_name)
        .bind(sealed)
        .bind(write.now)
        .execute(&mut *write.tx)
        .await?;
        write.record(&self.entry("designation.receive", id)).await?;
        write.commit().await
    }

    /// The signed document.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for a designation of another collectivité.
    pub async fn document(&self, id: &str) -> Result<Document, Error> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT x.file_name, x.sealed FROM designation_documents x JOIN designations d ON d.id = x.designation
             WHERE d.id = $1 AND d.collectivite = $2",
        )
        .bind(id)
        .bind(self.id())
        .fetch_optional(&self.store.pool)
        .await?;
        let (file_name, sealed) = row.ok_or_else(|| Error::not_found("document", id))?;
        let content = self.store.vault.open(&place(id), &sealed)?;
        self.store
            .record(&[self.entry("designation.read", id)])
            .await?;
        Ok(Document { file_name, content })
    }
}
