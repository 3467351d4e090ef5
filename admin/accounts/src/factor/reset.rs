//! Somebody who has lost every factor: two people who know them take the factors away, one after
//! the other. Neither is the person, nor the other one.
//!
//! For an agent these are référents of a collectivité the agent is in, or correspondants of the CIG
//! (where there is one référent, the second is a correspondant). Whoever administers anything,
//! anywhere, is for two correspondants: a référent can never change another référent's factors.

use super::notice::Event;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::{Store, Write};
use crate::within::is_open;
use policies::{CollectiviteId, MembershipId, Role};
use sqlx::Row as _;
use uuid::Uuid;

/// Seconds within which the second person confirms.
const LIFETIME: i64 = 86_400;

/// A reset that waits for its second person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactorReset {
    /// UUIDv7.
    pub id: String,
    /// Whose factors.
    pub membership: MembershipId,
    /// Who asked.
    pub requested_by: MembershipId,
    /// Unix seconds.
    pub requested_at: i64,
}

/// Why factors are not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// Somebody's own factors, or confirming one's own request.
    #[error("a reset takes two other people than its subject")]
    SamePerson,
    /// The person administers: this is for correspondants.
    #[error("the factors of somebody who administers are reset by correspondants")]
    Correspondants,
    /// Asked too long ago, confirmed already, or asked by somebody who no longer may.
    #[error("there is no such request any more")]
    Gone,
    /// [`Error::NotFound`] for people of other collectivités too.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for ResetError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Somebody who acts, or is acted on.
struct Party {
    membership: String,
    account: String,
    collectivite: CollectiviteId,
    role: Role,
}

struct Request {
    subject: Party,
    requested_by: String,
}

impl Store {
    /// Asks for somebody's factors to be reset, and gives the request's id. `by` is the membership
    /// that the first person acts through.
    ///
    /// # Errors
    /// See [`ResetError`].
    pub async fn request_factor_reset(
        &self,
        subject: &MembershipId,
        by: &MembershipId,
    ) -> Result<String, ResetError> {
        let mut write = self.write().await?;
        let actor = write.actor(by.as_str()).await?;
        let subject = write.subject(subject.as_str()).await?;
        write.allow_reset(&actor, &subject).await?;
        let id = Uuid::now_v7().to_string();
        sqlx::query(
            "INSERT INTO factor_resets (id, account, membership, requested_by, requested_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&id)
        .bind(&subject.account)
        .bind(&subject.membership)
        .bind(&actor.membership)
        .bind(write.now)
        .bind(write.now + LIFETIME)
        .execute(&mut *write.tx)
        .await?;
        let entry = Entry::by(&actor.account, "factor.reset.request", &subject.membership);
        write.record(&entry.within(&subject.collectivite)).await?;
        write.tell(&subject.account, Event::ResetRequested).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Confirms a request: every factor and code of the person goes, and every session ends.
    ///
    /// # Errors
    /// See [`ResetError`].
    pub async fn confirm_factor_reset(
        &self,
        id: &str,
        by: &MembershipId,
    ) -> Result<(), ResetError> {
        let mut write = self.write().await?;
        let Request {
            subject,
            requested_by,
        } = write.open_request(id).await?;
        let actor = write.actor(by.as_str()).await?;
        write.allow_reset(&actor, &subject).await?;
        // The first person must still be who they were.
        let first = match write.actor(&requested_by).await {
            Ok(first) => first,
            Err(Error::NotFound { .. }) => return Err(ResetError::Gone),
            Err(error) => return Err(error.into()),
        };
        if first.account == actor.account {
            return Err(ResetError::SamePerson);
        }
        if write.allow_reset(&first, &subject).await.is_err() {
            return Err(ResetError::Gone);
        }
        sqlx::query("UPDATE factor_resets SET confirmed_by = $1, confirmed_at = $2 WHERE id = $3")
            .bind(&actor.membership)
            .bind(write.now)
            .bind(id)
            .execute(&mut *write.tx)
            .await?;
        write.forget_factors(&subject.account).await?;
        write
            .end_sessions_but(&subject.account, "", &actor.account)
            .await?;
        let entry = Entry::by(&actor.account, "factor.reset.confirm", &subject.membership);
        write.record(&entry.within(&subject.collectivite)).await?;
        write.tell(&subject.account, Event::Reset).await?;
        Ok(write.commit().await?)
    }

    /// The requests of a collectivité that wait for a second person, the oldest first.
    pub async fn list_factor_resets(
        &self,
        collectivite: &CollectiviteId,
    ) -> Result<Vec<FactorReset>, Error> {
        let rows = sqlx::query(
            "SELECT r.id, r.membership, r.requested_by, r.requested_at FROM factor_resets r
             JOIN memberships m ON m.id = r.membership
             WHERE m.collectivite = $1 AND r.confirmed_at IS NULL AND r.expires_at > $2 ORDER BY r.requested_at, r.id",
        )
        .bind(collectivite.as_str())
        .bind(self.clock.now())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(FactorReset {
                    id: row.try_get("id")?,
                    membership: row.try_get::<String, _>("membership")?.into(),
                    requested_by: row.try_get::<String, _>("requested_by")?.into(),
                    requested_at: row.try_get("requested_at")?,
                })
            })
            .collect()
    }
}

impl Write<'_> {
    /// Somebody whose membership and account are open.
    async fn actor(&mut self, membership: &str) -> Result<Party, Error> {
        self.party(
            concat!(
                "SELECT m.id, m.account, m.collectivite, m.role FROM memberships m JOIN accounts a ON a.id = m.account
                 WHERE m.id = $1 AND a.suspended_at IS NULL AND ",
                is_open!("$2")
            ),
            membership,
        )
        .await
    }

    /// Somebody, suspended or not. Who was entered into a collectivité and has not accepted is not
    /// one of its people: else any référent could make themselves one of somebody's two.
    async fn subject(&mut self, membership: &str) -> Result<Party, Error> {
        self.party(
            "SELECT m.id, m.account, m.collectivite, m.role FROM memberships m
             WHERE m.id = $1 AND m.accepted_at IS NOT NULL AND (m.deleted_at IS NULL OR m.deleted_at > $2)",
            membership,
        )
        .await
    }

    async fn party(&mut self, query: &'static str, membership: &str) -> Result<Party, Error> {
        let row = sqlx::query(query)
            .bind(membership)
            .bind(self.now)
            .fetch_optional(&mut *self.tx)
            .await?
            .ok_or_else(|| Error::not_found("membership", membership))?;
        let role: String = row.try_get("role")?;
        Ok(Party {
            membership: row.try_get("id")?,
            account: row.try_get("account")?,
            collectivite: row.try_get::<String, _>("collectivite")?.into(),
            role: Role::parse(&role).ok_or(Error::Unreadable(role))?,
        })
    }

    /// Whether the first may lay hands on the second's factors.
    async fn allow_reset(&mut self, actor: &Party, subject: &Party) -> Result<(), ResetError> {
        let near = actor.role == Role::Referent && actor.collectivite == subject.collectivite;
        if actor.role != Role::Correspondant && !near {
            // Of another collectivité, nobody exists.
            return Err(Error::not_found("membership", &subject.membership).into());
        }
        if actor.account == subject.account {
            return Err(ResetError::SamePerson);
        }
        // In any collectivité, suspended or not: factors are the account's.
        let administers: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM memberships WHERE account = $1 AND role <> 'agent'",
        )
        .bind(&subject.account)
        .fetch_one(&mut *self.tx)
        .await?;
        if administers > 0 && actor.role != Role::Correspondant {
            return Err(ResetError::Correspondants);
        }
        Ok(())
    }

    async fn open_request(&mut self, id: &str) -> Result<Request, ResetError> {
        let row = sqlx::query(
            "SELECT membership, requested_by FROM factor_resets
             WHERE id = $1 AND confirmed_at IS NULL AND expires_at > $2",
        )
        .bind(id)
        .bind(self.now)
        .fetch_optional(&mut *self.tx)
        .await?
        .ok_or(ResetError::Gone)?;
        let membership: String = row.try_get("membership")?;
        Ok(Request {
            subject: self.subject(&membership).await?,
            requested_by: row.try_get("requested_by")?,
        })
    }

    async fn forget_factors(&mut self, account: &str) -> Result<(), Error> {
        for statement in [
            "DELETE FROM factors WHERE account = $1",
            "DELETE FROM recovery_codes WHERE account = $1",
            "DELETE FROM pending_logins WHERE account = $1",
            // What else was asked was about the factors of before.
            "DELETE FROM factor_resets WHERE account = $1 AND confirmed_at IS NULL",
            "DELETE FROM factor_drafts WHERE session IN (SELECT id FROM sessions WHERE account = $1)",
        ] {
            sqlx::query(statement)
                .bind(account)
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(())
    }
}
