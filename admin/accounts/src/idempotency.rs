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
    pub fn new(key: &str, request: &str) -> Self {
        Self {
            key_hash: Token::hash(key),
            fingerprint: Token::hash(request),
        }
    }

    fn place(&self, by: &MembershipId) -> String {
        format!("idempotency_keys/{by}/{}", self.key_hash)
    }
}

impl Store {
    /// What became of a request when it came before.
    pub async fn find_earlier(
        &self,
        by: &MembershipId,
        once: &Once,
    ) -> Result<Option<Earlier>, Error> {
        let row: Option<(String, Option<String>)> = sqlx::query_as(
            "SELECT fingerprint, sealed FROM idempotency_keys WHERE membership = $1 AND key_hash = $2 AND expires_at > $3",
        )
        .bind(by.as_str())
        .bind(&once.key_hash)
        .bind(self.clock.now())
        .fetch_optional(&self.pool)
        .await?;
        Ok(match row {
            None => None,
            Some((fingerprint, _)) if fingerprint != once.fingerprint => Some(Earlier::Another),
            Some((_, None)) => Some(Earlier::Done),
            Some((_, Some(sealed))) => {
                let answer = self.vault.open(&once.place(by), &sealed)?;
                Some(Earlier::Answered(answer.to_vec()))
            }
        })
    }

    /// Keeps the answer to what was done.
    pub async fn keep_answer(
        &self,
        by: &MembershipId,
        once: &Once,
        answer: &[u8],
    ) -> Result<(), Error> {
        let sealed = self.vault.seal(&once.place(by), answer)?;
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE idempotency_keys SET sealed = $1 WHERE membership = $2 AND key_hash = $3 AND fingerprint = $4",
        )
        .bind(sealed)
        .bind(by.as_str())
        .bind(&once.key_hash)
        .bind(&once.fingerprint)
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }
}

impl Write<'_> {
    /// Notes the key with what is about to be done.
    ///
    /// # Errors
    /// [`Error::Repeated`] when it was done before.
    pub(crate) async fn once(&mut self, by: &MembershipId, once: &Once) -> Result<(), Error> {
        let done = sqlx::query(
            "INSERT INTO idempotency_keys (membership, key_hash, fingerprint, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (membership, key_hash) DO UPDATE SET fingerprint = excluded.fingerprint, sealed = NULL,
               expires_at = excluded.expires_at WHERE idempotency_keys.expires_at <= $5",
        )
        .bind(by.as_str())
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
