//! Second factors: a one-time code from an application (TOTP), a passkey, and printed recovery codes
//! for the day both are lost. Here is what they have in common; each kind has a file of its own,
//! [`pending`] is the log-in between password and factor, [`reset`] the way back for who lost all.
//!
//! A session has shown a second factor when any of the three was shown: each proves more than the
//! password. [`requirement`] says who must have one.

mod draft;
mod notice;
mod passkey;
mod pending;
mod recovery;
mod requirement;
mod reset;
mod totp;

pub use passkey::RelyingParty;
pub use pending::{PendingLogin, Proof};
pub use requirement::SecondFactorRequirement;
pub use reset::{FactorReset, Identification, ResetError, ResetGround};
pub use totp::TotpDraft;

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::login::LoginError;
use crate::password::Password;
use crate::store::{Store, Write};
use crate::token::Token;
use notice::Event;
use sqlx::Row as _;
use std::net::IpAddr;
use uuid::Uuid;

/// The kinds that log somebody in day by day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactorKind {
    /// One-time codes of an application (RFC 6238).
    Totp,
    /// A passkey (`WebAuthn`), with user verification.
    Passkey,
}

impl FactorKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        [Self::Totp, Self::Passkey]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::Unreadable(text.to_owned()))
    }
}

/// A factor, as its holder sees it in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Factor {
    /// UUIDv7.
    pub id: String,
    /// Which kind.
    pub kind: FactorKind,
    /// As its holder calls it.
    pub name: String,
    /// Unix seconds.
    pub created_at: i64,
    /// When somebody last logged in with it, Unix seconds.
    pub used_at: Option<i64>,
}

/// Whoever changes their own factors, and from which session.
#[derive(Clone, Copy, Debug)]
pub struct FactorHolder<'a> {
    /// Whose factors.
    pub account: &'a str,
    /// The portal session.
    pub session: &'a str,
    /// The person's address, when known.
    pub address: Option<IpAddr>,
}

/// Why factors stay what they are.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// The password that was to confirm it.
    #[error(transparent)]
    Password(#[from] LoginError),
    /// The person has a factor, and this session was opened without it.
    #[error("this session has not shown the second factor")]
    LogInAgain,
    /// Adding it took too long, or never began.
    #[error("there is nothing to confirm")]
    Gone,
    /// The code, or what the passkey signed, is not right.
    #[error("the proof does not fit the new factor")]
    WrongProof,
    /// Somebody has this passkey already.
    #[error("the passkey is in use already")]
    Taken,
    /// The last factor of somebody who must have one.
    #[error("the last factor is required")]
    Last,
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for FactorError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What a factor's secret is sealed for.
fn place(id: &str) -> String {
    format!("factors/{id}")
}

/// A factor on its way into the table.
struct NewFactor<'a> {
    kind: FactorKind,
    name: &'a str,
    secret: &'a [u8],
    credential: Option<&'a str>,
    /// The step whose code proved it.
    step: Option<i64>,
}

impl Store {
    /// Somebody's factors, the oldest first.
    pub async fn list_factors(&self, account: &str) -> Result<Vec<Factor>, Error> {
        let rows = sqlx::query(
            "SELECT id, kind, name, created_at, used_at FROM factors WHERE account = $1 ORDER BY created_at, id",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Factor {
                    id: row.try_get("id")?,
                    kind: FactorKind::parse(row.try_get("kind")?)?,
                    name: row.try_get("name")?,
                    created_at: row.try_get("created_at")?,
                    used_at: row.try_get("used_at")?,
                })
            })
            .collect()
    }

    /// Removes one of the holder's factors; with the last one go the recovery codes. `required`
    /// keeps the last one.
    ///
    /// # Errors
    /// See [`FactorError`]; [`Error::NotFound`] for a factor that is not the holder's.
    pub async fn remove_factor(
        &self,
        holder: FactorHolder<'_>,
        password: &Password,
        id: &str,
        required: bool,
    ) -> Result<(), FactorError> {
        self.confirm_password(holder, password).await?;
        let mut write = self.write().await?;
        write.expect_shown(holder).await?;
        let kind = sqlx::query_scalar::<_, String>(
            "DELETE FROM factors WHERE id = $1 AND account = $2 RETURNING kind",
        )
        .bind(id)
        .bind(holder.account)
        .fetch_optional(&mut *write.tx)
        .await?
        .ok_or_else(|| Error::not_found("factor", id))?;
        if !write.has_factor(holder.account).await? {
            if required {
                return Err(FactorError::Last);
            }
            write.forget_recovery_codes(holder.account).await?;
        }
        write
            .record(&Entry::by(holder.account, "factor.remove", holder.account).detail(&kind))
            .await?;
        write.tell(holder.account, Event::Removed).await?;
        Ok(write.commit().await?)
    }
}

impl Write<'_> {
    pub(crate) async fn has_factor(&mut self, account: &str) -> Result<bool, Error> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM factors WHERE account = $1")
            .bind(account)
            .fetch_one(&mut *self.tx)
            .await?;
        Ok(count > 0)
    }

    /// Somebody with a factor changes factors only in a session that has shown one: a session of
    /// before, left open somewhere, must not add a factor of its own.
    pub(crate) async fn expect_shown(
        &mut self,
        holder: FactorHolder<'_>,
    ) -> Result<(), FactorError> {
        let shown: Option<i64> = sqlx::query_scalar(
            "SELECT second_factor_at FROM sessions WHERE id = $1 AND account = $2 AND ended_at IS NULL",
        )
        .bind(holder.session)
        .bind(holder.account)
        .fetch_optional(&mut *self.tx)
        .await?
        .ok_or_else(|| Error::not_found("session", holder.session))?;
        if shown.is_none() && self.has_factor(holder.account).await? {
            return Err(FactorError::LogInAgain);
        }
        Ok(())
    }

    async fn add_factor(
        &mut self,
        holder: FactorHolder<'_>,
        new: NewFactor<'_>,
    ) -> Result<(), FactorError> {
        let id = Uuid::now_v7().to_string();
        let sealed = self.store().vault.seal(&place(&id), new.secret)?;
        let first = !self.has_factor(holder.account).await?;
        sqlx::query(
            "INSERT INTO factors (id, account, kind, name, sealed, credential, last_step, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&id)
        .bind(holder.account)
        .bind(new.kind.as_str())
        .bind(new.name)
        .bind(sealed)
        .bind(new.credential)
        .bind(new.step)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await
        .map_err(|error| match Error::or_exists(error, "factor", &id) {
            Error::Exists { .. } => FactorError::Taken,
            other => other.into(),
        })?;
        let entry = Entry::by(holder.account, "factor.add", holder.account);
        self.record(&entry.detail(new.kind.as_str())).await?;
        self.tell(holder.account, Event::Added(new.kind)).await?;
        // What the password alone could make must not outlast the day it no longer suffices.
        if first && self.end_api_keys(holder.account, holder.account).await? {
            self.tell(holder.account, Event::KeysRevoked).await?;
        }
        Ok(())
    }

    /// The session has just shown a second factor. It goes on under another token (ASVS 7.2.4);
    /// `None` when it had shown one before.
    async fn step_up(&mut self, holder: FactorHolder<'_>) -> Result<Option<Token>, Error> {
        let token = Token::fresh()?;
        let done = sqlx::query(
            "UPDATE sessions SET second_factor_at = $1, token_hash = $2
             WHERE id = $3 AND ended_at IS NULL AND second_factor_at IS NULL",
        )
        .bind(self.now)
        .bind(Token::hash(token.as_str()))
        .bind(holder.session)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        self.change(&Change::Session(holder.session.to_owned()))
            .await?;
        Ok(Some(token))
    }
}
