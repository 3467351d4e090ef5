//! The keys that sign assertions, sealed, shared by every node. The newest signs; the one before
//! stays published while assertions made with it may still be read.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::Store;
use policies::SigningKey;
use sqlx::Row as _;
use uuid::Uuid;

fn place(id: &str) -> String {
    format!("signing_keys/{id}")
}

impl Store {
    /// Adds a key (ids sort by time), which signs from now on, and retires all but the one before it.
    pub async fn rotate_signing_key(&self, by: &str) -> Result<String, Error> {
        let id = Uuid::now_v7().to_string();
        let der = SigningKey::generate().map_err(|_| Error::Sealed)?;
        let sealed = self.vault.seal(&place(&id), &der)?;
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL AND id NOT IN
             (SELECT id FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1)",
        )
        .bind(write.now)
        .execute(&mut *write.tx)
        .await?;
        sqlx::query("INSERT INTO signing_keys (id, sealed, created_at) VALUES ($1, $2, $3)")
            .bind(&id)
            .bind(sealed)
            .bind(write.now)
            .execute(&mut *write.tx)
            .await?;
        write.change(&Change::Keys).await?;
        write.record(&Entry::by(by, "key.rotate", &id)).await?;
        write.commit().await?;
        Ok(id)
    }

    /// The keys in use, the one that signs first. Makes the first one when there is none.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>, Error> {
        let keys = self.read_signing_keys().await?;
        if !keys.is_empty() {
            return Ok(keys);
        }
        self.rotate_signing_key("system").await?;
        self.read_signing_keys().await
    }

    async fn read_signing_keys(&self) -> Result<Vec<SigningKey>, Error> {
        self.open_signing_keys(
            "SELECT id, sealed FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at DESC, id DESC",
        )
        .await
    }

    /// Every key that ever signed, for what stays signed longer than keys are in use.
    pub(crate) async fn past_signing_keys(&self) -> Result<Vec<SigningKey>, Error> {
        self.open_signing_keys("SELECT id, sealed FROM signing_keys ORDER BY id")
            .await
    }

    async fn open_signing_keys(&self, statement: &'static str) -> Result<Vec<SigningKey>, Error> {
        let rows = sqlx::query(statement).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("id")?;
                let der = self.vault.open(&place(&id), row.try_get("sealed")?)?;
                SigningKey::from_pkcs8(&id, &der).map_err(|_| Error::Sealed)
            })
            .collect()
    }
}
