//! Designations that were written down with a mistake: corrected as long as nobody has checked them, or
//! abandoned. Either is done by who has seen the case as it stands.

use crate::account::normal_login;
use crate::designation::NewDesignation;
use crate::error::Error;
use crate::over::Over;

impl Over<'_> {
    /// Writes a designation down anew, seen as `version`. Whoever corrects it does not check it,
    /// nor does who wrote it down; a signed document says something else by now, and goes.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a designation that is not here; [`Error::Stale`] once it is decided or
    /// abandoned, and when somebody else changed it.
    pub async fn correct_designation(
        &self,
        id: &str,
        new: &NewDesignation,
        version: i64,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE designations SET version = version + 1, given_name = $1, family_name = $2, login = $3, authority_name = $4,
                authority_title = $5, starts_at = $6, ends_at = $7, correctors = correctors || ' ' || $8, received_at = NULL, received_by = NULL
             WHERE id = $9 AND collectivite = $10 AND version = $11
               AND checked_at IS NULL AND rejected_at IS NULL AND ended_at IS NULL",
        )
        .bind(&new.given_name)
        .bind(&new.family_name)
        .bind(normal_login(&new.login))
        .bind(&new.authority_name)
        .bind(&new.authority_title)
        .bind(new.starts_at)
        .bind(new.ends_at)
        .bind(self.by)
        .bind(id)
        .bind(self.id())
        .bind(version)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(self.decided_or_missing(&mut write, id).await?);
        }
        let discarded = sqlx::query("DELETE FROM designation_documents WHERE designation = $1")
            .bind(id)
            .execute(&mut *write.tx)
            .await?;
        let entry = self.entry("designation.correct", id);
        write.record(&entry).await?;
        if discarded.rows_affected() > 0 {
            let entry = self.entry("designation.discard", id);
            write.record(&entry).await?;
        }
        write.commit().await
    }

    /// Gives a designation up, seen as `version`; the reason may be empty.
    ///
    /// # Errors
    /// As [`Over::correct_designation`].
    pub async fn abandon_designation(
        &self,
        id: &str,
        reason: &str,
        version: i64,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE designations SET version = version + 1, abandoned_at = $1, ended_at = $1, abandonment = $2
             WHERE id = $3 AND collectivite = $4 AND version = $5
               AND checked_at IS NULL AND rejected_at IS NULL AND ended_at IS NULL",
        )
        .bind(write.now)
        .bind(reason)
        .bind(id)
        .bind(self.id())
        .bind(version)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(self.decided_or_missing(&mut write, id).await?);
        }
        let entry = self.entry("designation.abandon", id);
        write.record(&entry).await?;
        write.commit().await
    }
}
