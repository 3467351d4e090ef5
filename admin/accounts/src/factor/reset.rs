//! Somebody who has lost every factor: two people who know them take the factors away, one after
//! the other. Neither is the person, nor the other one.
//!
//! For an agent these are référents of a collectivité the agent is in, people of the CDG it is
//! affiliated to, or correspondants of the CIG (where there is one référent, the second is one of
//! these). Whoever administers anything, anywhere, is for two correspondants: a référent can never
//! change another référent's factors.

mod party;
mod waiting;

pub use waiting::FactorReset;

use super::notice::Event;
use crate::error::Error;
use crate::journal::Entry;
use crate::over::Over;
use crate::store::{Store, Write};
use party::{Party, Request};
use policies::MembershipId;
use uuid::Uuid;

/// Seconds within which the second person confirms: a week-end is in it.
const LIFETIME: i64 = 3 * 86_400;

/// How the first person made sure of whom they spoke to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Identification {
    /// They met.
    InPerson,
    /// By a call to a number that was known before.
    KnownNumber,
}

impl Identification {
    /// As forms, the database and the journal spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InPerson => "en-personne",
            Self::KnownNumber => "telephone",
        }
    }

    /// Reads that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::InPerson, Self::KnownNumber]
            .into_iter()
            .find(|known| known.as_str() == text)
    }
}

/// What the second person judges a request by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResetGround {
    /// How the person was identified.
    pub identified: Identification,
    /// What happened, in the first person's words.
    pub reason: String,
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
    /// Asked too long ago, confirmed or withdrawn already, or asked by somebody who no longer may.
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
        ground: &ResetGround,
    ) -> Result<String, ResetError> {
        let write = self.write().await?;
        write
            .request_reset(subject.as_str(), by.as_str(), ground)
            .await
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
        write
            .note_reset("factor.reset.confirm", &actor, &subject, "")
            .await?;
        write.tell(&subject.account, Event::Reset).await?;
        Ok(write.commit().await?)
    }

    /// Takes every factor and code of an account away, and ends its sessions, for whoever runs the
    /// installation: where no two other people are there to do it. Tells the person.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn forget_factors(&self, account: &str, by: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        write.forget_factors(account).await?;
        write.end_sessions_but(account, "", by).await?;
        let entry = Entry::by(by, "factor.forget", account);
        write.record(&entry).await?;
        write.tell(account, Event::Forgotten).await?;
        write.commit().await
    }

    /// Withdraws a request: whoever may make one may, and the person whose factors they are.
    ///
    /// # Errors
    /// See [`ResetError`].
    pub async fn cancel_factor_reset(&self, id: &str, by: &MembershipId) -> Result<(), ResetError> {
        let mut write = self.write().await?;
        let subject = write.open_request(id).await?.subject;
        let actor = write.actor(by.as_str()).await?;
        if actor.account != subject.account {
            write.allow_reset(&actor, &subject).await?;
        }
        sqlx::query("DELETE FROM factor_resets WHERE id = $1")
            .bind(id)
            .execute(&mut *write.tx)
            .await?;
        write
            .note_reset("factor.reset.cancel", &actor, &subject, "")
            .await?;
        write.tell(&subject.account, Event::ResetWithdrawn).await?;
        Ok(write.commit().await?)
    }
}

impl Over<'_> {
    /// The same for somebody of this collectivité, by mail address.
    ///
    /// # Errors
    /// See [`ResetError`].
    pub async fn request_factor_reset(
        &self,
        login: &str,
        by: &MembershipId,
        ground: &ResetGround,
    ) -> Result<String, ResetError> {
        let mut write = self.store.write().await?;
        let (subject, _) = self.membership_of(&mut write, login).await?;
        write.request_reset(&subject, by.as_str(), ground).await
    }
}

impl Write<'_> {
    async fn request_reset(
        mut self,
        subject: &str,
        by: &str,
        ground: &ResetGround,
    ) -> Result<String, ResetError> {
        let actor = self.actor(by).await?;
        let subject = self.subject(subject).await?;
        self.allow_reset(&actor, &subject).await?;
        let id = Uuid::now_v7().to_string();
        sqlx::query(
            "INSERT INTO factor_resets (id, account, membership, requested_by, requested_at, expires_at, identified, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&id)
        .bind(&subject.account)
        .bind(&subject.membership)
        .bind(&actor.membership)
        .bind(self.now)
        .bind(self.now + LIFETIME)
        .bind(ground.identified.as_str())
        .bind(&ground.reason)
        .execute(&mut *self.tx)
        .await?;
        let identified = ground.identified.as_str();
        self.note_reset("factor.reset.request", &actor, &subject, identified)
            .await?;
        self.tell(&subject.account, Event::ResetRequested).await?;
        self.call_second_person(&actor, &subject).await?;
        self.commit().await?;
        Ok(id)
    }

    async fn note_reset(
        &mut self,
        act: &str,
        actor: &Party,
        subject: &Party,
        detail: &str,
    ) -> Result<(), Error> {
        let entry = Entry::by(&actor.account, act, &subject.membership).detail(detail);
        self.record(&entry.within(&subject.collectivite)).await
    }
}
