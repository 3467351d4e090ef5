//! Whether mail still reaches people: an address that was not confirmed for long is asked for by a
//! link, and confirmed by its button or after log-in. Nobody loses anything by not answering; the
//! référents see it.

use crate::error::Error;
use crate::journal::Entry;
use crate::link::{LinkState, Purpose};
use crate::store::{Store, Write};
use crate::token::Token;
use crate::within::{Within, is_open};
use policies::MembershipId;

/// After how many seconds without an answer the référents are told.
pub const UNANSWERED: i64 = 30 * 86_400;
/// Letters in one round: an installation that asks for the first time spreads them.
const BATCH: i64 = 100;
/// As many as are listed.
const LONGEST: i64 = 500;

/// Somebody whose address is to be confirmed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unconfirmed {
    /// The membership.
    pub membership: MembershipId,
    /// « Benali Amina ».
    pub name: String,
    /// Mail address.
    pub login: String,
    /// Since when they have been asked, Unix seconds.
    pub since: i64,
}

impl Store {
    /// Asks those who have not shown for so many seconds that mail reaches them.
    pub(crate) async fn ask_for_confirmations(&self, after: i64) -> Result<(), Error> {
        let now = self.clock.now();
        let due: Vec<String> = sqlx::query_scalar(concat!(
            "SELECT a.id FROM accounts a WHERE a.password_hash IS NOT NULL AND a.suspended_at IS NULL
               AND a.confirmation_asked_at IS NULL AND COALESCE(a.confirmed_at, a.created_at) <= $2
               AND EXISTS (SELECT 1 FROM memberships m WHERE m.account = a.id AND ",
            is_open!("$1"),
            ") ORDER BY COALESCE(a.confirmed_at, a.created_at), a.id LIMIT $3"
        ))
        .bind(now)
        .bind(now - after)
        .bind(BATCH)
        .fetch_all(&self.pool)
        .await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut write = self.write().await?;
        for account in due {
            let asked = sqlx::query(
                "UPDATE accounts SET confirmation_asked_at = $1 WHERE id = $2 AND confirmation_asked_at IS NULL
                   AND COALESCE(confirmed_at, created_at) <= $3",
            )
            .bind(write.now)
            .bind(&account)
            .bind(write.now - after)
            .execute(&mut *write.tx)
            .await?;
            if asked.rows_affected() > 0 {
                write.post_link(&account, Purpose::Address, "").await?;
                let entry = Entry::by("system", "address.ask", &account);
                write.record(&entry).await?;
            }
        }
        write.commit().await
    }

    /// Confirms the address that a link was sent to. The inner error is why the link does not serve.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a link that never was, or is for something else.
    pub async fn confirm_address(&self, token: &str) -> Result<Result<(), LinkState>, Error> {
        let hash = Token::hash(token);
        let found = self.read_link(&hash).await?;
        let link = found.map(|(link, _)| link);
        let link = link
            .filter(|link| link.purpose == Purpose::Address)
            .ok_or_else(|| Error::not_found("link", "(secret)"))?;
        let mut write = self.write().await?;
        if !write.spend_link(&hash).await? {
            let used = LinkState::Used(write.now);
            return Ok(Err(match link.state {
                LinkState::Open => used,
                state => state,
            }));
        }
        write.note_confirmation(&link.account.id).await?;
        write.commit().await?;
        Ok(Ok(()))
    }

    /// The person, who is logged in, says that mail reaches them.
    pub async fn confirm_own_address(&self, account: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        write.note_confirmation(account).await?;
        write.commit().await
    }

    /// Since when an account's address is to be confirmed, Unix seconds.
    pub async fn unconfirmed_since(&self, account: &str) -> Result<Option<i64>, Error> {
        let since: Option<Option<i64>> =
            sqlx::query_scalar("SELECT confirmation_asked_at FROM accounts WHERE id = $1")
                .bind(account)
                .fetch_optional(&self.pool)
                .await?;
        Ok(since.flatten())
    }
}

impl Within<'_> {
    /// Those whose address is to be confirmed, who have been asked the longest first.
    pub async fn list_unconfirmed(&self) -> Result<Vec<Unconfirmed>, Error> {
        let rows: Vec<(String, String, String, i64)> = sqlx::query_as(concat!(
            "SELECT m.id, m.family_name || ' ' || m.given_name, a.login, a.confirmation_asked_at
             FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND a.confirmation_asked_at IS NOT NULL AND ",
            is_open!("$2"),
            " ORDER BY a.confirmation_asked_at, m.sort_key, m.id LIMIT $3"
        ))
        .bind(self.id())
        .bind(self.store.clock.now())
        .bind(LONGEST)
        .fetch_all(&self.store.pool)
        .await?;
        let unconfirmed = rows
            .into_iter()
            .map(|(id, name, login, since)| Unconfirmed {
                membership: id.into(),
                name,
                login,
                since,
            });
        Ok(unconfirmed.collect())
    }
}

impl Write<'_> {
    /// Mail has just been shown to reach somebody: whatever asked for it is answered.
    pub(crate) async fn confirm(&mut self, account: &str) -> Result<(), Error> {
        sqlx::query(
            "UPDATE accounts SET confirmed_at = $1, confirmation_asked_at = NULL WHERE id = $2",
        )
        .bind(self.now)
        .bind(account)
        .execute(&mut *self.tx)
        .await?;
        self.revoke_links(account, Purpose::Address).await?;
        Ok(())
    }

    async fn note_confirmation(&mut self, account: &str) -> Result<(), Error> {
        self.confirm(account).await?;
        self.record(&Entry::by(account, "address.confirm", account))
            .await
    }
}
