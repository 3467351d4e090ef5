//! Seats: how many people of a collectivité may have a right on a service.
//!
//! A seat is taken by everybody who is on the roll (neither gone nor deleted) and has a right on the
//! service, by their profile or by an own grant that has not ended, even one that starts later.
//! Somebody suspended keeps the seat, so that they can be restored; somebody invited has one already,
//! so that answering never fails. Rules take no seats: they give no right of their own.

use crate::error::Error;
use crate::over::Over;
use crate::store::Write;
use crate::within::Within;
use policies::ServiceId;
use std::collections::{HashMap, HashSet};

/// A service that is open to a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seats {
    /// Which.
    pub service: ServiceId,
    /// How many people may have a right on it; no limit when none.
    pub allowed: Option<i64>,
    /// How many have one.
    pub used: i64,
}

impl Seats {
    /// Whether more people have a right than may have one.
    pub fn is_exceeded(&self) -> bool {
        self.allowed.is_some_and(|allowed| self.used > allowed)
    }
}

/// True of a membership (`m`) that takes a seat of a service at a moment.
macro_rules! takes_seat {
    ($service:literal, $now:literal) => {
        concat!(
            "m.deleted_at IS NULL AND (m.left_at IS NULL OR m.left_at > ", $now,
            ") AND (EXISTS (SELECT 1 FROM grants g WHERE g.membership = m.id AND g.service = ", $service,
            " AND g.revoked_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > ", $now,
            ")) OR EXISTS (SELECT 1 FROM profile_rights p WHERE p.profile = m.profile AND p.service = ", $service, "))"
        )
    };
}

macro_rules! seats {
    ($end:literal) => {
        concat!(
            "SELECT s.service, s.seats, (SELECT COUNT(*) FROM memberships m WHERE m.collectivite = s.collectivite AND ",
            takes_seat!("s.service", "$2"),
            ") AS used FROM collectivite_services s WHERE s.collectivite = $1",
            $end,
            " ORDER BY s.service"
        )
    };
}

type Row = (String, Option<i64>, i64);

fn read(rows: Vec<Row>) -> Vec<Seats> {
    let seats = rows.into_iter().map(|(service, allowed, used)| Seats {
        service: service.into(),
        allowed,
        used,
    });
    seats.collect()
}

impl Over<'_> {
    /// Every open service.
    pub async fn seats(&self) -> Result<Vec<Seats>, Error> {
        let rows: Vec<Row> = sqlx::query_as(seats!(""))
            .bind(self.id())
            .bind(self.store.clock.now())
            .fetch_all(&self.store.pool)
            .await?;
        Ok(read(rows))
    }
}

impl Within<'_> {
    /// The open services whose seats are limited.
    pub async fn limited_seats(&self) -> Result<Vec<Seats>, Error> {
        let rows: Vec<Row> = sqlx::query_as(seats!(" AND s.seats IS NOT NULL"))
            .bind(self.id())
            .bind(self.store.clock.now())
            .fetch_all(&self.store.pool)
            .await?;
        Ok(read(rows))
    }
}

/// The seats taken before a write.
pub(crate) struct Occupancy {
    seats: Vec<Seats>,
    /// Who sits, where more do than may.
    sitting: HashMap<ServiceId, HashSet<String>>,
}

impl Write<'_> {
    /// What [`Write::hold_seats`] compares with. Writes take turns from their first statement on:
    /// nobody takes a seat in between.
    pub(crate) async fn occupancy(&mut self, collectivite: &str) -> Result<Occupancy, Error> {
        let seats = self.limited(collectivite).await?;
        let mut sitting = HashMap::new();
        for one in seats.iter().filter(|one| one.is_exceeded()) {
            let who = self.sitting(collectivite, &one.service).await?;
            sitting.insert(one.service.clone(), who);
        }
        Ok(Occupancy { seats, sitting })
    }

    /// Refuses what gives somebody a seat that is not there. Where the CIG has allowed fewer than
    /// there were, those who sit stay, and nobody joins them.
    pub(crate) async fn hold_seats(
        &mut self,
        collectivite: &str,
        before: &Occupancy,
    ) -> Result<(), Error> {
        if before.seats.is_empty() {
            return Ok(());
        }
        let mut lacking = Vec::new();
        for one in self.limited(collectivite).await? {
            if !one.is_exceeded() {
                continue;
            }
            let joined = match before.sitting.get(&one.service) {
                Some(sat) => !self
                    .sitting(collectivite, &one.service)
                    .await?
                    .is_subset(sat),
                None => true,
            };
            if joined {
                lacking.push(one);
            }
        }
        if lacking.is_empty() {
            Ok(())
        } else {
            Err(Error::Full(lacking))
        }
    }

    async fn limited(&mut self, collectivite: &str) -> Result<Vec<Seats>, Error> {
        let rows: Vec<Row> = sqlx::query_as(seats!(" AND s.seats IS NOT NULL"))
            .bind(collectivite)
            .bind(self.now)
            .fetch_all(&mut *self.tx)
            .await?;
        Ok(read(rows))
    }

    async fn sitting(
        &mut self,
        collectivite: &str,
        service: &ServiceId,
    ) -> Result<HashSet<String>, Error> {
        let who: Vec<String> = sqlx::query_scalar(concat!(
            "SELECT m.id FROM memberships m WHERE m.collectivite = $1 AND ",
            takes_seat!("$3", "$2")
        ))
        .bind(collectivite)
        .bind(self.now)
        .bind(service.as_str())
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(who.into_iter().collect())
    }
}
