//! Choosing a password: by a link that a letter carried, or with the one in force. Whoever chose it
//! is the only one left inside: other links of the account end, and its sessions unless asked.

use crate::account::Account;
use crate::error::Error;
use crate::factor::FactorHolder;
use crate::journal::Entry;
use crate::link::{LinkState, Purpose};
use crate::login::LoginError;
use crate::outbox::Letter;
use crate::password::Password;
use crate::password_policy::{Weakness, weaknesses};
use crate::store::{Store, Write};
use crate::token::Token;
use std::net::IpAddr;

/// Why a password was not taken. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is not one that may be chosen.
    #[error("the password is too weak")]
    Weak(Vec<Weakness>),
    /// The link does not serve.
    #[error("the link does not serve")]
    Link(LinkState),
    /// The password in force is another one.
    #[error("the password in force is another one")]
    Wrong,
    /// Too many wrong tries; it was not looked at.
    #[error("too many tries, wait {0} s")]
    Wait(i64),
    /// The store, or the queue. [`Error::NotFound`] for a link that never was.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for PasswordError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Sets the password of a link's account, and tells what the link was for. The link is used up;
    /// every other one of the account and every session ends.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn use_link(
        &self,
        token: &str,
        password: &Password,
    ) -> Result<Purpose, PasswordError> {
        let token_hash = Token::hash(token);
        let link = self.read_link(&token_hash).await?;
        let (link, _) = link
            .filter(|(link, _)| link.purpose != Purpose::Address)
            .ok_or_else(|| Error::not_found("link", "(secret)"))?;
        if link.state != LinkState::Open {
            return Err(PasswordError::Link(link.state));
        }
        let factor = !self.list_factors(&link.account.id).await?.is_empty();
        judge(&link.account, &link.collectivites, password, factor)?;
        let hash = self.hasher.hash(password).await?;
        let mut write = self.write().await?;
        if !write.spend_link(&token_hash).await? {
            drop(write);
            // Somebody was faster; the reason is in the link by now.
            let link = self.read_link(&token_hash).await?;
            let state = link.map_or(LinkState::Used(self.clock.now()), |(link, _)| link.state);
            return Err(PasswordError::Link(state));
        }
        let account = link.account.id.as_str();
        write.set_password(account, &hash).await?;
        write.confirm(account).await?;
        write.end_sessions_but(account, "", account).await?;
        let act = if link.purpose == Purpose::Activation {
            "account.activate"
        } else {
            "password.reset"
        };
        write.record(&Entry::by(account, act, account)).await?;
        if link.purpose == Purpose::Reset {
            write.post(account, notice()).await?;
        }
        write.commit().await?;
        Ok(link.purpose)
    }

    /// Sets another password with the one in force, which is asked for again; `keep` is the portal
    /// session that goes on, and the others end if `end_others`.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn change_password(
        &self,
        account: &Account,
        proof: PasswordProof<'_>,
        password: &Password,
        end_others: bool,
    ) -> Result<(), PasswordError> {
        self.prove(account, &proof).await?;
        if proof.password == password {
            return Err(PasswordError::Weak(vec![Weakness::Same]));
        }
        let memberships = self.list_memberships(&account.id).await?;
        let collectivites: Vec<String> = memberships
            .into_iter()
            .map(|membership| membership.collectivite_name)
            .collect();
        let factor = !self.list_factors(&account.id).await?.is_empty();
        judge(account, &collectivites, password, factor)?;
        let hash = self.hasher.hash(password).await?;
        let mut write = self.write().await?;
        write.set_password(&account.id, &hash).await?;
        if end_others {
            write
                .end_sessions_but(&account.id, proof.session, &account.id)
                .await?;
        }
        write
            .record(&Entry::by(&account.id, "password.change", &account.id))
            .await?;
        write.post(&account.id, notice()).await?;
        write.commit().await?;
        Ok(())
    }

    /// Checks the password in force, as slowly as a log-in after wrong ones.
    async fn prove(
        &self,
        account: &Account,
        proof: &PasswordProof<'_>,
    ) -> Result<(), PasswordError> {
        let holder = FactorHolder {
            account: &account.id,
            session: proof.session,
            address: proof.address,
        };
        match self.confirm_password(holder, proof.password).await {
            Ok(_) => Ok(()),
            Err(LoginError::Wait(seconds)) => Err(PasswordError::Wait(seconds)),
            Err(LoginError::Store(error)) => Err(error.into()),
            Err(_) => Err(PasswordError::Wrong),
        }
    }
}

/// What shows that it is the person who asks, and not who found the screen unlocked.
#[derive(Clone, Copy, Debug)]
pub struct PasswordProof<'a> {
    /// The password in force.
    pub password: &'a Password,
    /// The portal session that asks.
    pub session: &'a str,
    /// The person's address, when known.
    pub address: Option<IpAddr>,
}

impl Write<'_> {
    /// Uses a link up; false when it does not serve (any more).
    pub(crate) async fn spend_link(&mut self, token_hash: &str) -> Result<bool, Error> {
        let done = sqlx::query(
            "UPDATE links SET used_at = $1
             WHERE token_hash = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $1
               AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = links.account AND a.suspended_at IS NULL)",
        )
        .bind(self.now)
        .bind(token_hash)
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Sets it, and ends the links by which another one could be chosen.
    async fn set_password(&mut self, account: &str, hash: &str) -> Result<(), Error> {
        sqlx::query("UPDATE accounts SET password_hash = $1 WHERE id = $2")
            .bind(hash)
            .bind(account)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query("DELETE FROM pending_logins WHERE account = $1")
            .bind(account)
            .execute(&mut *self.tx)
            .await?;
        self.revoke_links(account, Purpose::Activation).await?;
        self.revoke_links(account, Purpose::Reset).await?;
        Ok(())
    }
}

/// A password that a second factor stands beside may be shorter.
fn judge(
    account: &Account,
    collectivites: &[String],
    password: &Password,
    second_factor: bool,
) -> Result<(), PasswordError> {
    let mut known = collectivites.to_vec();
    known.extend([
        account.login.clone(),
        account.given_name.clone(),
        account.family_name.clone(),
        account.full_name(),
    ]);
    let found = weaknesses(password, &known, second_factor);
    if found.is_empty() {
        Ok(())
    } else {
        Err(PasswordError::Weak(found))
    }
}

fn notice() -> Letter {
    Letter::Notice {
        subject: "Votre mot de passe a été changé".to_owned(),
        paragraphs: vec![
            "Un nouveau mot de passe vient d’être choisi pour votre compte Convergences.".to_owned(),
            "Si c’est vous, vous n’avez rien à faire. Sinon, demandez aussitôt un nouveau mot de passe depuis la page de connexion et prévenez un référent de votre collectivité.".to_owned(),
        ],
        path: Some("/oubli".to_owned()),
    }
}
