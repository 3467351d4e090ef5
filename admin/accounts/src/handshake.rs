//! How a login at the portal becomes a session on another host: a code for one host and one
//! browser, valid for 30 seconds, used once. The way back is a path on that host, never an address.

use crate::error::Error;
use crate::session::OpenSession;
use crate::store::Store;
use crate::token::Token;
use sqlx::Row as _;

/// Seconds until a code is worthless.
const LIFETIME: i64 = 30;

/// What a code is bound to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handshake<'a> {
    /// The host to open.
    pub host: &'a str,
    /// SHA-256 (hex) of the secret that host left in the browser.
    pub browser_hash: &'a str,
    /// Where the person was going there.
    pub path: &'a str,
}

impl Store {
    /// A code for a portal session that is open.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the session has ended.
    pub async fn issue_handshake(&self, root: &str, to: Handshake<'_>) -> Result<Token, Error> {
        let code = Token::fresh()?;
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM handshakes WHERE expires_at <= $1")
            .bind(write.now)
            .execute(&mut *write.tx)
            .await?;
        let done = sqlx::query(
            "INSERT INTO handshakes (code_hash, root, host, browser_hash, path, expires_at)
             SELECT $1, id, $2, $3, $4, CAST($5 AS BIGINT) FROM sessions WHERE id = $6 AND root = id AND ended_at IS NULL AND expires_at IS NULL",
        )
        .bind(Token::hash(code.as_str()))
        .bind(to.host)
        .bind(to.browser_hash)
        .bind(to.path)
        .bind(write.now + LIFETIME)
        .bind(root)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("session", root));
        }
        write.commit().await?;
        Ok(code)
    }

    /// Uses a code up. `None` when it is unknown, used, too old, or another host's or browser's;
    /// else the session opened on that host and the path to go to.
    pub async fn redeem_handshake(
        &self,
        code: &str,
        host: &str,
        browser_hash: &str,
    ) -> Result<Option<(OpenSession, String)>, Error> {
        // Anybody may ask: only a code that exists is worth a place among the writers.
        let known = sqlx::query("SELECT 1 FROM handshakes WHERE code_hash = $1")
            .bind(Token::hash(code))
            .fetch_optional(&self.pool)
            .await?;
        if known.is_none() {
            return Ok(None);
        }
        let mut write = self.write().await?;
        let row = sqlx::query(
            "DELETE FROM handshakes WHERE code_hash = $1 RETURNING root, host, browser_hash, path, expires_at",
        )
        .bind(Token::hash(code))
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let bound = row.try_get::<String, _>("host")? == host
            && row.try_get::<String, _>("browser_hash")? == browser_hash
            && row.try_get::<i64, _>("expires_at")? > write.now;
        let root: String = row.try_get("root")?;
        let parent = sqlx::query(
            "SELECT account, membership FROM sessions WHERE id = $1 AND ended_at IS NULL",
        )
        .bind(&root)
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some(parent) = parent.filter(|_| bound) else {
            // Shown to the wrong host or browser, a code is burnt as well.
            write.commit().await?;
            return Ok(None);
        };
        let token = Token::fresh()?;
        let (account, membership): (String, String) =
            (parent.try_get("account")?, parent.try_get("membership")?);
        let id = write
            .add_session(&token, Some(&root), host, &account, &membership)
            .await?;
        write.commit().await?;
        Ok(Some((OpenSession { id, token }, row.try_get("path")?)))
    }
}
