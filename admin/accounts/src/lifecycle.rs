//! What becomes of a membership: suspended, gone, deleted, and back. Dates may lie ahead; decisions
//! look at them as time goes, so nothing has to happen when the day comes.

use crate::error::Error;
use crate::link::Purpose;
use crate::store::Store;
use crate::within::Within;
use policies::{Attribution, MembershipId, Role};
use sqlx::Row as _;

/// How long somebody deleted can be called back, seconds.
pub const UNDO: i64 = 30 * 86_400;

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
    /// To be erased after [`UNDO`].
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
        write: &mut crate::store::Write<'_>,
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

impl Store {
    /// Erases those who were deleted more than [`UNDO`] ago: their rights, sessions, secrets and
    /// letters, and the account when it is in no other collectivité. The journal keeps the ids, which
    /// then name nobody. Gives how many.
    pub async fn erase_deleted(&self) -> Result<usize, Error> {
        let mut write = self.write().await?;
        let due: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT id, account, collectivite FROM memberships WHERE deleted_at <= $1 ORDER BY id LIMIT 500",
        )
        .bind(write.now - UNDO)
        .fetch_all(&mut *write.tx)
        .await?;
        for (membership, account, collectivite) in &due {
            for statement in [
                "DELETE FROM handshakes WHERE root IN (SELECT id FROM sessions WHERE membership = $1)",
                "DELETE FROM sessions WHERE membership = $1",
                "DELETE FROM grants WHERE membership = $1",
                "DELETE FROM access_requests WHERE membership = $1",
                "DELETE FROM group_members WHERE membership = $1",
                "DELETE FROM credentials WHERE membership = $1",
                "DELETE FROM designation_documents WHERE designation IN (SELECT id FROM designations WHERE membership = $1)",
                "UPDATE designations SET given_name = '', family_name = '', login = '' WHERE membership = $1",
                "DELETE FROM memberships WHERE id = $1",
            ] {
                sqlx::query(statement)
                    .bind(membership)
                    .execute(&mut *write.tx)
                    .await?;
            }
            write.erase_account_of_nobody(account).await?;
            let entry = crate::journal::Entry::by("system", "membership.erase", membership);
            write
                .record(&entry.within(&collectivite.as_str().into()))
                .await?;
        }
        write.commit().await?;
        Ok(due.len())
    }
}

impl crate::store::Write<'_> {
    /// Erases an account that has no membership left.
    async fn erase_account_of_nobody(&mut self, account: &str) -> Result<(), Error> {
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM memberships WHERE account = $1")
            .bind(account)
            .fetch_one(&mut *self.tx)
            .await?;
        if left > 0 {
            return Ok(());
        }
        for statement in [
            "DELETE FROM links WHERE account = $1",
            "DELETE FROM outbox WHERE account = $1",
            "DELETE FROM imports WHERE account = $1",
            "DELETE FROM accounts WHERE id = $1",
        ] {
            sqlx::query(statement)
                .bind(account)
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(())
    }
}
