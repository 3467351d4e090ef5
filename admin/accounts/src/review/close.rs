//! The end of a review: whoever needs no decision is noted, everything is signed, and nothing of it
//! is written any more.

use super::{is_answerable, is_here, judges_since};
use crate::error::Error;
use crate::journal::Entry;
use crate::store::Write;
use crate::token::Token;
use crate::within::Within;
use policies::{SigningKey, Statement};

impl Within<'_> {
    /// Closes a review and signs it. Lines that nobody here may decide do not hold it up.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Stale`] when it is closed already; [`Error::Undecided`] while
    /// somebody waits for a decision.
    pub async fn close_review(&self, review: &str) -> Result<(), Error> {
        let keys = self.store.signing_keys().await?;
        let key = keys.first().ok_or(Error::Sealed)?;
        let mut write = self.write().await?;
        let open: Option<(Option<i64>, i64)> = sqlx::query_as(
            "SELECT closed_at, opened_at FROM access_reviews WHERE id = $1 AND collectivite = $2",
        )
        .bind(review)
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        let opened_at = match open {
            None => return Err(Error::not_found("review", review)),
            Some((Some(_), _)) => {
                return Err(Error::Stale {
                    what: "review",
                    id: review.to_owned(),
                });
            }
            Some((None, opened_at)) => opened_at,
        };
        let judges = judges_since(&mut *write.tx, self.id(), opened_at).await?;
        let waiting = write.waiting(review, i64::MAX).await?;
        let unanswered = waiting.iter().filter(|id| is_answerable(&judges, id));
        let count = i64::try_from(unanswered.count()).unwrap_or(i64::MAX);
        if count > 0 {
            return Err(Error::Undecided(count));
        }
        write.finish_review(review, self.by, key).await?;
        write.commit().await
    }
}

impl Write<'_> {
    /// The memberships, at most so many, that nothing was decided about and that are still here, by
    /// risk.
    pub(super) async fn waiting(&mut self, review: &str, limit: i64) -> Result<Vec<String>, Error> {
        let waiting = sqlx::query_scalar(concat!(
            "SELECT l.membership FROM review_lines l LEFT JOIN memberships m ON m.id = l.membership
             WHERE l.review = $1 AND l.decision IS NULL AND ",
            is_here!("$2"),
            " ORDER BY l.position LIMIT $3"
        ))
        .bind(review)
        .bind(self.now)
        .bind(limit)
        .fetch_all(&mut *self.tx);
        Ok(waiting.await?)
    }

    /// Notes what is left, signs, and closes.
    pub(super) async fn finish_review(
        &mut self,
        review: &str,
        by: &str,
        key: &SigningKey,
    ) -> Result<(), Error> {
        for id in self.waiting(review, i64::MAX).await? {
            self.note_line(review, &id, "none").await?;
        }
        sqlx::query(
            "UPDATE review_lines SET decision = 'gone', decided_at = $1, decided_by = 'system'
             WHERE review = $2 AND decision IS NULL",
        )
        .bind(self.now)
        .bind(review)
        .execute(&mut *self.tx)
        .await?;
        let collectivite: String = sqlx::query_scalar(
            "UPDATE access_reviews SET closed_at = $1, closed_by = $2 WHERE id = $3 AND closed_at IS NULL
             RETURNING collectivite",
        )
        .bind(self.now)
        .bind(by)
        .bind(review)
        .fetch_one(&mut *self.tx)
        .await?;
        let content = super::report::content(&mut self.tx, review).await?;
        let sha256 = Token::hash(&content);
        let statement = Statement {
            iss: String::new(),
            sub: review.to_owned(),
            iat: self.now,
            sha256: sha256.clone(),
        };
        let signature = key.state(&statement).map_err(|_| Error::Sealed)?;
        sqlx::query("UPDATE access_reviews SET signature = $1 WHERE id = $2")
            .bind(signature)
            .bind(review)
            .execute(&mut *self.tx)
            .await?;
        let entry = Entry::by(by, "review.close", review);
        let entry = entry.within(&collectivite.as_str().into());
        self.record(&entry.detail(&sha256)).await
    }

    /// Notes what became of a line without anybody deciding.
    pub(super) async fn note_line(
        &mut self,
        review: &str,
        membership: &str,
        verdict: &str,
    ) -> Result<(), Error> {
        sqlx::query(
            "UPDATE review_lines SET decision = $1, decided_at = $2, decided_by = 'system'
             WHERE review = $3 AND membership = $4 AND decision IS NULL",
        )
        .bind(verdict)
        .bind(self.now)
        .bind(review)
        .bind(membership)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
