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
    /// [`Error::NotFound`], [`Error::Stale`], [`Error::LastReferent`]; [`Error::Full`] for whoever comes
    /// back to a seat that is not there any more.
    pub async fn take(&self, leave: &Attribution, version: i64, step: Step) -> Result<(), Error> {
        self.take_all(&[(leave.clone(), version)], step).await
    }

    /// Takes the same step with several people, all or none.
    ///
    /// # Errors
    /// As [`Within::take`].
    pub async fn take_all(&self, people: &[(Attribution, i64)], step: Step) -> Result<(), Error> {
        let mut write = self.write().await?;
        let before = write.occupancy(self.id()).await?;
        for (leave, version) in people {
            self.take_one(&mut write, leave.membership(), *version, step)
                .await?;
        }
        write.hold_seats(self.id(), &before).await?;
        write.commit().await
    }

    async fn take_one(
        &self,
        write: &mut Write<'_>,
        id: &MembershipId,
        version: i64,
        step: Step,
    ) -> Result<(), Error> {
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
                "UPDATE memberships SET version = version + 1, deleted_at = $4, declined_at = NULL
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
            return Err(self.stale_or_missing(write, id).await?);
        };
        let role: String = row.try_get("role")?;
        let role = Role::parse(&role).ok_or(Error::Unreadable(role))?;
        if role == Role::Referent && step.closes() {
            self.keep_a_referent(write, id).await?;
        }
        if matches!(step, Step::Leave(_) | Step::Stay) {
            // Another last day than the one that was proposed, or none.
            write.end_transfers(id).await?;
        }
        self.changed(write, id, role).await?;
        let detail = at.map(|at| at.to_string()).unwrap_or_default();
        write
            .record(&self.entry(step.act(), id.as_str()).detail(&detail))
            .await
    }

    /// Sends the invitation again; the one before no longer serves.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody who is not waited for.
    pub async fn invite_again(&self, leave: &Attribution) -> Result<(), Error> {
        self.remind_all(std::slice::from_ref(leave)).await
    }

    /// Sends the invitations of several people again, all or none.
    ///
    /// # Errors
    /// As [`Within::invite_again`].
    pub async fn remind_all(&self, people: &[Attribution]) -> Result<(), Error> {
        let mut write = self.write().await?;
        for leave in people {
            self.remind(&mut write, leave.membership()).await?;
        }
        write.commit().await
    }

    async fn remind(&self, write: &mut Write<'_>, id: &MembershipId) -> Result<(), Error> {
        let awaited = self.awaited(write, id, true).await?;
        if awaited.has_account {
            let letter = write.proposal(&awaited.account, id.as_str(), &awaited.name);
            write.post(&awaited.account, letter).await?;
        } else {
            write
                .post_link(&awaited.account, Purpose::Activation, &awaited.name)
                .await?;
        }
        write
            .record(&self.entry("invitation.send", id.as_str()))
            .await
    }

    /// Ends the invitation: its link no longer serves, and nothing is asked any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody who is not waited for.
    pub async fn revoke_invitation(&self, leave: &Attribution) -> Result<(), Error> {
        let id = leave.membership();
        let mut write = self.write().await?;
        let awaited = self.awaited(&mut write, id, false).await?;
        if !awaited.has_account {
            write
                .revoke_links(&awaited.account, Purpose::Activation)
                .await?;
        }
        write
            .record(&self.entry("invitation.revoke", id.as_str()))
            .await?;
        write.commit().await
    }

    /// Somebody here who has not answered; notes whether they are asked from now on.
    async fn awaited(
        &self,
        write: &mut Write<'_>,
        id: &MembershipId,
        asked: bool,
    ) -> Result<Awaited, Error> {
        let row: Option<(String, Option<String>, String)> = sqlx::query_as(
            "UPDATE memberships SET invited_at = $1 WHERE id = $2 AND collectivite = $3 AND deleted_at IS NULL
               AND (accepted_at IS NULL OR (SELECT a.password_hash FROM accounts a WHERE a.id = memberships.account) IS NULL)
             RETURNING account, (SELECT a.password_hash FROM accounts a WHERE a.id = account),
                       (SELECT c.name FROM collectivites c WHERE c.id = collectivite)",
        )
        .bind(asked.then_some(write.now))
        .bind(id.as_str())
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        let (account, hash, name) =
            row.ok_or_else(|| Error::not_found("invitation", id.as_str()))?;
        Ok(Awaited {
            account,
            has_account: hash.is_some(),
            name,
        })
    }
}

/// Somebody who has not answered.
struct Awaited {
    account: String,
    /// Whether they have chosen a password, for another collectivité.
    has_account: bool,
    /// The name of the collectivité that asks.
    name: String,
}
