//! What the only référent of a collectivité cannot answer, since nobody decides about the own rights:
//! their access requests, and their line of a review. Those who follow the collectivité do.

use crate::access_request::{self, AccessRequest, Replacement, RequestAnswer};
use crate::changes::Change;
use crate::error::Error;
use crate::over::Over;
use crate::overseen::Overseen;
use crate::review::{Frozen, Verdict};
use crate::store::Write;
use crate::within::{is_open, is_referent};
use policies::{CollectiviteId, MembershipId};

/// As many as are listed.
const LONGEST: i64 = 100;

/// What waits for those above, with whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FromSole<T> {
    /// The collectivité: id and name.
    pub collectivite: (CollectiviteId, String),
    /// What waits.
    pub what: T,
}

/// The line of a review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SoleLine {
    /// The review's id.
    pub review: String,
    /// Whose line it is.
    pub membership: MembershipId,
    /// « Martin Renée ».
    pub name: String,
    /// The rights as they were written down.
    pub frozen: Frozen,
    /// By when, Unix seconds.
    pub due_at: i64,
}

/// True of a référent's membership (`s`) beside whom no other one can work.
macro_rules! is_sole {
    ($now:literal) => {
        concat!(
            "s.role = 'referent' AND s.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM memberships m
                JOIN accounts a ON a.id = m.account WHERE m.collectivite = s.collectivite AND m.id <> s.id
                  AND a.password_hash IS NOT NULL AND ",
            is_referent!($now),
            ")"
        )
    };
}

impl Overseen<'_> {
    /// Requests of sole référents, the oldest first.
    pub async fn list_sole_requests(&self) -> Result<Vec<FromSole<AccessRequest>>, Error> {
        type Row = (
            String,
            String,
            String,
            String,
            String,
            String,
            i64,
            String,
            String,
        );
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT r.id, r.membership, s.given_name || ' ' || s.family_name, r.service, r.level, r.message, r.created_at,
                    c.id, c.name
             FROM access_requests r JOIN memberships s ON s.id = r.membership JOIN collectivites c ON c.id = s.collectivite
             WHERE r.decided_at IS NULL AND ($1 = '' OR c.cdg = $1) AND ",
            is_sole!("$2"),
            " ORDER BY r.created_at, r.id LIMIT $3"
        ))
        .bind(self.affiliated_to())
        .bind(self.store.clock.now())
        .bind(LONGEST)
        .fetch_all(&self.store.pool)
        .await?;
        let each = rows.into_iter().map(
            |(id, membership, name, service, level, message, at, collectivite, called)| {
                let row = (id, membership, name, service, level, message, at);
                Ok(FromSole {
                    collectivite: (collectivite.into(), called),
                    what: access_request::read(row)?,
                })
            },
        );
        each.collect()
    }

    /// Lines of sole référents in open reviews, the most urgent first.
    pub async fn list_sole_lines(&self) -> Result<Vec<FromSole<SoleLine>>, Error> {
        type Row = (String, String, String, String, i64, String, String);
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT l.review, l.membership, l.name, l.frozen, r.due_at, c.id, c.name
             FROM review_lines l JOIN access_reviews r ON r.id = l.review JOIN memberships s ON s.id = l.membership
             JOIN collectivites c ON c.id = r.collectivite
             WHERE r.closed_at IS NULL AND l.decision IS NULL AND (s.left_at IS NULL OR s.left_at > $2)
               AND ($1 = '' OR c.cdg = $1) AND ",
            is_sole!("$2"),
            " ORDER BY r.due_at, l.membership LIMIT $3"
        ))
        .bind(self.affiliated_to())
        .bind(self.store.clock.now())
        .bind(LONGEST)
        .fetch_all(&self.store.pool)
        .await?;
        let each =
            rows.into_iter()
                .map(|(review, membership, name, frozen, due_at, id, called)| {
                    let unreadable = |_| Error::Unreadable(review.clone());
                    Ok(FromSole {
                        collectivite: (id.into(), called),
                        what: SoleLine {
                            frozen: serde_json::from_str(&frozen).map_err(unreadable)?,
                            review: review.clone(),
                            membership: membership.into(),
                            name,
                            due_at,
                        },
                    })
                });
        each.collect()
    }
}

impl Over<'_> {
    /// Answers a request of the sole référent, and tells them.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was answered, or another référent can; [`Error::SamePerson`] for
    /// the own one; [`Error::Full`]; [`Error::WouldReplace`].
    pub async fn answer_sole_request(
        &self,
        request: &AccessRequest,
        service_name: &str,
        answer: &RequestAnswer,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.hold_sole(&mut write, &request.membership).await?;
        write
            .answer_request(
                self.collectivite(),
                self.by,
                (request, service_name),
                (answer, Replacement::Refused),
            )
            .await?;
        write.commit().await
    }

    /// Decides about the sole référent in an open review: their rights stay, or profile and own
    /// rights are taken away.
    ///
    /// # Errors
    /// [`Error::NotFound`] when another référent can decide; [`Error::Stale`] when it is decided, or
    /// closed; [`Error::SamePerson`] for the own one.
    pub async fn decide_sole_line(
        &self,
        review: &str,
        membership: &MembershipId,
        withdraw: bool,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.hold_sole(&mut write, membership).await?;
        let verdict = if withdraw {
            write.withdraw_rights(self.id(), membership).await?;
            write
                .change(&Change::Membership(membership.clone()))
                .await?;
            Verdict::Withdraw
        } else {
            Verdict::Keep
        };
        let noted = write
            .decide_line((self.id(), self.by), review, membership, verdict)
            .await?;
        if !noted {
            return Err(Error::Stale {
                what: "review",
                id: review.to_owned(),
            });
        }
        let entry = self.entry("review.decide", membership.as_str());
        write.record(&entry.detail(verdict.as_str())).await?;
        write.commit().await
    }

    /// Refuses to decide where another référent can, and about oneself.
    async fn hold_sole(
        &self,
        write: &mut Write<'_>,
        membership: &MembershipId,
    ) -> Result<(), Error> {
        let account: Option<String> = sqlx::query_scalar(concat!(
            "SELECT s.account FROM memberships s WHERE s.id = $1 AND s.collectivite = $3 AND ",
            is_sole!("$2")
        ))
        .bind(membership.as_str())
        .bind(write.now)
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        match account {
            None => Err(Error::not_found("référent", membership.as_str())),
            Some(account) if account == self.by => Err(Error::SamePerson),
            Some(_) => Ok(()),
        }
    }
}

impl Write<'_> {
    /// The accounts of those who follow a collectivité: the correspondants of the CIG, and whoever
    /// works for the CDG it is affiliated to.
    pub(crate) async fn overseers(
        &mut self,
        collectivite: &CollectiviteId,
    ) -> Result<Vec<String>, Error> {
        let accounts = sqlx::query_scalar(concat!(
            "SELECT DISTINCT m.account FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE (m.role = 'correspondant' OR (m.role = 'partenaire' AND m.collectivite =
                    (SELECT c.cdg FROM collectivites c WHERE c.id = $2)))
               AND a.password_hash IS NOT NULL AND a.suspended_at IS NULL AND ",
            is_open!("$1")
        ))
        .bind(self.now)
        .bind(collectivite.as_str())
        .fetch_all(&mut *self.tx);
        Ok(accounts.await?)
    }
}
