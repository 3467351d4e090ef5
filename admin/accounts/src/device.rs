//! The portal sessions of one person, as the person knows them: by device, and when they were used.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::session::{SessionLimits, seconds};
use crate::store::{Store, Write};
use sqlx::Row as _;
use std::collections::BTreeSet;

/// A portal session that is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// Public reference of the session.
    pub session: String,
    /// « Firefox sous Windows »; empty when the browser did not say.
    pub name: String,
    /// When the person logged in, Unix seconds.
    pub started_at: i64,
    /// The last request known to the store, Unix seconds.
    pub seen_at: i64,
}

impl Store {
    /// The open portal sessions of an account, the last used first.
    pub async fn list_devices(
        &self,
        account: &str,
        limits: SessionLimits,
    ) -> Result<Vec<Device>, Error> {
        let now = self.clock.now();
        let rows = sqlx::query(
            "SELECT id, device, created_at, seen_at FROM sessions
             WHERE account = $1 AND id = root AND ended_at IS NULL AND expires_at IS NULL AND created_at > $2 AND seen_at > $3
             ORDER BY seen_at DESC, created_at DESC, id",
        )
        .bind(account)
        .bind(now - seconds(limits.absolute))
        .bind(now - seconds(limits.idle))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Device {
                    session: row.try_get("id")?,
                    name: row.try_get("device")?,
                    started_at: row.try_get("created_at")?,
                    seen_at: row.try_get("seen_at")?,
                })
            })
            .collect()
    }

    /// Ends one of the account's portal sessions, and all that hang on it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for one that is not open, or somebody else's.
    pub async fn end_device(&self, account: &str, session: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE sessions SET ended_at = $1 WHERE root = $2 AND account = $3 AND ended_at IS NULL AND expires_at IS NULL",
        )
        .bind(write.now)
        .bind(session)
        .bind(account)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("session", session));
        }
        write.change(&Change::Session(session.to_owned())).await?;
        write
            .record(&Entry::by(account, "session.end", session))
            .await?;
        write.commit().await
    }

    /// Ends every session of an account but the one that asks, and tells how many there were.
    pub async fn end_other_devices(&self, account: &str, keep: &str) -> Result<usize, Error> {
        let mut write = self.write().await?;
        let ended = write.end_sessions_but(account, keep, account).await?;
        write.commit().await?;
        Ok(ended)
    }
}

impl Write<'_> {
    /// Keeps what a browser said of itself.
    pub(crate) async fn note_device(&mut self, session: &str, device: &str) -> Result<(), Error> {
        sqlx::query("UPDATE sessions SET device = $1 WHERE id = $2")
            .bind(device)
            .bind(session)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Ends every session of an account but those that hang on `keep`.
    pub(crate) async fn end_sessions_but(
        &mut self,
        account: &str,
        keep: &str,
        by: &str,
    ) -> Result<usize, Error> {
        let roots = sqlx::query_scalar::<_, String>(
            "UPDATE sessions SET ended_at = $1 WHERE account = $2 AND root <> $3 AND ended_at IS NULL RETURNING root",
        )
        .bind(self.now)
        .bind(account)
        .bind(keep)
        .fetch_all(&mut *self.tx)
        .await?;
        let roots: BTreeSet<String> = roots.into_iter().collect();
        for root in &roots {
            self.change(&Change::Session(root.clone())).await?;
            self.record(&Entry::by(by, "session.end", root)).await?;
        }
        Ok(roots.len())
    }
}
