//! What becomes of a membership: suspended, gone, deleted, and back. Dates may lie ahead; decisions
//! look at them as time goes, so nothing has to happen when the day comes.

use crate::error::Error;
use crate::link::Purpose;
use crate::store::Write;
use crate::within::Within;
use policies::{Attribution, MembershipId, Role};
use sqlx::Row as _;

/// A change of where somebody stands. Times are Unix seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Closed from then on, until restored.
    Suspend(i64),
    /// Open again, or the plan to suspend given up.
    Restore,
    /// Gone from then on.
    Leave(i64),
    /// Not gone, or not going.
    Stay,
    /// To be erased after [`crate::UNDO`].
    Delete,
    /// Called back.
    Undelete,
}

impl Step {
    fn act(self) -> &'static str {
        match self {
            Self::Suspend(_) => "membership.suspend",
            Self::Restore => "membership.restore",
            Self::Leave(_) => "membership.leave",
            Self::Stay => "membership.stay",
            Self::Delete => "membership.delete",
            Self::Undelete => "membership.undelete",
        }
    }

    /// Whether it closes something, at once or one day.
    fn closes(self) -> bool {
        matches!(self, Self::Suspend(_) | Self::Leave(_) | Self::Delete)
    }
}

impl Within<'_> {
    /// Takes a step with somebody whose record has `version`.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`], [`Error::LastReferent`].
    pub async fn take(&self, leave: &Attribution, version: i64, step: Step) -> Result<(), Error> {
        let id = leave.membership();
        let mut write = self.store.write().await?;
        let statement = match step {
            Step::Suspend(_) | Step::Restore => {
                "UPDATE memberships SET version = version + 1, suspended_at = $4
                 WHERE id = $1 AND collectivite = $2 AND version = $3 RETURNING role"
            }
            Step::Leave(_) | Step::Stay => {
                "UPDATE memberships SET version = version + 1, left_at = $4
                 WHERE id = $1 AND collectivite = $2 AND version = $3 RETURNING role"
            }
            Step::Delete | Step::Undelete => {
                "UPDATE memberships SET version = version + 1, deleted_at = $4
                 WHERE id = $1 AND collectivite = $2 AND version = $3 RETURNING role"
            }
        };
        let at = match step {
            Step::Suspend(at) | Step::Leave(at) => Some(at),
            Step::Delete => Some(write.now),
            Step::Restore | Step::Stay | Step::Undelete => None,
        };
        let row = sqlx::query(statement)
            .bind(id.as_str())
            .bind(self.id())
            .bind(version)
            .bind(at)
            .fetch_optional(&mut *write.tx)
            .await?;
        let Some(row) = row else {
            return Err(self.stale_or_missing(&mut write, id).await?);
        };
        let role: String = row.try_get("role")?;
        let role = Role::parse(&role).ok_or(Error::Unreadable(role))?;
        if role == Role::Referent && step.closes() {
            self.keep_a_referent(&mut write, id).await?;
        }
        self.changed(&mut write, id, role).await?;
        let detail = at.map(|at| at.to_string()).unwrap_or_default();
        write
            .record(&self.entry(step.act(), id.as_str()).detail(&detail))
            .await?;
        write.commit().await
    }

    /// Sends the invitation again; the one before no longer serves.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody who is not waited for.
    pub async fn invite_again(&self, id: &MembershipId) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        let (account, name) = self.awaited(&mut write, id).await?;
        write
            .post_link(&account, Purpose::Activation, &name)
            .await?;
        write
            .record(&self.entry("invitation.send", id.as_str()))
            .await?;
        write.commit().await
    }

    /// Ends the invitation: its link no longer serves.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody who is not waited for.
    pub async fn revoke_invitation(&self, id: &MembershipId) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        let (account, _) = self.awaited(&mut write, id).await?;
        write.revoke_links(&account, Purpose::Activation).await?;
        write
            .record(&self.entry("invitation.revoke", id.as_str()))
            .await?;
        write.commit().await
    }

    /// Account and collectivité's name of somebody here who has not chosen a password yet, and whose
    /// invitation is this collectivité's business.
    async fn awaited(
        &self,
        write: &mut Write<'_>,
        id: &MembershipId,
    ) -> Result<(String, String), Error> {
        sqlx::query_as(
            "SELECT a.id, c.name FROM memberships m JOIN accounts a ON a.id = m.account
             JOIN collectivites c ON c.id = m.collectivite
             WHERE m.id = $1 AND m.collectivite = $2 AND m.deleted_at IS NULL AND a.password_hash IS NULL
               AND m.accepted_at IS NOT NULL",
        )
        .bind(id.as_str())
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?
        .ok_or_else(|| Error::not_found("invitation", id.as_str()))
    }
}
