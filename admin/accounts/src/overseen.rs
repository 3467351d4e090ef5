//! The collectivités that somebody follows: listed, searched, counted. Every query is bound to an
//! [`Oversight`]: for a CDG those that are not affiliated to it do not exist.

mod from;
mod progress;

pub use progress::Progress;

use crate::error::Error;
use crate::idempotency::Once;
use crate::sort_key;
use crate::store::{Store, Write};
use crate::within::is_open;
use policies::{CollectiviteId, Oversight};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// How many a page holds.
pub const FOLLOWED_PAGE: i64 = 50;

/// Those that somebody follows.
#[derive(Clone, Copy, Debug)]
pub struct Overseen<'a> {
    pub(crate) store: &'a Store,
    oversight: &'a Oversight,
    /// What writes are to be done once for.
    once: Option<&'a Once>,
}

/// A collectivité on the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Followed {
    /// Its id.
    pub id: CollectiviteId,
    /// Its name.
    pub name: String,
    /// Its SIRET, if it is known.
    pub siret: Option<String>,
    /// The name of the CDG it is affiliated to.
    pub cdg_name: Option<String>,
    /// How far it has come.
    pub progress: Progress,
    /// It had a référent and has none at work any more.
    pub orphaned: bool,
}

/// A part of those that somebody follows. Empty texts filter nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// A CDG's id.
    pub cdg: String,
    /// A kind, as [`crate::CollectiviteKind`] spells it.
    pub kind: String,
    /// A département's number, as codes INSEE begin: `93`, `2A`, `974`.
    pub department: String,
}

impl Scope {
    /// Whether it is all of them.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn insee(&self) -> String {
        if self.department.is_empty() {
            return String::new();
        }
        format!("{}%", self.department)
    }
}

/// Which ones. Empty texts filter nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FollowedFilter {
    /// Part of a name, SIRET or code INSEE.
    pub search: String,
    /// How far it has come.
    pub progress: Option<Progress>,
    /// Only those that lost their référents.
    pub orphaned: bool,
    /// Only those without a référent at work, whether they had one or not.
    pub unattended: bool,
    /// Only those of a part.
    pub scope: Scope,
    /// From 1 on.
    pub page: i64,
}

/// True of a collectivité (`c`) of a [`Scope`]: its CDG, its kind, the beginning of its code INSEE.
macro_rules! in_scope {
    ($cdg:literal, $kind:literal, $insee:literal) => {
        concat!(
            "(",
            $cdg,
            " = '' OR c.cdg = ",
            $cdg,
            ") AND (",
            $kind,
            " = '' OR c.kind = ",
            $kind,
            ") AND (",
            $insee,
            " = '' OR c.insee LIKE ",
            $insee,
            ")"
        )
    };
}
pub(crate) use in_scope;

macro_rules! followed {
    ($columns:literal, $end:literal) => {
        concat!(
            "SELECT ", $columns, " FROM (SELECT c.id, c.name, c.siret, c.sort_key,
                (SELECT d.name FROM collectivites d WHERE d.id = c.cdg) AS cdg_name,
                CASE WHEN c.closed_at IS NOT NULL THEN 'fermee'
                     WHEN EXISTS (SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.account
                        WHERE m.collectivite = c.id AND m.role = 'referent' AND a.password_hash IS NOT NULL
                          AND a.suspended_at IS NULL AND (m.referent_from IS NULL OR m.referent_from <= $2)
                          AND (m.referent_until IS NULL OR m.referent_until > $2) AND ", is_open!("$2"), ") THEN 'active'
                     WHEN EXISTS (SELECT 1 FROM designations d WHERE d.collectivite = c.id AND d.checked_at IS NOT NULL
                          AND d.ended_at IS NULL AND (d.ends_at IS NULL OR d.ends_at > $2)) THEN 'verifiee'
                     WHEN EXISTS (SELECT 1 FROM designations d WHERE d.collectivite = c.id AND d.received_at IS NOT NULL
                          AND d.checked_at IS NULL AND d.rejected_at IS NULL AND d.ended_at IS NULL) THEN 'recue'
                     ELSE 'a-relancer' END AS progress,
                CASE WHEN EXISTS (SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.account
                        WHERE m.collectivite = c.id AND m.role = 'referent' AND a.password_hash IS NOT NULL)
                       OR EXISTS (SELECT 1 FROM designations d WHERE d.collectivite = c.id AND d.checked_at IS NOT NULL
                          AND (d.ended_at IS NOT NULL OR d.ends_at <= $2)) THEN 'oui' ELSE '' END AS had
             FROM collectivites c WHERE c.kind <> 'cig' AND ($1 = '' OR c.cdg = $1)
               AND ($3 = '' OR c.sort_key LIKE $3) AND ", in_scope!("$4", "$7", "$8"), "
            ) AS followed WHERE ($5 = '' OR progress = $5)
              AND ($6 = '' OR ((had = 'oui' OR $6 = 'sans') AND progress <> 'active' AND progress <> 'fermee'))",
            $end
        )
    };
}
use followed;

impl Store {
    /// Those of an oversight.
    pub fn overseen<'a>(&'a self, oversight: &'a Oversight) -> Overseen<'a> {
        Overseen {
            store: self,
            oversight,
            once: None,
        }
    }
}

impl<'a> Overseen<'a> {
    /// The same, for a request whose write is done once.
    #[must_use]
    pub fn once(self, once: Option<&'a Once>) -> Self {
        Self { once, ..self }
    }

    /// The write of an act.
    ///
    /// # Errors
    /// [`Error::Repeated`] when it was done before.
    pub(crate) async fn write(&self) -> Result<Write<'a>, Error> {
        self.store.write_once(self.once).await
    }
}

impl Overseen<'_> {
    pub(crate) fn affiliated_to(&self) -> &str {
        let cdg = self.oversight.affiliated_to();
        cdg.map_or("", CollectiviteId::as_str)
    }

    /// Holds what the CIG alone reads and writes.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a CDG.
    pub(crate) fn of_everything(&self) -> Result<(), Error> {
        match self.oversight.affiliated_to() {
            None => Ok(()),
            Some(cdg) => Err(Error::not_found("guardrail", cdg.as_str())),
        }
    }

    /// A page of the list, and how many there are on all pages.
    pub async fn list(&self, filter: &FollowedFilter) -> Result<(Vec<Followed>, i64), Error> {
        let total = self.count(filter).await?;
        let statement = followed!("*", " ORDER BY sort_key, id LIMIT $9 OFFSET $10");
        let rows = self
            .bound(statement, filter)
            .bind(FOLLOWED_PAGE)
            .bind((filter.page - 1).max(0) * FOLLOWED_PAGE)
            .fetch_all(&self.store.pool)
            .await?;
        Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
    }

    /// How many there are.
    pub async fn count(&self, filter: &FollowedFilter) -> Result<i64, Error> {
        let row = self
            .bound(followed!("COUNT(*)", ""), filter)
            .fetch_one(&self.store.pool)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// How many have come how far; those that nobody has come to are not among them.
    pub async fn count_by_progress(
        &self,
        filter: &FollowedFilter,
    ) -> Result<BTreeMap<Progress, i64>, Error> {
        let rows = self
            .bound(
                followed!("progress, COUNT(*)", " GROUP BY progress"),
                filter,
            )
            .fetch_all(&self.store.pool)
            .await?;
        let counts = rows.iter().map(|row| {
            let text: String = row.try_get(0)?;
            let progress = Progress::parse(&text).ok_or(Error::Unreadable(text))?;
            Ok((progress, row.try_get(1)?))
        });
        counts.collect()
    }

    fn bound<'q>(
        &self,
        statement: &'static str,
        filter: &FollowedFilter,
    ) -> sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments> {
        let which = match (filter.orphaned, filter.unattended) {
            (true, _) => "oui",
            (false, true) => "sans",
            (false, false) => "",
        };
        sqlx::query(statement)
            .bind(self.affiliated_to().to_owned())
            .bind(self.store.clock.now())
            .bind(sort_key::pattern(&filter.search))
            .bind(filter.scope.cdg.clone())
            .bind(filter.progress.map_or("", Progress::as_str))
            .bind(which)
            .bind(filter.scope.kind.clone())
            .bind(filter.scope.insee())
    }

    /// The départements that collectivités are in, by their numbers.
    pub async fn list_departments(&self) -> Result<Vec<String>, Error> {
        let numbers = sqlx::query_scalar(
            "SELECT DISTINCT CASE WHEN c.insee LIKE '97%' OR c.insee LIKE '98%' THEN substr(c.insee, 1, 3)
                ELSE substr(c.insee, 1, 2) END AS department
             FROM collectivites c WHERE c.insee IS NOT NULL AND c.kind <> 'cig' AND ($1 = '' OR c.cdg = $1)
             ORDER BY department",
        )
        .bind(self.affiliated_to());
        Ok(numbers.fetch_all(&self.store.pool).await?)
    }

    /// The CDG that a collectivité can be affiliated to: id and name. A CDG sees itself only.
    pub async fn list_cdgs(&self) -> Result<Vec<(String, String)>, Error> {
        let rows = sqlx::query_as(
            "SELECT id, name FROM collectivites WHERE kind = 'cdg' AND ($1 = '' OR id = $1) ORDER BY sort_key, id",
        )
        .bind(self.affiliated_to());
        Ok(rows.fetch_all(&self.store.pool).await?)
    }
}

fn read(row: &AnyRow) -> Result<Followed, Error> {
    let progress: String = row.try_get("progress")?;
    let progress = Progress::parse(&progress).ok_or(Error::Unreadable(progress))?;
    let had: String = row.try_get("had")?;
    Ok(Followed {
        id: row.try_get::<String, _>("id")?.into(),
        name: row.try_get("name")?,
        siret: row.try_get("siret")?,
        cdg_name: row.try_get("cdg_name")?,
        progress,
        orphaned: had == "oui" && !matches!(progress, Progress::Active | Progress::Closed),
    })
}
