//! Links that letters carry: to choose a first password or another one, to confirm an address. Kept hashed, for one
//! account and one purpose, used once. A newer one ends those before it. Opening one only looks:
//! programs that read mail open links too.

use crate::account::{self, Account};
use crate::error::Error;
use crate::outbox::Letter;
use crate::store::{Store, Write};
use crate::token::Token;
use sqlx::Row as _;
use uuid::Uuid;

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Choosing the first password.
    Activation,
    /// Choosing another one.
    Reset,
    /// Confirming that mail still arrives.
    Address,
}

impl Purpose {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Reset => "reset",
            Self::Address => "address",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        [Self::Activation, Self::Reset, Self::Address]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or_else(|| Error::Unreadable(text.to_owned()))
    }

    /// Seconds that a link serves: a week to come for the first time, half an hour to come back, a
    /// month to say that mail arrives.
    pub fn lifetime(self) -> i64 {
        match self {
            Self::Activation => 7 * 86_400,
            Self::Reset => 30 * 60,
            Self::Address => 30 * 86_400,
        }
    }
}

/// A link, as the page behind it shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// Whose.
    pub account: Account,
    /// The names of the person's collectivités, in their order.
    pub collectivites: Vec<String>,
    /// Whether it serves.
    pub state: LinkState,
    /// Until when it serves, Unix seconds.
    pub expires_at: i64,
}

/// Whether a link serves; if not, since when (Unix seconds).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkState {
    /// It does.
    Open,
    /// Too late.
    Expired(i64),
    /// A password was chosen by it.
    Used(i64),
    /// A newer one was sent, or it was withdrawn.
    Revoked(i64),
    /// The account is suspended.
    Suspended,
    /// An invitation of somebody who belongs to no collectivité any more.
    Left,
}

impl Store {
    /// What a link is for, and whether it serves. Notes that it was opened, and uses nothing up.
    pub async fn find_link(&self, token: &str) -> Result<Option<Link>, Error> {
        let hash = Token::hash(token);
        let Some((link, opened)) = self.read_link(&hash).await? else {
            return Ok(None);
        };
        if link.state == LinkState::Open && !opened {
            let mut write = self.write().await?;
            sqlx::query(
                "UPDATE links SET opened_at = $1 WHERE token_hash = $2 AND opened_at IS NULL",
            )
            .bind(write.now)
            .bind(hash)
            .execute(&mut *write.tx)
            .await?;
            write.commit().await?;
        }
        Ok(Some(link))
    }

    /// The link of a token's hash, and whether it was opened before.
    pub(crate) async fn read_link(&self, hash: &str) -> Result<Option<(Link, bool)>, Error> {
        let row = sqlx::query(
            "SELECT l.purpose, l.expires_at, l.opened_at, l.used_at, l.revoked_at, a.id AS account_id, a.login,
                    a.given_name, a.family_name, a.suspended_at AS account_suspended_at
             FROM links l JOIN accounts a ON a.id = l.account WHERE l.token_hash = $1",
        )
        .bind(hash)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let account = account::read(&row)?;
        let expires_at: i64 = row.try_get("expires_at")?;
        let time = |column| row.try_get::<Option<i64>, _>(column);
        let state = match (time("used_at")?, time("revoked_at")?) {
            (Some(at), _) => LinkState::Used(at),
            (None, Some(at)) => LinkState::Revoked(at),
            (None, None) if expires_at <= self.clock.now() => LinkState::Expired(expires_at),
            (None, None) if !account.active => LinkState::Suspended,
            (None, None) => LinkState::Open,
        };
        let memberships = self.list_memberships(&account.id).await?;
        let purpose = Purpose::parse(row.try_get("purpose")?)?;
        let left = purpose == Purpose::Activation && memberships.is_empty();
        let state = if left && state == LinkState::Open {
            LinkState::Left
        } else {
            state
        };
        let link = Link {
            purpose,
            account,
            collectivites: memberships
                .into_iter()
                .map(|membership| membership.collectivite_name)
                .collect(),
            state,
            expires_at,
        };
        Ok(Some((link, time("opened_at")?.is_some())))
    }
}

impl Write<'_> {
    /// Ends the account's links of this purpose, and posts a letter with a new one. `collectivite`
    /// is the name that an invitation speaks for.
    pub(crate) async fn post_link(
        &mut self,
        account: &str,
        purpose: Purpose,
        collectivite: &str,
    ) -> Result<(), Error> {
        let token = Token::fresh()?;
        let expires_at = self.now + purpose.lifetime();
        let letter = match purpose {
            Purpose::Activation => Letter::Invitation {
                token: token.as_str().to_owned(),
                collectivite: collectivite.to_owned(),
                referent: self.is_to_be_referent(account, collectivite).await?,
                expires_at,
            },
            Purpose::Reset => Letter::PasswordReset {
                token: token.as_str().to_owned(),
                expires_at,
            },
            Purpose::Address => Letter::AddressCheck {
                token: token.as_str().to_owned(),
                expires_at,
            },
        };
        self.post_with_link(account, purpose, letter, (&token, expires_at))
            .await
    }

    /// Whether somebody is invited as a référent of the collectivité of this name.
    pub(crate) async fn is_to_be_referent(
        &mut self,
        account: &str,
        collectivite: &str,
    ) -> Result<bool, Error> {
        let row = sqlx::query(
            "SELECT 1 FROM memberships m JOIN collectivites c ON c.id = m.collectivite
             WHERE m.account = $1 AND c.name = $2 AND m.role = 'referent' AND m.deleted_at IS NULL",
        )
        .bind(account)
        .bind(collectivite)
        .fetch_optional(&mut *self.tx);
        Ok(row.await?.is_some())
    }

    /// The same with a letter that carries this link, which serves until then.
    pub(crate) async fn post_with_link(
        &mut self,
        account: &str,
        purpose: Purpose,
        letter: Letter,
        (token, expires_at): (&Token, i64),
    ) -> Result<(), Error> {
        self.revoke_links(account, purpose).await?;
        let letter = self.post(account, letter).await?;
        sqlx::query(
            "INSERT INTO links (id, token_hash, account, purpose, letter, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(Token::hash(token.as_str()))
        .bind(account)
        .bind(purpose.as_str())
        .bind(letter)
        .bind(self.now)
        .bind(expires_at)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Ends the account's links of this purpose that were not used.
    pub(crate) async fn revoke_links(
        &mut self,
        account: &str,
        purpose: Purpose,
    ) -> Result<u64, Error> {
        let done = sqlx::query(
            "UPDATE links SET revoked_at = $1
             WHERE account = $2 AND purpose = $3 AND used_at IS NULL AND revoked_at IS NULL",
        )
        .bind(self.now)
        .bind(account)
        .bind(purpose.as_str())
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected())
    }
}
