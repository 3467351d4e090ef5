//! Logging in: one answer, in one time, whether the account exists or not.

use crate::account::{self, Account, normal_login};
use crate::error::Error;
use crate::factor::FactorHolder;
use crate::journal::Entry;
use crate::membership::Membership;
use crate::password::Password;
use crate::session::OpenSession;
use crate::store::{Store, Write};
use crate::throttle::Origin;
use crate::token::Token;
use sqlx::Row as _;
use std::net::IpAddr;

/// Where a login happens.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The portal's host: the session is for that one.
    pub host: &'a str,
    /// The person's address, when known.
    pub address: Option<IpAddr>,
    /// « Firefox sous Windows »: what the person will know the session by; may be empty.
    pub device: &'a str,
}

/// What a right password leads to.
#[derive(Clone, Debug)]
pub enum LogIn {
    /// A portal session.
    Open(OpenSession),
    /// The secret of a log-in that waits for a second factor; it opens nothing by itself.
    SecondFactor(Token),
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Unknown login or wrong password, never told apart; or a wrong second factor.
    #[error("the login, the password or the second factor is wrong")]
    Wrong,
    /// Too many wrong tries; the password was not looked at.
    #[error("too many tries, wait {0} s")]
    Wait(i64),
    /// The account is suspended, or belongs to no collectivité; the password was right.
    #[error("the account is not open")]
    Closed,
    /// There is no log-in that waits for a second factor (any more): from the password again.
    #[error("the log-in took too long, or too many tries")]
    Gone,
    /// The store, or the queue.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for LoginError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Checks a password. It opens a portal session, unless the person has a second factor.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub async fn log_in(
        &self,
        login: &str,
        password: &Password,
        place: Place<'_>,
    ) -> Result<LogIn, LoginError> {
        let login = normal_login(login);
        let origin = Origin::new(&login, place.address);
        // One after the other: tries made at the same time must not slip past the counters.
        let turn = self.turns.of(&origin);
        let _turn = turn.lock().await;
        let wait = self.wait_before_login(&origin).await?;
        if wait > 0 {
            return Err(LoginError::Wait(wait));
        }
        let row = sqlx::query("SELECT id, password_hash FROM accounts WHERE login = $1")
            .bind(&login)
            .fetch_optional(&self.pool)
            .await?;
        let stored = match &row {
            Some(row) => row.try_get::<Option<String>, _>("password_hash")?,
            None => None,
        };
        let known: Option<String> = row.as_ref().map(|row| row.try_get("id")).transpose()?;
        let right = self.hasher.verify(password, stored.clone()).await?;
        let Some(row) = row.filter(|_| right) else {
            self.note_failure(&origin, known.as_deref().unwrap_or("unknown"))
                .await?;
            return Err(LoginError::Wrong);
        };
        let account: String = row.try_get("id")?;
        let Some(membership) = self.first_membership(&account).await? else {
            self.record(&[Entry::by(&account, "login", "portal").decided("refusal", &[])])
                .await?;
            return Err(LoginError::Closed);
        };
        let mut write = self.write().await?;
        if !write.has_password(&account, stored.as_deref()).await? {
            // Changed while it was being checked: what was right then opens nothing now.
            return Err(LoginError::Wrong);
        }
        if write.has_factor(&account).await? {
            // No success yet: the password alone clears no failure.
            let token = write.add_pending(&account, place.host).await?;
            let entry = Entry::by(&account, "login.password", "portal");
            write
                .record(&entry.within(&membership.collectivite))
                .await?;
            write.commit().await?;
            return Ok(LogIn::SecondFactor(token));
        }
        let session = write
            .open_portal_session(&account, &membership, &origin, &place)
            .await?;
        write.commit().await?;
        Ok(LogIn::Open(session))
    }

    /// The password again, before something that an open session alone must not do. Right or wrong,
    /// it clears no failure.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub(crate) async fn confirm_password(
        &self,
        holder: FactorHolder<'_>,
        password: &Password,
    ) -> Result<Account, LoginError> {
        let row = sqlx::query(
            "SELECT id AS account_id, login, given_name, family_name, suspended_at AS account_suspended_at, password_hash
             FROM accounts WHERE id = $1",
        )
        .bind(holder.account)
        .fetch_optional(&self.pool)
        .await?
        .ok_or_else(|| Error::not_found("account", holder.account))?;
        let account = account::read(&row)?;
        let origin = Origin::new(&account.login, holder.address);
        let turn = self.turns.of(&origin);
        let _turn = turn.lock().await;
        let wait = self.wait_before_login(&origin).await?;
        if wait > 0 {
            return Err(LoginError::Wait(wait));
        }
        let stored = row.try_get("password_hash")?;
        if !self.hasher.verify(password, stored).await? {
            self.note_failure(&origin, holder.account).await?;
            return Err(LoginError::Wrong);
        }
        Ok(account)
    }

    /// The membership that a log-in begins with: the one that the last session stood for, if it is still
    /// open; none for an account that is not open.
    pub(crate) async fn first_membership(
        &self,
        account: &str,
    ) -> Result<Option<Membership>, Error> {
        let suspended: Option<Option<i64>> =
            sqlx::query_scalar("SELECT suspended_at FROM accounts WHERE id = $1")
                .bind(account)
                .fetch_optional(&self.pool)
                .await?;
        if suspended != Some(None) {
            return Ok(None);
        }
        let last: Option<String> = sqlx::query_scalar(
            "SELECT membership FROM sessions WHERE account = $1 AND id = root AND expires_at IS NULL ORDER BY id DESC LIMIT 1",
        )
        .bind(account)
        .fetch_optional(&self.pool)
        .await?;
        let mut memberships = self.list_memberships(account).await?;
        let chosen = memberships
            .iter()
            .position(|one| last.as_deref() == Some(one.id.as_str()));
        let chosen = chosen.unwrap_or_default();
        Ok((chosen < memberships.len()).then(|| memberships.swap_remove(chosen)))
    }

    /// The same work for an account that does not exist.
    async fn note_failure(&self, origin: &Origin, account: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        write.count_try(origin, false).await?;
        write
            .record(&Entry::by(account, "login", "portal").decided("refusal", &[]))
            .await?;
        write.commit().await
    }
}

impl Write<'_> {
    /// Whether an account's password is still the one of this hash.
    pub(crate) async fn has_password(
        &mut self,
        account: &str,
        hash: Option<&str>,
    ) -> Result<bool, Error> {
        let current: Option<Option<String>> =
            sqlx::query_scalar("SELECT password_hash FROM accounts WHERE id = $1")
                .bind(account)
                .fetch_optional(&mut *self.tx)
                .await?;
        Ok(current.flatten().as_deref() == hash)
    }

    /// Opens a portal session, and lets the log-in count as a success.
    pub(crate) async fn open_portal_session(
        &mut self,
        account: &str,
        membership: &Membership,
        origin: &Origin,
        place: &Place<'_>,
    ) -> Result<OpenSession, Error> {
        let token = Token::fresh()?;
        self.count_try(origin, true).await?;
        let id = self
            .add_session(&token, None, place.host, account, membership.id.as_str())
            .await?;
        self.note_login(membership.id.as_str()).await?;
        self.note_device(&id, place.device).await?;
        self.record(&Entry::by(account, "login", "portal").within(&membership.collectivite))
            .await?;
        Ok(OpenSession { id, token })
    }
}
