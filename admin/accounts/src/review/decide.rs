//! Decisions about people in a review. Each is made once: who decides second is told so.

use super::Verdict;
use crate::changes::Change;
use crate::error::Error;
use crate::rights::DirectRight;
use crate::store::Write;
use crate::within::Within;
use policies::{Attribution, MembershipId};

impl Within<'_> {
    /// Notes the same decision about these people, all or nothing. [`Verdict::Withdraw`] also takes
    /// the profile and every own right away.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a review that is not here, or somebody who is not in it;
    /// [`Error::Stale`] when it is closed, or somebody was decided about already.
    pub async fn decide(
        &self,
        review: &str,
        people: &[Attribution],
        verdict: Verdict,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        for leave in people {
            let id = leave.membership();
            if verdict == Verdict::Withdraw {
                write.withdraw_rights(self.id(), id).await?;
                write.change(&Change::Membership(id.clone())).await?;
            }
            self.note(&mut write, review, id, verdict).await?;
            let entry = self.entry("review.decide", id.as_str());
            write.record(&entry.detail(verdict.as_str())).await?;
        }
        write.commit().await
    }

    /// Sets own rights of these members, as [`Within::set_direct_rights`] does, and notes that the
    /// review asked for it: both or neither.
    ///
    /// # Errors
    /// As there, and as [`Within::decide`].
    pub async fn set_reviewed_rights(
        &self,
        review: &str,
        changes: &[(Attribution, i64, Vec<DirectRight>)],
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.direct_rights_in(&mut write, changes).await?;
        for (leave, ..) in changes {
            let id = leave.membership();
            self.note(&mut write, review, id, Verdict::Change).await?;
            let entry = self.entry("review.decide", id.as_str());
            write
                .record(&entry.detail(Verdict::Change.as_str()))
                .await?;
        }
        write.commit().await
    }

    /// Takes decisions back that have changed nothing by themselves, all or none.
    ///
    /// # Errors
    /// As [`Within::decide`]; [`Error::Stale`] also for a decision that cannot be taken back.
    pub async fn take_back(&self, review: &str, people: &[Attribution]) -> Result<(), Error> {
        let mut write = self.write().await?;
        for leave in people {
            self.take_one_back(&mut write, review, leave.membership())
                .await?;
        }
        write.commit().await
    }

    async fn take_one_back(
        &self,
        write: &mut Write<'_>,
        review: &str,
        id: &MembershipId,
    ) -> Result<(), Error> {
        let done = sqlx::query(
            "UPDATE review_lines SET decision = NULL, decided_at = NULL, decided_by = NULL
             WHERE review = $1 AND membership = $2 AND decision IN ('keep', 'change')
               AND EXISTS (SELECT 1 FROM access_reviews r WHERE r.id = review_lines.review
                           AND r.collectivite = $3 AND r.closed_at IS NULL)",
        )
        .bind(review)
        .bind(id.as_str())
        .bind(self.id())
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(self.decided_or_missing(write, review, id).await?);
        }
        let entry = self.entry("review.decide", id.as_str());
        write.record(&entry.detail("back")).await
    }

    async fn note(
        &self,
        write: &mut Write<'_>,
        review: &str,
        id: &MembershipId,
        verdict: Verdict,
    ) -> Result<(), Error> {
        let by = (self.id(), self.by);
        if !write.decide_line(by, review, id, verdict).await? {
            return Err(self.decided_or_missing(write, review, id).await?);
        }
        Ok(())
    }

    async fn decided_or_missing(
        &self,
        write: &mut Write<'_>,
        review: &str,
        id: &MembershipId,
    ) -> Result<Error, Error> {
        let there = sqlx::query(
            "SELECT 1 FROM review_lines l JOIN access_reviews r ON r.id = l.review
             WHERE l.review = $1 AND l.membership = $2 AND r.collectivite = $3",
        )
        .bind(review)
        .bind(id.as_str())
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        let (what, id) = ("review", review.to_owned());
        Ok(match there {
            Some(_) => Error::Stale { what, id },
            None => Error::not_found(what, &id),
        })
    }
}

impl Write<'_> {
    /// Notes a decision that was not made yet, in an open review of a collectivité; says whether it
    /// could.
    pub(crate) async fn decide_line(
        &mut self,
        (collectivite, by): (&str, &str),
        review: &str,
        id: &MembershipId,
        verdict: Verdict,
    ) -> Result<bool, Error> {
        let done = sqlx::query(
            "UPDATE review_lines SET decision = $1, decided_at = $2, decided_by = $3
             WHERE review = $4 AND membership = $5 AND decision IS NULL
               AND EXISTS (SELECT 1 FROM access_reviews r WHERE r.id = review_lines.review
                           AND r.collectivite = $6 AND r.closed_at IS NULL)",
        )
        .bind(verdict.as_str())
        .bind(self.now)
        .bind(by)
        .bind(review)
        .bind(id.as_str())
        .bind(collectivite)
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Takes a member's profile and own rights away.
    pub(crate) async fn withdraw_rights(
        &mut self,
        collectivite: &str,
        membership: &MembershipId,
    ) -> Result<(), Error> {
        let done = sqlx::query(
            "UPDATE memberships SET profile = NULL, version = version + 1 WHERE id = $1 AND collectivite = $2",
        )
        .bind(membership.as_str())
        .bind(collectivite)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("membership", membership.as_str()));
        }
        sqlx::query(
            "UPDATE grants SET revoked_at = $1 WHERE membership = $2 AND revoked_at IS NULL",
        )
        .bind(self.now)
        .bind(membership.as_str())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
