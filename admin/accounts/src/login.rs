//! Logging in: one answer, in one time, whether the account exists or not.

use crate::account::normal_login;
use crate::error::Error;
use crate::journal::Entry;
use crate::password::Password;
use crate::session::OpenSession;
use crate::store::Store;
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

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Unknown login or wrong password: never told apart.
    #[error("the login or the password is wrong")]
    Wrong,
    /// Too many wrong tries; the password was not looked at.
    #[error("too many tries, wait {0} s")]
    Wait(i64),
    /// The account is suspended, or belongs to no collectivité; the password was right.
    #[error("the account is not open")]
    Closed,
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
    /// Checks a password and opens a portal session.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub async fn log_in(
        &self,
        login: &str,
        password: &Password,
        place: Place<'_>,
    ) -> Result<OpenSession, LoginError> {
        let login = normal_login(login);
        let origin = Origin::new(&login, place.address);
        // One after the other: tries made at the same time must not slip past the counters.
        let turn = self.turns.of(&origin);
        let _turn = turn.lock().await;
        let wait = self.wait_before_login(&origin).await?;
        if wait > 0 {
            return Err(LoginError::Wait(wait));
        }
        let row =
            sqlx::query("SELECT id, password_hash, suspended_at FROM accounts WHERE login = $1")
                .bind(&login)
                .fetch_optional(&self.pool)
                .await?;
        let stored = match &row {
            Some(row) => row.try_get::<Option<String>, _>("password_hash")?,
            None => None,
        };
        let known: Option<String> = row.as_ref().map(|row| row.try_get("id")).transpose()?;
        let right = self.hasher.verify(password, stored).await?;
        let Some(row) = row.filter(|_| right) else {
            self.note_failure(&origin, known.as_deref().unwrap_or("unknown"))
                .await?;
            return Err(LoginError::Wrong);
        };
        let account: String = row.try_get("id")?;
        let suspended = row.try_get::<Option<i64>, _>("suspended_at")?.is_some();
        let membership = self.list_memberships(&account).await?.into_iter().next();
        let Some(membership) = membership.filter(|_| !suspended) else {
            self.record(&[Entry::by(&account, "login", "portal").decided("refusal", &[])])
                .await?;
            return Err(LoginError::Closed);
        };
        let token = Token::fresh()?;
        let mut write = self.write().await?;
        write.count_try(&origin, true).await?;
        let id = write
            .add_session(&token, None, place.host, &account, membership.id.as_str())
            .await?;
        write.note_login(membership.id.as_str()).await?;
        write.note_device(&id, place.device).await?;
        write
            .record(&Entry::by(&account, "login", "portal").within(&membership.collectivite))
            .await?;
        write.commit().await?;
        Ok(OpenSession { id, token })
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
