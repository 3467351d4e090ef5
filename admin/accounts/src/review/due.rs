//! What happens to open reviews as time goes: référents are reminded, on the due date everybody who
//! is left unanswered is warned, and [`GRACE`] later they are suspended and the review is closed. Each
//! step is a write of its own that looks again first, so that several nodes take it once.

use super::freeze::REMINDERS;
use super::{GRACE, is_answerable, judges};
use crate::changes::Change;
use crate::day::day;
use crate::error::Error;
use crate::journal::Entry;
use crate::outbox::Letter;
use crate::store::{Store, Write};
use policies::{MembershipId, SigningKey};

/// People in one write: everybody else waits for as long as it lasts.
const BATCH: i64 = 200;

/// A review that something may be due for.
struct Open {
    id: String,
    collectivite: String,
    due_at: i64,
    warned_at: Option<i64>,
}

impl Store {
    /// Takes the steps that are due for every open review.
    pub(crate) async fn tend_reviews(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let rows: Vec<(String, String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT id, collectivite, due_at, warned_at FROM access_reviews
             WHERE closed_at IS NULL AND due_at <= $1 ORDER BY id",
        )
        .bind(now + REMINDERS.iter().max().copied().unwrap_or_default())
        .fetch_all(&self.pool)
        .await?;
        for (id, collectivite, due_at, warned_at) in rows {
            let open = Open {
                id,
                collectivite,
                due_at,
                warned_at,
            };
            match open.warned_at {
                Some(at) if at + GRACE <= now => self.end_review(&open).await?,
                Some(_) => {}
                None if open.due_at <= now => self.warn_unanswered(&open).await?,
                None => self.remind_of_review(&open).await?,
            }
        }
        Ok(())
    }

    /// Reminds the référents, once for each of [`REMINDERS`].
    async fn remind_of_review(&self, open: &Open) -> Result<(), Error> {
        let mut write = self.write().await?;
        let passed = REMINDERS
            .iter()
            .filter(|before| open.due_at - **before <= write.now)
            .count();
        let done = sqlx::query(
            "UPDATE access_reviews SET reminders = $1 WHERE id = $2 AND reminders < $1 AND closed_at IS NULL",
        )
        .bind(i64::try_from(passed).unwrap_or_default())
        .bind(&open.id)
        .execute(&mut *write.tx)
        .await?;
        let waiting = write.waiting(&open.id, i64::MAX).await?.len();
        if done.rows_affected() == 0 || waiting == 0 {
            return Ok(());
        }
        let letter = to_referents(
            "Revue des habilitations\u{a0}: l’échéance approche".to_owned(),
            format!(
                "La revue des habilitations de votre collectivité est à terminer le {} au plus tard. Personnes qui attendent encore une décision\u{a0}: {waiting}. Passé ce jour, elles seront averties, puis suspendues.",
                day(open.due_at - 1)
            ),
        );
        write.tell_referents(&open.collectivite, &letter).await?;
        write.commit().await
    }

    /// The due date has come: tells everybody who was left unanswered, then the référents.
    async fn warn_unanswered(&self, open: &Open) -> Result<(), Error> {
        while !self.warn_some(open).await? {}
        Ok(())
    }

    /// Warns a batch; says whether it was the last.
    async fn warn_some(&self, open: &Open) -> Result<bool, Error> {
        let mut write = self.write().await?;
        let judges = judges(&mut *write.tx, &open.collectivite, write.now).await?;
        let people: Vec<(String, String)> = sqlx::query_as(
            "SELECT l.membership, m.account FROM review_lines l JOIN memberships m ON m.id = l.membership
             JOIN access_reviews r ON r.id = l.review
             WHERE r.id = $1 AND r.closed_at IS NULL AND r.warned_at IS NULL AND l.decision IS NULL
               AND l.warned_at IS NULL AND m.deleted_at IS NULL AND (m.left_at IS NULL OR m.left_at > $2)
             ORDER BY l.position LIMIT $3",
        )
        .bind(&open.id)
        .bind(write.now)
        .bind(BATCH)
        .fetch_all(&mut *write.tx)
        .await?;
        for (membership, account) in &people {
            sqlx::query(
                "UPDATE review_lines SET warned_at = $1 WHERE review = $2 AND membership = $3",
            )
            .bind(write.now)
            .bind(&open.id)
            .bind(membership)
            .execute(&mut *write.tx)
            .await?;
            // Whom nobody can answer for is not suspended either.
            if is_answerable(&judges, membership) {
                write.post(account, to_agent()).await?;
            }
        }
        let last = people.is_empty();
        if last {
            write.mark_warned(open).await?;
        }
        write.commit().await?;
        Ok(last)
    }

    /// The grace is over: suspends those who are still unanswered, and closes the review.
    async fn end_review(&self, open: &Open) -> Result<(), Error> {
        let keys = self.signing_keys().await?;
        let key = keys.first().ok_or(Error::Sealed)?;
        while !self.suspend_some(open, key).await? {}
        Ok(())
    }

    /// Suspends a batch; closes the review after the last, and says whether it was.
    async fn suspend_some(&self, open: &Open, key: &SigningKey) -> Result<bool, Error> {
        let mut write = self.write().await?;
        let still_open =
            sqlx::query("SELECT 1 FROM access_reviews WHERE id = $1 AND closed_at IS NULL")
                .bind(&open.id)
                .fetch_optional(&mut *write.tx)
                .await?;
        if still_open.is_none() {
            return Ok(true);
        }
        let waiting = write.waiting(&open.id, BATCH).await?;
        for membership in &waiting {
            write.suspend_unanswered(open, membership).await?;
        }
        let last = waiting.is_empty();
        if last {
            write.finish_review(&open.id, "system", key).await?;
            let letter = to_referents(
                "La revue des habilitations est close".to_owned(),
                "Le délai est passé\u{a0}: les personnes restées sans réponse sont suspendues, et le rapport signé est disponible. Vous pouvez rétablir chaque personne depuis sa fiche.".to_owned(),
            );
            write.tell_referents(&open.collectivite, &letter).await?;
        }
        write.commit().await?;
        Ok(last)
    }
}

impl Write<'_> {
    /// Notes that everybody was warned, and tells the référents.
    async fn mark_warned(&mut self, open: &Open) -> Result<(), Error> {
        let done = sqlx::query(
            "UPDATE access_reviews SET warned_at = $1 WHERE id = $2 AND warned_at IS NULL AND closed_at IS NULL",
        )
        .bind(self.now)
        .bind(&open.id)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(());
        }
        let entry = Entry::by("system", "review.warn", &open.id);
        self.record(&entry.within(&open.collectivite.as_str().into()))
            .await?;
        let letter = to_referents(
            "Revue des habilitations\u{a0}: la date est passée".to_owned(),
            "Les personnes restées sans réponse sont averties. Si vous ne vous prononcez pas dans les sept jours, leur accès sera suspendu et la revue sera close.".to_owned(),
        );
        self.tell_referents(&open.collectivite, &letter).await?;
        Ok(())
    }

    /// Suspends somebody, unless nobody could have answered for them, or the collectivité would be
    /// left without a référent.
    async fn suspend_unanswered(&mut self, open: &Open, membership: &str) -> Result<(), Error> {
        let judges = judges(&mut *self.tx, &open.collectivite, self.now).await?;
        let id = MembershipId::from(membership);
        let last = judges.contains(membership)
            && self.count_other_referents(&open.collectivite, &id).await? == 0;
        if last || !is_answerable(&judges, membership) {
            return self.note_line(&open.id, membership, "none").await;
        }
        sqlx::query(
            "UPDATE memberships SET suspended_at = $1, version = version + 1
             WHERE id = $2 AND (suspended_at IS NULL OR suspended_at > $1)",
        )
        .bind(self.now)
        .bind(membership)
        .execute(&mut *self.tx)
        .await?;
        self.note_line(&open.id, membership, "suspend").await?;
        self.change(&Change::Membership(id)).await?;
        if judges.contains(membership) {
            self.change(&Change::Collectivite(open.collectivite.as_str().into()))
                .await?;
        }
        let entry = Entry::by("system", "review.suspend", membership);
        let entry = entry.within(&open.collectivite.as_str().into());
        self.record(&entry.detail(&open.id)).await
    }
}

fn to_referents(subject: String, text: String) -> Letter {
    Letter::Notice {
        subject,
        paragraphs: vec![text],
        path: Some("/referent/revues".to_owned()),
    }
}

fn to_agent() -> Letter {
    Letter::Notice {
        subject: "Votre accès doit être confirmé par un référent".to_owned(),
        paragraphs: vec![
            "Votre collectivité vérifie une fois par an qui a besoin de quels accès. Aucun référent ne s’est encore prononcé sur les vôtres.".to_owned(),
            "Sans réponse dans les sept jours, votre accès sera suspendu. Demandez à un référent de votre collectivité de répondre\u{a0}; vous trouvez son nom sur cette page\u{a0}:".to_owned(),
        ],
        path: Some("/".to_owned()),
    }
}
