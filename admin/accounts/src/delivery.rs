//! Letters on their way out of the outbox. Whoever sends one claims it first, so that several nodes
//! do not send it twice, and says how it went: sent, not now, or never.

use crate::error::Error;
use crate::outbox::Envelope;
use crate::store::{Store, Write};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// How many letters are claimed at once.
const BATCH: i64 = 10;
/// How long a claim holds, in seconds. Longer than a batch takes to send: only the letters of a node
/// that died meanwhile are claimed again.
const CLAIM: i64 = 15 * 60;
/// Seconds until the next try, after the first, the second …; from then on the last of these.
const DELAYS: [i64; 6] = [60, 5 * 60, 15 * 60, 3600, 3 * 3600, 6 * 3600];
/// How long a letter is tried; mail servers give up after two to five days (RFC 5321 §4.5.4.1).
const PATIENCE: i64 = 48 * 3600;
/// How long we remember that somebody was written to.
const RETENTION: i64 = 90 * 86_400;
/// As much as is kept of what a mail server says.
const LONGEST_REFUSAL: usize = 500;

/// A letter that this node is to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Departure {
    /// Its id, the same each time it is tried.
    pub id: String,
    /// When it was written, Unix seconds.
    pub written_at: i64,
    /// The address and the letter.
    pub envelope: Envelope,
    /// Which try this is, from 1. A claim that ran out is known by it.
    tries: i64,
}

/// What became of a letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LetterState {
    /// It has not left yet.
    Waiting {
        /// When it was written, Unix seconds.
        since: i64,
        /// What the last try ran into, if there was one.
        trouble: Option<String>,
    },
    /// The mail server took it.
    Sent {
        /// When, Unix seconds.
        at: i64,
    },
    /// It will not arrive: the address does not exist, or takes no mail from us.
    Refused {
        /// When we were told, Unix seconds.
        at: i64,
        /// What the mail server said.
        said: String,
    },
    /// It could not be sent as long as it made sense.
    GivenUp {
        /// What the last try ran into.
        trouble: String,
    },
}

impl LetterState {
    fn read(row: &AnyRow) -> Result<Self, Error> {
        let said: Option<String> = row.try_get("refusal")?;
        let since = row.try_get("created_at")?;
        let refused: Option<i64> = row.try_get("refused_at")?;
        let sent: Option<i64> = row.try_get("sent_at")?;
        let waits = row.try_get::<Option<i64>, _>("next_try_at")?.is_some();
        Ok(match (refused, sent) {
            (Some(at), _) => Self::Refused {
                at,
                said: said.unwrap_or_default(),
            },
            (None, Some(at)) => Self::Sent { at },
            (None, None) if waits => Self::Waiting {
                since,
                trouble: said,
            },
            (None, None) => Self::GivenUp {
                trouble: said.unwrap_or_default(),
            },
        })
    }
}

impl Store {
    /// Takes the letters that are due, a few at a time; they are this caller's for a quarter of an
    /// hour. Those that make no sense any more are given up.
    pub async fn claim_letters(&self) -> Result<Vec<Departure>, Error> {
        // Reading first, outside of the write: most of the time there is nothing to write.
        let due = sqlx::query("SELECT id FROM outbox WHERE next_try_at <= $1 LIMIT 1")
            .bind(self.clock.now())
            .fetch_optional(&self.pool)
            .await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        let mut write = self.write().await?;
        let rows = sqlx::query(
            "UPDATE outbox SET next_try_at = $1, tries = tries + 1
             WHERE id IN (SELECT id FROM outbox WHERE next_try_at <= $2 ORDER BY next_try_at, id LIMIT $3)
             RETURNING id, sealed, created_at, tries, refusal",
        )
        .bind(write.now + CLAIM)
        .bind(write.now)
        .bind(BATCH)
        .fetch_all(&mut *write.tx)
        .await?;
        let mut departures = Vec::new();
        for row in &rows {
            departures.extend(write.depart(row).await?);
        }
        write.commit().await?;
        departures.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(departures)
    }

    /// Lets a letter go that was not tried: whoever comes next takes it.
    pub async fn release(&self, departure: &Departure) -> Result<(), Error> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE outbox SET next_try_at = $1, tries = tries - 1
             WHERE id = $2 AND tries = $3 AND next_try_at IS NOT NULL",
        )
        .bind(write.now)
        .bind(&departure.id)
        .bind(departure.tries)
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// A letter has left: nothing of it is kept but that it was sent.
    pub async fn mark_sent(&self, departure: &Departure) -> Result<(), Error> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE outbox SET sealed = '', next_try_at = NULL, sent_at = $1, refusal = NULL
             WHERE id = $2 AND sent_at IS NULL",
        )
        .bind(write.now)
        .bind(&departure.id)
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// A letter could not be sent now: later, a little later each time, or never once it has been
    /// tried for two days. Says whether it will be tried again.
    pub async fn postpone(&self, departure: &Departure, trouble: &str) -> Result<bool, Error> {
        let tried = usize::try_from(departure.tries).unwrap_or_default();
        let delay = DELAYS.get(tried.saturating_sub(1)).or(DELAYS.last());
        let mut write = self.write().await?;
        let next = write.now + delay.copied().unwrap_or(CLAIM);
        let again = next <= departure.written_at + PATIENCE;
        if again {
            sqlx::query(
                "UPDATE outbox SET next_try_at = $1, refusal = $2
                 WHERE id = $3 AND tries = $4 AND sent_at IS NULL",
            )
            .bind(next)
            .bind(shortened(trouble))
            .bind(&departure.id)
            .bind(departure.tries)
            .execute(&mut *write.tx)
            .await?;
        } else {
            write.give_up(&departure.id, trouble).await?;
        }
        write.commit().await?;
        Ok(again)
    }

    /// The mail server will never take a letter.
    pub async fn refuse(&self, departure: &Departure, said: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE outbox SET sealed = '', next_try_at = NULL, refused_at = $1, refusal = $2
             WHERE id = $3 AND sent_at IS NULL",
        )
        .bind(write.now)
        .bind(shortened(said))
        .bind(&departure.id)
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// A letter that had left came back. Says whether there was one.
    pub async fn record_bounce(&self, letter: &str, said: &str) -> Result<bool, Error> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE outbox SET refused_at = $1, refusal = $2
             WHERE id = $3 AND sent_at IS NOT NULL AND refused_at IS NULL",
        )
        .bind(write.now)
        .bind(shortened(said))
        .bind(letter)
        .execute(&mut *write.tx)
        .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// What became of the last letter to an account; `None` if there was none.
    pub async fn find_last_letter(&self, account: &str) -> Result<Option<LetterState>, Error> {
        let row = sqlx::query(
            "SELECT created_at, next_try_at, sent_at, refused_at, refusal FROM outbox
             WHERE account = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(account)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(LetterState::read).transpose()
    }

    /// Forgets letters of three months ago, with the links that they carried. Says how many.
    pub async fn purge_letters(&self) -> Result<u64, Error> {
        let mut write = self.write().await?;
        let before = write.now - RETENTION;
        sqlx::query(
            "DELETE FROM links WHERE letter IN
             (SELECT id FROM outbox WHERE next_try_at IS NULL AND created_at < $1)",
        )
        .bind(before)
        .execute(&mut *write.tx)
        .await?;
        let done = sqlx::query("DELETE FROM outbox WHERE next_try_at IS NULL AND created_at < $1")
            .bind(before)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected())
    }
}

impl Write<'_> {
    /// A claimed letter, unless it makes no sense any more.
    async fn depart(&mut self, row: &AnyRow) -> Result<Option<Departure>, Error> {
        let id: String = row.try_get("id")?;
        // One that was tampered with must not hold up the others.
        let Ok(envelope) = self.store().open_letter(&id, row.try_get("sealed")?) else {
            tracing::error!("Gave up a letter that does not open with the master key");
            self.give_up(&id, "does not open").await?;
            return Ok(None);
        };
        // A link that serves no more would only bring its reader to a refusal.
        if envelope
            .letter
            .expires_at()
            .is_some_and(|at| at <= self.now)
        {
            let trouble: Option<String> = row.try_get("refusal")?;
            let trouble = trouble.as_deref().unwrap_or("its link has expired");
            self.give_up(&id, trouble).await?;
            return Ok(None);
        }
        Ok(Some(Departure {
            id,
            written_at: row.try_get("created_at")?,
            envelope,
            tries: row.try_get("tries")?,
        }))
    }

    async fn give_up(&mut self, id: &str, trouble: &str) -> Result<(), Error> {
        sqlx::query(
            "UPDATE outbox SET sealed = '', next_try_at = NULL, refusal = $1
             WHERE id = $2 AND sent_at IS NULL",
        )
        .bind(shortened(trouble))
        .bind(id)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

fn shortened(said: &str) -> String {
    said.chars().take(LONGEST_REFUSAL).collect()
}
