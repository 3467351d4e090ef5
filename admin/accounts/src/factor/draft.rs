//! A factor that is being added: its secret waits, sealed, for the proof that the person has it.
//! It belongs to the session that gave the password, and to no other.

use super::{FactorError, FactorHolder, FactorKind};
use crate::error::Error;
use crate::store::{Store, Write};
use sqlx::Row as _;
use zeroize::Zeroizing;

/// Seconds to read a page, find a telephone and type six digits.
const LIFETIME: i64 = 600;
/// Longest name, in characters.
const LONGEST: usize = 60;

/// What waits.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) secret: Zeroizing<Vec<u8>>,
}

fn place(session: &str, kind: FactorKind) -> String {
    format!("factor_drafts/{session}/{}", kind.as_str())
}

impl Store {
    /// The session's draft of this kind, if it still serves.
    pub(super) async fn find_draft(
        &self,
        session: &str,
        kind: FactorKind,
    ) -> Result<Option<Draft>, Error> {
        let row = sqlx::query(
            "SELECT name, sealed FROM factor_drafts WHERE session = $1 AND kind = $2 AND expires_at > $3",
        )
        .bind(session)
        .bind(kind.as_str())
        .bind(self.clock.now())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Draft {
            name: row.try_get("name")?,
            secret: self
                .vault
                .open(&place(session, kind), row.try_get("sealed")?)?,
        }))
    }
}

impl Write<'_> {
    /// Keeps a draft, in the place of any other of this kind.
    pub(super) async fn keep_draft(
        &mut self,
        holder: FactorHolder<'_>,
        kind: FactorKind,
        name: &str,
        secret: &[u8],
    ) -> Result<(), FactorError> {
        self.expect_shown(holder).await?;
        let name: String = name.trim().chars().take(LONGEST).collect();
        let sealed = self
            .store()
            .vault
            .seal(&place(holder.session, kind), secret)?;
        sqlx::query(
            "INSERT INTO factor_drafts (session, kind, name, sealed, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (session, kind)
             DO UPDATE SET name = excluded.name, sealed = excluded.sealed, expires_at = excluded.expires_at",
        )
        .bind(holder.session)
        .bind(kind.as_str())
        .bind(name)
        .bind(sealed)
        .bind(self.now + LIFETIME)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Uses the draft up: of two confirmations one finds it.
    pub(super) async fn take_draft(
        &mut self,
        holder: FactorHolder<'_>,
        kind: FactorKind,
    ) -> Result<(), FactorError> {
        self.expect_shown(holder).await?;
        let done = sqlx::query(
            "DELETE FROM factor_drafts WHERE session = $1 AND kind = $2 AND expires_at > $3",
        )
        .bind(holder.session)
        .bind(kind.as_str())
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(FactorError::Gone);
        }
        Ok(())
    }
}
