//! How the collectivités that somebody follows fare: how many people came, how often services are
//! opened, what waits. Numbers only, and bound to the same oversight as the list.

use crate::collectivite::CollectiviteKind;
use crate::error::Error;
use crate::openings::Month;
use crate::overseen::{Overseen, Scope, in_scope};
use policies::ServiceId;

/// Seconds after which somebody who does not log in counts as dormant: six months.
const DORMANT: i64 = 183 * 86_400;

/// The people of one kind of body: everybody in an open collectivité who is not gone or deleted. One
/// person in two collectivités counts in both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Headcount {
    /// The kind.
    pub kind: CollectiviteKind,
    /// Have logged in within six months, or came within six months.
    pub active: i64,
    /// Have not for longer.
    pub dormant: i64,
    /// Have never chosen a password, or not accepted to be attached.
    pub waiting: i64,
}

/// How often a service was opened in a month.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Openings {
    /// When.
    pub month: Month,
    /// What.
    pub service: ServiceId,
    /// How often: once for each person, area and hour.
    pub count: i64,
}

/// What waits for somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Waiting {
    /// Designations written down, whose signed document is awaited.
    pub recorded: i64,
    /// Signed designations that wait for their check.
    pub received: i64,
    /// Requests that wait for a référent's answer.
    pub requests: i64,
}

impl Overseen<'_> {
    /// The people, by kind of body.
    pub async fn headcounts(&self, scope: &Scope) -> Result<Vec<Headcount>, Error> {
        let now = self.store.clock.now();
        // Each collectivité's people are counted along the index memberships_counted, and their
        // collectivité looked up once: a fifth of the time of joining first.
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(concat!(
            "SELECT c.kind, CAST(SUM(p.came - p.dormant) AS BIGINT), CAST(SUM(p.dormant) AS BIGINT),
                CAST(SUM(p.everybody - p.came) AS BIGINT)
             FROM (SELECT m.collectivite, COUNT(*) AS everybody,
                COUNT(CASE WHEN m.accepted_at IS NOT NULL AND w.id IS NULL THEN 1 END) AS came,
                COUNT(CASE WHEN m.accepted_at IS NOT NULL AND w.id IS NULL
                       AND COALESCE(m.last_login_at, m.created_at) < $2 THEN 1 END) AS dormant
                FROM memberships m LEFT JOIN accounts w ON w.id = m.account AND w.password_hash IS NULL
                WHERE m.deleted_at IS NULL AND (m.left_at IS NULL OR m.left_at > $3)
                GROUP BY m.collectivite) AS p JOIN collectivites c ON c.id = p.collectivite
             WHERE c.kind <> 'cig' AND c.closed_at IS NULL AND ($1 = '' OR c.cdg = $1) AND ",
            in_scope!("$4", "$5", "$6"),
            " GROUP BY c.kind ORDER BY c.kind"
        ))
        .bind(self.affiliated_to())
        .bind(now - DORMANT)
        .bind(now)
        .bind(&scope.cdg)
        .bind(&scope.kind)
        .bind(scope.insee())
        .fetch_all(&self.store.pool)
        .await?;
        let counts = rows.into_iter().map(|(kind, active, dormant, waiting)| {
            Ok(Headcount {
                kind: CollectiviteKind::parse(&kind)?,
                active,
                dormant,
                waiting,
            })
        });
        counts.collect()
    }

    /// How often services were opened in a month and those after it; months and services without
    /// any are not among them.
    pub async fn openings(&self, scope: &Scope, since: Month) -> Result<Vec<Openings>, Error> {
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(concat!(
            "SELECT o.month, o.service, CAST(SUM(o.count) AS BIGINT) FROM openings o
             JOIN collectivites c ON c.id = o.collectivite
             WHERE o.month >= $1 AND c.kind <> 'cig' AND ($2 = '' OR c.cdg = $2) AND ",
            in_scope!("$3", "$4", "$5"),
            " GROUP BY o.month, o.service ORDER BY o.service, o.month"
        ))
        .bind(since.number())
        .bind(self.affiliated_to())
        .bind(&scope.cdg)
        .bind(&scope.kind)
        .bind(scope.insee())
        .fetch_all(&self.store.pool)
        .await?;
        let openings = rows.into_iter().map(|(month, service, count)| Openings {
            month: Month::numbered(month),
            service: service.into(),
            count,
        });
        Ok(openings.collect())
    }

    /// What waits.
    pub async fn waiting(&self, scope: &Scope) -> Result<Waiting, Error> {
        let (recorded, received): (i64, i64) = sqlx::query_as(concat!(
            "SELECT COUNT(CASE WHEN d.received_at IS NULL THEN 1 END), COUNT(d.received_at)
             FROM designations d JOIN collectivites c ON c.id = d.collectivite
             WHERE d.checked_at IS NULL AND d.rejected_at IS NULL AND d.ended_at IS NULL AND ($1 = '' OR c.cdg = $1) AND ",
            in_scope!("$2", "$3", "$4")
        ))
        .bind(self.affiliated_to())
        .bind(&scope.cdg)
        .bind(&scope.kind)
        .bind(scope.insee())
        .fetch_one(&self.store.pool)
        .await?;
        let requests: i64 = sqlx::query_scalar(concat!(
            "SELECT COUNT(*) FROM access_requests r JOIN memberships m ON m.id = r.membership
             JOIN collectivites c ON c.id = m.collectivite
             WHERE r.decided_at IS NULL AND m.deleted_at IS NULL AND ($1 = '' OR c.cdg = $1) AND ",
            in_scope!("$2", "$3", "$4")
        ))
        .bind(self.affiliated_to())
        .bind(&scope.cdg)
        .bind(&scope.kind)
        .bind(scope.insee())
        .fetch_one(&self.store.pool)
        .await?;
        Ok(Waiting {
            recorded,
            received,
            requests,
        })
    }
}
