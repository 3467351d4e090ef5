//! A log-in between the right password and the second factor. It is no session and opens nothing:
//! five minutes, five tries, bound to the browser by a token of its own. Wrong codes count with
//! wrong passwords, and the password alone clears no failure: who knows it cannot guess on for ever.

use super::notice::Event;
use super::passkey::{self, RelyingParty};
use crate::error::Error;
use crate::journal::Entry;
use crate::login::{LoginError, Place};
use crate::session::OpenSession;
use crate::store::{Store, Write};
use crate::throttle::Origin;
use crate::token::Token;
use sqlx::Row as _;

/// Seconds between password and factor.
const LIFETIME: i64 = 300;
/// Wrong factors until the password is asked for again.
const TRIES: i64 = 5;

/// What somebody may show beside the password.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// Six digits of an application.
    Totp(&'a str),
    /// A printed code.
    Recovery(&'a str),
    /// What a passkey signed (JSON), for this portal.
    Passkey(&'a RelyingParty, &'a str),
}

impl std::fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Proof<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::Totp(_) => "totp",
            Self::Recovery(_) => "recovery",
            Self::Passkey(..) => "passkey",
        }
    }
}

/// What the person can be asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingLogin {
    /// They have an application.
    pub totp: bool,
    /// For `navigator.credentials.get` (JSON), when they have a passkey.
    pub passkey: Option<String>,
    /// They have printed codes left.
    pub recovery: bool,
}

struct Pending {
    account: String,
    login: String,
    sealed: Option<String>,
}

fn place(token_hash: &str) -> String {
    format!("pending_logins/{token_hash}")
}

impl Write<'_> {
    /// A log-in that waits for its factor.
    pub(crate) async fn add_pending(&mut self, account: &str, host: &str) -> Result<Token, Error> {
        let token = Token::fresh()?;
        sqlx::query("DELETE FROM pending_logins WHERE expires_at <= $1")
            .bind(self.now)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query(
            "INSERT INTO pending_logins (token_hash, account, host, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(Token::hash(token.as_str()))
        .bind(account)
        .bind(host)
        .bind(self.now + LIFETIME)
        .execute(&mut *self.tx)
        .await?;
        Ok(token)
    }

    /// Takes one of its tries, and tells which one; `None` when none is left.
    async fn take_try(&mut self, token_hash: &str) -> Result<Option<i64>, Error> {
        let taken = sqlx::query_scalar(
            "UPDATE pending_logins SET tries = tries + 1 WHERE token_hash = $1 AND tries < $2 AND expires_at > $3
             RETURNING tries",
        )
        .bind(token_hash)
        .bind(TRIES)
        .bind(self.now)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(taken)
    }

    /// Counts a wrong factor. After the last one the person learns that their password is known.
    async fn refuse_factor(
        &mut self,
        pending: &Pending,
        origin: &Origin,
        tries: i64,
        entry: Entry,
    ) -> Result<(), Error> {
        self.count_try(origin, false).await?;
        self.record(&entry.decided("refusal", &[])).await?;
        if tries >= TRIES {
            self.tell(&pending.account, Event::Guessed).await?;
        }
        Ok(())
    }

    async fn end_pending(&mut self, token_hash: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM pending_logins WHERE token_hash = $1")
            .bind(token_hash)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Whether the proof is one, and uses it up.
    async fn accept(
        &mut self,
        account: &str,
        proof: Proof<'_>,
        asked: Option<&[u8]>,
    ) -> Result<bool, Error> {
        match (proof, asked) {
            (Proof::Totp(code), _) => self.use_totp(account, code).await,
            (Proof::Recovery(code), _) => {
                let right = self.use_recovery_code(account, code).await?;
                if right {
                    self.tell(account, Event::CodeUsed).await?;
                }
                Ok(right)
            }
            (Proof::Passkey(party, answer), Some(asked)) => {
                self.use_passkey(account, party, asked, answer).await
            }
            (Proof::Passkey(..), None) => Ok(false),
        }
    }
}

impl Store {
    /// What a pending log-in on this host waits for; `None` when there is none (any more).
    pub async fn find_pending_login(
        &self,
        token: &str,
        host: &str,
        party: Option<&RelyingParty>,
    ) -> Result<Option<PendingLogin>, Error> {
        let hash = Token::hash(token);
        let Some(pending) = self.pending(&hash, host).await? else {
            return Ok(None);
        };
        let totp: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM factors WHERE account = $1 AND kind = 'totp'")
                .bind(&pending.account)
                .fetch_one(&self.pool)
                .await?;
        let passkey = match party {
            Some(party) => self.challenge(&hash, &pending, party).await?,
            None => None,
        };
        Ok(Some(PendingLogin {
            totp: totp > 0,
            passkey,
            recovery: self.count_recovery_codes(&pending.account).await? > 0,
        }))
    }

    async fn pending(&self, token_hash: &str, host: &str) -> Result<Option<Pending>, Error> {
        let row = sqlx::query(
            "SELECT p.account, p.sealed, a.login FROM pending_logins p JOIN accounts a ON a.id = p.account
             WHERE p.token_hash = $1 AND p.host = $2 AND p.expires_at > $3 AND p.tries < $4",
        )
        .bind(token_hash)
        .bind(host)
        .bind(self.clock.now())
        .bind(TRIES)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Pending {
            account: row.try_get("account")?,
            login: row.try_get("login")?,
            sealed: row.try_get("sealed")?,
        }))
    }

    /// What a device is asked: the same each time the page is shown, so that two tabs both serve.
    async fn challenge(
        &self,
        token_hash: &str,
        pending: &Pending,
        party: &RelyingParty,
    ) -> Result<Option<String>, Error> {
        if let Some(sealed) = &pending.sealed {
            let asked = self.vault.open(&place(token_hash), sealed)?;
            return passkey::options(&asked).map(Some);
        }
        let Some(asked) = self.ask_passkey(&pending.account, party).await? else {
            return Ok(None);
        };
        let sealed = self.vault.seal(&place(token_hash), asked.as_bytes())?;
        let mut write = self.write().await?;
        sqlx::query("UPDATE pending_logins SET sealed = $1 WHERE token_hash = $2")
            .bind(sealed)
            .bind(token_hash)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await?;
        passkey::options(asked.as_bytes()).map(Some)
    }

    /// Shows the second factor of a pending log-in, which becomes a portal session.
    ///
    /// # Errors
    /// See [`LoginError`]; [`LoginError::Gone`] when the password is to be typed again.
    pub async fn show_second_factor(
        &self,
        token: &str,
        proof: Proof<'_>,
        at: Place<'_>,
    ) -> Result<OpenSession, LoginError> {
        let hash = Token::hash(token);
        let pending = self.pending(&hash, at.host).await?;
        let pending = pending.ok_or(LoginError::Gone)?;
        let origin = Origin::new(&pending.login, at.address);
        let turn = self.turns.of(&origin);
        let _turn = turn.lock().await;
        let wait = self.wait_before_login(&origin).await?;
        if wait > 0 {
            return Err(LoginError::Wait(wait));
        }
        let asked = match &pending.sealed {
            Some(sealed) => Some(self.vault.open(&place(&hash), sealed)?),
            None => None,
        };
        let membership = self.first_membership(&pending.account).await?;
        let mut write = self.write().await?;
        let tries = write.take_try(&hash).await?.ok_or(LoginError::Gone)?;
        let asked = asked.as_deref().map(Vec::as_slice);
        let entry = Entry::by(&pending.account, "login.factor", "portal").detail(proof.name());
        if !write.accept(&pending.account, proof, asked).await? {
            write.refuse_factor(&pending, &origin, tries, entry).await?;
            write.commit().await?;
            return Err(LoginError::Wrong);
        }
        write.end_pending(&hash).await?;
        let Some(membership) = membership else {
            write.record(&entry.decided("refusal", &[])).await?;
            write.commit().await?;
            return Err(LoginError::Closed);
        };
        write.record(&entry).await?;
        let session = write
            .open_portal_session(&pending.account, &membership, &origin, &at)
            .await?;
        write.mark_second_factor(&session.id).await?;
        write.commit().await?;
        Ok(session)
    }
}
