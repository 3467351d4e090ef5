//! Links that letters carry: to choose a first password, or another one. Kept hashed, for one
//! account and one purpose, used once. A newer one ends those before it.

use crate::error::Error;
use crate::outbox::Letter;
use crate::store::Write;
use crate::token::Token;
use uuid::Uuid;

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Choosing the first password.
    Activation,
    /// Choosing another one.
    Reset,
}

impl Purpose {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Reset => "reset",
        }
    }

    /// Seconds that a link serves: a week to come for the first time, half an hour to come back.
    pub fn lifetime(self) -> i64 {
        match self {
            Self::Activation => 7 * 86_400,
            Self::Reset => 30 * 60,
        }
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
        self.revoke_links(account, purpose).await?;
        let token = Token::fresh()?;
        let expires_at = self.now + purpose.lifetime();
        let letter = match purpose {
            Purpose::Activation => Letter::Invitation {
                token: token.as_str().to_owned(),
                collectivite: collectivite.to_owned(),
                expires_at,
            },
            Purpose::Reset => Letter::PasswordReset {
                token: token.as_str().to_owned(),
                expires_at,
            },
        };
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
