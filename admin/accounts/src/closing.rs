//! Closing a collectivité to all its people, and opening it again. What the CIG closed, a CDG does not
//! open.

use crate::error::Error;
use crate::over::Over;
use policies::Oversight;

impl Over<'_> {
    /// Closes it: everybody of it is refused everywhere; or opens it again. `oversight` is of whoever
    /// acts.
    ///
    /// # Errors
    /// [`Error::Stale`], also when it is the CIG itself, which nobody closes; [`Error::ClosedAbove`].
    pub async fn set_closed(
        &self,
        closed: bool,
        version: i64,
        oversight: &Oversight,
    ) -> Result<(), Error> {
        let by_cig = oversight.affiliated_to().is_none();
        let mut write = self.write().await?;
        let above: Option<Option<i64>> =
            sqlx::query_scalar("SELECT closed_by_cig FROM collectivites WHERE id = $1")
                .bind(self.id())
                .fetch_optional(&mut *write.tx)
                .await?;
        if above.flatten().is_some() && !by_cig {
            return Err(Error::ClosedAbove(self.id().to_owned()));
        }
        let at = closed.then_some(write.now);
        let done = sqlx::query(
            "UPDATE collectivites SET version = version + 1, closed_at = $1, closed_by_cig = $2
             WHERE id = $3 AND version = $4 AND kind <> 'cig'",
        )
        .bind(at)
        .bind(at.filter(|_| by_cig))
        .bind(self.id())
        .bind(version)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(self.stale());
        }
        let act = if closed {
            "collectivite.close"
        } else {
            "collectivite.reopen"
        };
        self.tell_nodes(&mut write, act, "").await?;
        write.commit().await
    }
}
