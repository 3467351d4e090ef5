//! Once and no more: a program that got no answer asks again with the same key, and what it asked for
//! is not done again. The key is written in the transaction that does it; the answer is kept beside it
//! for a day.

use crate::error::Error;
use crate::store::{Store, Write};
use crate::token::Token;
use policies::MembershipId;

/// Seconds that a key is remembered.
const KEPT: i64 = 86_400;

/// A request that is to be done once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Once {
    /// Whose key it is: nobody finds another one's.
    by: MembershipId,
    key_hash: String,
    fingerprint: String,
}

/// What is known of a request that came before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Earlier {
    /// It was done, and answered so.
    Answered(Vec<u8>),
    /// It was done; its answer is being made, or was lost.
    Done,
    /// Another request had this key.
    Another,
}

impl Once {
    /// `key` is the program's own word, `request` all that makes the request what it is.
    pub fn new(by: &MembershipId, key: &str, request: &str) -> Self {
        Self {
            by: by.clone(),
            key_hash: Token::hash(key),
            fingerprint: Token::hash(request),
        }
    }

    fn place(&self) -> String {
        format!("idempotency_keys/{}/{}", self.by, self.key_hash)
    }
}

impl Store {
    /// What became of a request when it came before.
    pub async fn find_earlier(&self, once: &Once) -> Result<Option<Earlier>, Error> {
        let row: Option<(String, Option<String>)> = sqlx::query_as(
            "SELECT fingerprint, sealed FROM idempotency_keys WHERE membership = $1 AND key_hash = $2 AND expires_at > $3",
        )
        .bind(once.by.as_str())
        .bind(&once.key_hash)
        .bind(self.clock.now())
        .fetch_optional(&self.pool)
        .await?;
        Ok(match row {
            None => None,
            Some((fingerprint, _)) if fingerprint != once.fingerprint => Some(Earlier::Another),
            Some((_, None)) => Some(Earlier::Done),
            Some((_, Some(sealed))) => {
                let answer = self.vault.open(&once.place(), &sealed)?;
                Some(Earlier::Answered(answer.to_vec()))
            }
        })
    }

    /// Keeps the answer to what was done.
    pub async fn keep_answer(&self, once: &Once, answer: &[u8]) -> Result<(), Error> {
        let sealed = self.vault.seal(&once.place(), answer)?;
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE idempotency_keys SET sealed = $1 WHERE membership = $2 AND key_hash = $3 AND fingerprint = $4",
        )
        .bind(sealed)
        .bind(once.by.as_str())
        .bind(&once.key_hash)
        .bind(&once.fingerprint)
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// The write of an act that is to be done once, if it is.
    ///
    /// # Errors
    /// [`Error::Repeated`] when it was done before.
    pub(crate) async fn write_once(&self, once: Option<&Once>) -> Result<Write<'_>, Error> {
        let mut write = self.write().await?;
        if let Some(once) = once {
            write.once(once).await?;
        }
        Ok(write)
    }
}

impl Write<'_> {
    /// Notes the key with what is about to be done.
    ///
    /// # Errors
    /// [`Error::Repeated`] when it was done before.
    async fn once(&mut self, once: &Once) -> Result<(), Error> {
        let done = sqlx::query(
            "INSERT INTO idempotency_keys (membership, key_hash, fingerprint, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (membership, key_hash) DO UPDATE SET fingerprint = excluded.fingerprint, sealed = NULL,
               expires_at = excluded.expires_at WHERE idempotency_keys.expires_at <= $5",
        )
        .bind(once.by.as_str())
        .bind(&once.key_hash)
        .bind(&once.fingerprint)
        .bind(self.now + KEPT)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::Repeated);
        }
        Ok(())
    }
}
