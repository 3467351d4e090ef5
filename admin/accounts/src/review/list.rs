//! Reviews and their lines, as they are listed: a page at a time, by risk.

use super::{
    AccessReview, LineState, REVIEW_PAGE, ReviewFilter, ReviewLine, Verdict, is_answerable,
    is_here, judges,
};
use crate::error::Error;
use crate::within::Within;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

macro_rules! reviews {
    ($end:literal) => {
        concat!(
            "SELECT r.id, r.opened_at, r.due_at, r.warned_at, r.closed_at,
                (SELECT COUNT(*) FROM review_lines l WHERE l.review = r.id) AS people,
                (SELECT COUNT(*) FROM review_lines l LEFT JOIN memberships m ON m.id = l.membership
                 WHERE l.review = r.id AND l.decision IS NULL AND ",
            is_here!("$2"),
            ") AS waiting FROM access_reviews r WHERE r.collectivite = $1 ",
            $end
        )
    };
}

impl Within<'_> {
    /// The reviews, the newest first.
    pub async fn list_reviews(&self) -> Result<Vec<AccessReview>, Error> {
        let rows = sqlx::query(reviews!("ORDER BY r.opened_at DESC, r.id DESC LIMIT 50"))
            .bind(self.id())
            .bind(self.store.clock.now())
            .fetch_all(&self.store.pool)
            .await?;
        rows.iter().map(read_review).collect()
    }

    /// One review.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for one of another collectivité.
    pub async fn get_review(&self, id: &str) -> Result<AccessReview, Error> {
        let row = sqlx::query(reviews!("AND r.id = $3"))
            .bind(self.id())
            .bind(self.store.clock.now())
            .bind(id)
            .fetch_optional(&self.store.pool)
            .await?
            .ok_or_else(|| Error::not_found("review", id))?;
        read_review(&row)
    }

    /// A page (from 1 on) of a review's lines, by risk, and how many there are on all pages.
    pub async fn list_lines(
        &self,
        review: &str,
        filter: ReviewFilter,
        page: i64,
    ) -> Result<(Vec<ReviewLine>, i64), Error> {
        let wanted = match filter {
            ReviewFilter::Waiting => "waiting",
            ReviewFilter::Done => "done",
            ReviewFilter::All => "",
        };
        let lines = self
            .read_lines(
                review,
                wanted,
                (REVIEW_PAGE, (page.max(1) - 1) * REVIEW_PAGE),
            )
            .await?;
        let total = sqlx::query_scalar(concat!(
            "SELECT COUNT(*) FROM review_lines l JOIN access_reviews r ON r.id = l.review
             LEFT JOIN memberships m ON m.id = l.membership
             WHERE r.id = $1 AND r.collectivite = $2 AND ($4 = '' OR ($4 = 'waiting') = (l.decision IS NULL AND ",
            is_here!("$3"),
            "))"
        ))
        .bind(review)
        .bind(self.id())
        .bind(self.store.clock.now())
        .bind(wanted)
        .fetch_one(&self.store.pool)
        .await?;
        Ok((lines, total))
    }

    /// Every line, by risk.
    pub async fn list_all_lines(&self, review: &str) -> Result<Vec<ReviewLine>, Error> {
        self.read_lines(review, "", (i64::MAX, 0)).await
    }

    async fn read_lines(
        &self,
        review: &str,
        wanted: &str,
        (limit, offset): (i64, i64),
    ) -> Result<Vec<ReviewLine>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT l.membership, l.name, l.login, l.frozen, l.decision, l.decided_at, m.version,
                CASE WHEN ", is_here!("$3"), " THEN 'here' ELSE '' END AS presence,
                (SELECT d.given_name || ' ' || d.family_name FROM memberships d
                 WHERE d.account = l.decided_by AND d.collectivite = r.collectivite) AS decider
             FROM review_lines l JOIN access_reviews r ON r.id = l.review
             LEFT JOIN memberships m ON m.id = l.membership
             WHERE r.id = $1 AND r.collectivite = $2 AND ($4 = '' OR ($4 = 'waiting') = (l.decision IS NULL AND ",
            is_here!("$3"),
            ")) ORDER BY l.position LIMIT $5 OFFSET $6"
        ))
        .bind(review)
        .bind(self.id())
        .bind(self.store.clock.now())
        .bind(wanted)
        .bind(limit)
        .bind(offset)
        .fetch_all(&self.store.pool)
        .await?;
        let judges = judges(&self.store.pool, self.id(), self.store.clock.now()).await?;
        rows.iter().map(|row| read_line(row, &judges)).collect()
    }
}

fn read_review(row: &AnyRow) -> Result<AccessReview, Error> {
    Ok(AccessReview {
        id: row.try_get("id")?,
        opened_at: row.try_get("opened_at")?,
        due_at: row.try_get("due_at")?,
        warned_at: row.try_get("warned_at")?,
        closed_at: row.try_get("closed_at")?,
        people: row.try_get("people")?,
        waiting: row.try_get("waiting")?,
    })
}

fn read_line(row: &AnyRow, judges: &BTreeSet<String>) -> Result<ReviewLine, Error> {
    let membership: String = row.try_get("membership")?;
    let frozen: String = row.try_get("frozen")?;
    let decision: Option<String> = row.try_get("decision")?;
    let here = row.try_get::<String, _>("presence")? == "here";
    let state = match decision {
        Some(text) => LineState::Decided(
            Verdict::read(&text)?,
            row.try_get("decided_at")?,
            row.try_get("decider")?,
        ),
        None if !here => LineState::Gone,
        None if is_answerable(judges, &membership) => LineState::Waiting,
        None => LineState::Unanswerable,
    };
    Ok(ReviewLine {
        membership: membership.into(),
        name: row.try_get("name")?,
        login: row.try_get("login")?,
        frozen: serde_json::from_str(&frozen).map_err(|_| Error::Unreadable(frozen.clone()))?,
        state,
        version: row.try_get("version")?,
    })
}
