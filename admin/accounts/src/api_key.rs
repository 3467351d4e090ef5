//! Keys that programs call the API with: sessions of their own kind. What holds of sessions (looked
//! up by hash, cut when revoked or suspended) holds of them; they end on a day, not when idle, and
//! count as no second factor.

use crate::changes::Change;
use crate::error::Error;
use crate::factor::{FactorError, FactorHolder};
use crate::journal::Entry;
use crate::outbox::Letter;
use crate::overseen::Overseen;
use crate::password::Password;
use crate::store::{Store, Write};
use crate::token::Token;
use crate::within::Within;
use policies::MembershipId;
use sqlx::Row as _;

/// What tells a key from anything else that a program may send.
const PREFIX: &str = "cvg_";
/// The secret of a key and its prefix.
const LENGTH: usize = 47;

/// A key, as its owner sees it in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiKey {
    /// Public reference; gives no access.
    pub id: String,
    /// As its owner calls it.
    pub name: String,
    /// The name of the collectivité that it works in.
    pub collectivite: String,
    /// Unix seconds, like all times here.
    pub created_at: i64,
    /// The last request known to the store.
    pub used_at: Option<i64>,
    /// Worth nothing from then on.
    pub expires_at: i64,
    /// Whether it only asks who has access to what.
    pub asks_only: bool,
}

/// A key that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewApiKey<'a> {
    /// As its owner calls it.
    pub name: &'a str,
    /// The only host that it is for.
    pub host: &'a str,
    /// Unix seconds.
    pub expires_at: i64,
    /// Whether it may only ask who has access to what, and do nothing.
    pub asks_only: bool,
}

impl ApiKey {
    /// What the store keeps of a text that looks like a key; `None` for any other.
    pub fn digest(text: &str) -> Option<[u8; 32]> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let whole = text.len() == LENGTH && text.starts_with(PREFIX) && text.bytes().all(plain);
        whole.then(|| Token::digest(text))
    }
}

impl Within<'_> {
    /// Makes a key that works for the person who acts, in this collectivité. It is not shown again.
    ///
    /// # Errors
    /// The password that confirms it, or a session that has not shown the person's second factor.
    pub async fn add_api_key(
        &self,
        holder: FactorHolder<'_>,
        password: &Password,
        new: NewApiKey<'_>,
    ) -> Result<Token, FactorError> {
        let membership = self.by_membership();
        let store = self.store;
        store.add_api_key(holder, membership, password, new).await
    }
}

impl Overseen<'_> {
    /// The same for somebody who follows collectivités, through a membership of theirs.
    ///
    /// # Errors
    /// As [`Within::add_api_key`]; [`Error::NotFound`] for a membership of somebody else.
    pub async fn add_api_key(
        &self,
        holder: FactorHolder<'_>,
        membership: &MembershipId,
        password: &Password,
        new: NewApiKey<'_>,
    ) -> Result<Token, FactorError> {
        let store = self.store;
        store.add_api_key(holder, membership, password, new).await
    }
}

impl Write<'_> {
    /// Ends every key of an account; says whether there was one.
    pub(crate) async fn end_api_keys(&mut self, account: &str, by: &str) -> Result<bool, Error> {
        let ended: Vec<(String, String)> = sqlx::query_as(
            "UPDATE sessions SET ended_at = $1
             WHERE account = $2 AND expires_at IS NOT NULL AND ended_at IS NULL
             RETURNING id, (SELECT m.collectivite FROM memberships m WHERE m.id = sessions.membership)",
        )
        .bind(self.now)
        .bind(account)
        .fetch_all(&mut *self.tx)
        .await?;
        for (id, collectivite) in &ended {
            self.change(&Change::Session(id.clone())).await?;
            let entry = Entry::by(by, "key.revoke", id);
            self.record(&entry.within(&collectivite.as_str().into()))
                .await?;
        }
        Ok(!ended.is_empty())
    }
}

impl Store {
    async fn add_api_key(
        &self,
        holder: FactorHolder<'_>,
        membership: &MembershipId,
        password: &Password,
        new: NewApiKey<'_>,
    ) -> Result<Token, FactorError> {
        self.confirm_password(holder, password).await?;
        let token = Token::fresh()?.with_prefix(PREFIX);
        let mut write = self.write().await?;
        write.expect_shown(holder).await?;
        let collectivite: String = sqlx::query_scalar(
            "SELECT collectivite FROM memberships WHERE id = $1 AND account = $2",
        )
        .bind(membership.as_str())
        .bind(holder.account)
        .fetch_optional(&mut *write.tx)
        .await?
        .ok_or_else(|| Error::not_found("membership", membership.as_str()))?;
        let id = write
            .add_session(&token, None, new.host, holder.account, membership.as_str())
            .await?;
        sqlx::query(
            "UPDATE sessions SET label = $1, expires_at = $2, asks_only = $3 WHERE id = $4",
        )
        .bind(new.name)
        .bind(new.expires_at)
        .bind(i64::from(new.asks_only))
        .bind(&id)
        .execute(&mut *write.tx)
        .await?;
        let entry = Entry::by(holder.account, "key.add", &id);
        write.record(&entry.within(&collectivite.into())).await?;
        write.post(holder.account, made(new.asks_only)).await?;
        write.commit().await?;
        Ok(token)
    }

    /// Ends a key of whoever owns it, wherever it works and whatever they are there by now.
    ///
    /// # Errors
    /// [`Error::NotFound`] for one that has ended, or is somebody else's.
    pub async fn revoke_api_key(&self, account: &str, id: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let collectivite: Option<String> = sqlx::query_scalar(
            "UPDATE sessions SET ended_at = $1
             WHERE id = $2 AND account = $3 AND expires_at IS NOT NULL AND ended_at IS NULL
             RETURNING (SELECT m.collectivite FROM memberships m WHERE m.id = sessions.membership)",
        )
        .bind(write.now)
        .bind(id)
        .bind(account)
        .fetch_optional(&mut *write.tx)
        .await?;
        let collectivite = collectivite.ok_or_else(|| Error::not_found("key", id))?;
        write.change(&Change::Session(id.to_owned())).await?;
        let entry = Entry::by(account, "key.revoke", id);
        let entry = entry.within(&collectivite.as_str().into());
        write.record(&entry).await?;
        write.commit().await
    }

    /// The keys of an account that serve, the newest first.
    pub async fn list_api_keys(&self, account: &str) -> Result<Vec<ApiKey>, Error> {
        let rows = sqlx::query(
            "SELECT s.id, s.label, s.created_at, s.seen_at, s.expires_at, s.asks_only, c.name AS collectivite
             FROM sessions s JOIN memberships m ON m.id = s.membership JOIN collectivites c ON c.id = m.collectivite
             WHERE s.account = $1 AND s.expires_at > $2 AND s.ended_at IS NULL ORDER BY s.created_at DESC, s.id",
        )
        .bind(account)
        .bind(self.clock.now())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let (created_at, seen_at) = (row.try_get("created_at")?, row.try_get("seen_at")?);
                Ok(ApiKey {
                    id: row.try_get("id")?,
                    name: row.try_get("label")?,
                    collectivite: row.try_get("collectivite")?,
                    created_at,
                    used_at: Some(seen_at).filter(|at| *at > created_at),
                    expires_at: row.try_get("expires_at")?,
                    asks_only: row.try_get::<i64, _>("asks_only")? != 0,
                })
            })
            .collect()
    }
}

/// To whoever's key it is: somebody else may have made it.
fn made(asks_only: bool) -> Letter {
    let serves = if asks_only {
        "de demander, par l’API, qui a accès à quoi dans votre collectivité"
    } else {
        "d’agir en votre nom par l’API"
    };
    Letter::Notice {
        subject: "Une clé de programme a été créée pour votre compte".to_owned(),
        paragraphs: vec![
            format!("Une clé de programme vient d’être créée pour votre compte Convergences\u{a0}: elle permet {serves}."),
            "Si c’est vous, vous n’avez rien à faire. Sinon, révoquez-la aussitôt et changez votre mot de passe.".to_owned(),
        ],
        path: Some("/compte/cles".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_key_is_looked_up() {
        let secret = Token::fresh().unwrap();
        let key = Token::fresh().unwrap().with_prefix(PREFIX);
        assert_eq!(
            ApiKey::digest(key.as_str()),
            Some(Token::digest(key.as_str()))
        );
        let cut: String = key.as_str().chars().skip(1).collect();
        let spaced = key.as_str().replace(['a', 'e', 'i', 'o', 'u', '_'], " ");
        for other in [secret.as_str(), &cut, &spaced, "", "cvg_"] {
            assert_eq!(ApiKey::digest(other), None, "{other}");
        }
    }
}
