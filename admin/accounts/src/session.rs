//! Sessions: one at the portal, one for each host opened from it. Opaque tokens, stored hashed;
//! ending the portal's ends them all.

use crate::account::{self, Account};
use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::{Store, Write};
use crate::token::Token;
use crate::within::is_open;
use policies::{Member, MembershipId, Role};
use sqlx::Row as _;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long sessions live.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionLimits {
    /// From login on, whatever happens.
    pub absolute: Duration,
    /// Without any request.
    pub idle: Duration,
}

/// A session just opened.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// Public reference.
    pub id: String,
    /// For the browser.
    pub token: Token,
}

/// A session as the way of a request needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRecord {
    /// Public reference.
    pub id: String,
    /// The portal session it hangs on; its own id for that one.
    pub root: String,
    /// The only host it is for.
    pub host: String,
    /// When the person logged in, Unix seconds.
    pub logged_in_at: i64,
    /// When the person showed a second factor at the portal, Unix seconds.
    pub second_factor_at: Option<i64>,
    /// What the person is in any collectivité.
    pub roles: Vec<Role>,
    /// The last request known to the store, on any host, Unix seconds.
    pub seen_at: i64,
    /// Whose.
    pub account: Account,
    /// In which collectivité, with which rights.
    pub member: Arc<Member>,
    /// That collectivité's name.
    pub collectivite_name: String,
    /// Rights must be read again from then on, Unix seconds.
    pub fresh_until: i64,
    /// When it ends, for a key of the API; none for a browser's.
    pub expires_at: Option<i64>,
    /// Whether such a key only asks who has access to what.
    pub asks_only: bool,
}

impl Write<'_> {
    pub(crate) async fn add_session(
        &mut self,
        token: &Token,
        root: Option<&str>,
        host: &str,
        account: &str,
        membership: &str,
    ) -> Result<String, Error> {
        let id = Uuid::new_v4().to_string();
        sqlx::query(
            "INSERT INTO sessions (id, token_hash, root, host, account, membership, created_at, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        )
        .bind(&id)
        .bind(Token::hash(token.as_str()))
        .bind(root.unwrap_or(&id))
        .bind(host)
        .bind(account)
        .bind(membership)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// Remembers that somebody came in here.
    pub(crate) async fn note_login(&mut self, membership: &str) -> Result<(), Error> {
        sqlx::query("UPDATE memberships SET last_login_at = $1 WHERE id = $2")
            .bind(self.now)
            .bind(membership)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// A portal session that was opened with a second factor.
    pub(crate) async fn mark_second_factor(&mut self, session: &str) -> Result<(), Error> {
        sqlx::query("UPDATE sessions SET second_factor_at = $1 WHERE id = $2")
            .bind(self.now)
            .bind(session)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}

impl Store {
    /// What the pages of a session write into their forms, and nobody else can know: services are
    /// told the session's id, but not the key.
    pub fn form_token(&self, session: &str) -> String {
        self.vault.form_token(session)
    }

    /// The session of a token on one host, unless it has ended or outlived its limits.
    pub async fn find_session(
        &self,
        token_hash: &str,
        host: &str,
        limits: SessionLimits,
    ) -> Result<Option<SessionRecord>, Error> {
        let row = sqlx::query(
            "SELECT s.id, s.root, s.host, r.created_at, r.seen_at, r.second_factor_at, r.expires_at, r.asks_only, r.membership, c.name AS collectivite_name,
                    a.id AS account_id, a.login, a.given_name, a.family_name, a.suspended_at AS account_suspended_at
             FROM sessions s JOIN sessions r ON r.id = s.root JOIN accounts a ON a.id = r.account
             JOIN memberships m ON m.id = r.membership JOIN collectivites c ON c.id = m.collectivite
             WHERE s.token_hash = $1 AND s.host = $2 AND s.ended_at IS NULL AND r.ended_at IS NULL
               AND ((r.expires_at IS NULL AND r.created_at > $3 AND r.seen_at > $4) OR r.expires_at > $5)",
        )
        .bind(token_hash)
        .bind(host)
        .bind(self.clock.now() - seconds(limits.absolute))
        .bind(self.clock.now() - seconds(limits.idle))
        .bind(self.clock.now())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let account = account::read(&row)?;
        let membership: String = row.try_get("membership")?;
        let (member, fresh_until) = self.get_member(&membership, account.active).await?;
        let roles = self.list_memberships(&account.id).await?;
        Ok(Some(SessionRecord {
            id: row.try_get("id")?,
            root: row.try_get("root")?,
            host: row.try_get("host")?,
            logged_in_at: row.try_get("created_at")?,
            second_factor_at: row.try_get("second_factor_at")?,
            roles: roles.iter().map(|membership| membership.role).collect(),
            seen_at: row.try_get("seen_at")?,
            account,
            member,
            collectivite_name: row.try_get("collectivite_name")?,
            fresh_until,
            expires_at: row.try_get("expires_at")?,
            asks_only: row.try_get::<i64, _>("asks_only")? != 0,
        }))
    }

    /// Ends a portal session and every host session that hangs on it.
    pub async fn end_session(&self, root: &str, by: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done =
            sqlx::query("UPDATE sessions SET ended_at = $1 WHERE root = $2 AND ended_at IS NULL")
                .bind(write.now)
                .bind(root)
                .execute(&mut *write.tx)
                .await?;
        if done.rows_affected() > 0 {
            write.change(&Change::Session(root.to_owned())).await?;
            write.record(&Entry::by(by, "session.end", root)).await?;
        }
        write.commit().await
    }

    /// Ends every session of an account, and tells how many there were.
    pub async fn end_sessions_of(&self, account: &str, by: &str) -> Result<usize, Error> {
        let mut write = self.write().await?;
        let ended = write.end_sessions_but(account, "", by).await?;
        write.commit().await?;
        Ok(ended)
    }

    /// Lets a session stand for another membership of the same account.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the membership is not the account's, or is suspended.
    pub async fn switch_membership(
        &self,
        root: &str,
        membership: &MembershipId,
        by: &str,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done = sqlx::query(concat!(
            "UPDATE sessions SET membership = $1 WHERE root = $2 AND ended_at IS NULL AND expires_at IS NULL AND EXISTS
             (SELECT 1 FROM memberships m WHERE m.id = $1 AND m.account = sessions.account AND ",
            is_open!("$3"),
            ")"
        ))
        .bind(membership.as_str())
        .bind(root)
        .bind(write.now)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("membership", membership.as_str()));
        }
        write.note_login(membership.as_str()).await?;
        write.change(&Change::Session(root.to_owned())).await?;
        write
            .record(&Entry::by(by, "session.switch", membership.as_str()))
            .await?;
        write.commit().await
    }

    /// Forgets what is of no use any more: sessions beyond their limits, log-in tries that no
    /// longer count, changes that every node has seen, answers kept for programs, files that were kept for a day, people who were
    /// deleted for long enough.
    pub async fn purge(&self, limits: SessionLimits) -> Result<(), Error> {
        const DAY: i64 = 86_400;
        let now = self.clock.now();
        let mut write = self.write().await?;
        for (statement, before) in [
            ("DELETE FROM handshakes WHERE expires_at < $1", now),
            ("DELETE FROM factor_drafts WHERE expires_at < $1", now),
            ("DELETE FROM pending_logins WHERE expires_at < $1", now),
            (
                "DELETE FROM factor_resets WHERE expires_at < $1",
                now - 90 * DAY,
            ),
            (
                "DELETE FROM sessions WHERE root IN (SELECT id FROM sessions WHERE id = root AND expires_at IS NULL AND created_at < $1)",
                now - seconds(limits.absolute) - DAY,
            ),
            ("DELETE FROM sessions WHERE expires_at < $1", now - DAY),
            ("DELETE FROM idempotency_keys WHERE expires_at < $1", now),
            ("DELETE FROM login_tries WHERE at < $1", now - 90 * DAY),
            ("DELETE FROM changes WHERE at < $1", now - DAY),
            ("DELETE FROM imports WHERE created_at < $1", now - DAY),
            (
                "DELETE FROM transfers WHERE expires_at < $1",
                now - 365 * DAY,
            ),
            // Cases that came to nothing: a year to look back at them.
            (
                "DELETE FROM designation_documents WHERE designation IN (SELECT id FROM designations WHERE checked_at IS NULL AND recorded_at < $1)",
                now - 365 * DAY,
            ),
            (
                "DELETE FROM designations WHERE checked_at IS NULL AND recorded_at < $1",
                now - 365 * DAY,
            ),
        ] {
            sqlx::query(statement)
                .bind(before)
                .execute(&mut *write.tx)
                .await?;
        }
        write.commit().await?;
        self.erase_deleted().await?;
        Ok(())
    }

    /// Remembers when portal sessions were last used: (root, Unix seconds).
    pub async fn touch_sessions(&self, seen: &[(String, i64)]) -> Result<(), Error> {
        let mut write = self.write().await?;
        for (root, at) in seen {
            sqlx::query("UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1")
                .bind(*at)
                .bind(root)
                .execute(&mut *write.tx)
                .await?;
        }
        write.commit().await
    }
}

pub(crate) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 2)
}
