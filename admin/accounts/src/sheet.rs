//! What is known of a collectivité, for those who follow it: its numbers, its CDG, its services and
//! how many people use them.

use crate::collectivite::Collectivite;
use crate::error::Error;
use crate::over::Over;
use crate::within::is_open;
use policies::ServiceId;
use sqlx::Row as _;

/// A service that is open to a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seats {
    /// Which.
    pub service: ServiceId,
    /// How many people may have a right on it; no limit when none.
    pub allowed: Option<i64>,
    /// How many have one now.
    pub used: i64,
}

/// All that is known of a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CollectiviteRecord {
    /// What requests go by.
    pub collectivite: Collectivite,
    /// The name of the CDG it is affiliated to.
    pub cdg_name: Option<String>,
    /// Its SIRET, unless it was opened before these were kept.
    pub siret: Option<String>,
    /// Its code INSEE, if any.
    pub insee: Option<String>,
    /// The services that are open to it.
    pub seats: Vec<Seats>,
    /// Of this record; a writer names the one it has seen.
    pub version: i64,
}

impl Over<'_> {
    /// All that is known of it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn record(&self) -> Result<CollectiviteRecord, Error> {
        let missing = || Error::not_found("collectivité", self.id());
        let collectivite = self.store.find_collectivite(self.collectivite()).await?;
        let row = sqlx::query(
            "SELECT c.siret, c.insee, c.version, (SELECT d.name FROM collectivites d WHERE d.id = c.cdg) AS cdg_name
             FROM collectivites c WHERE c.id = $1",
        )
        .bind(self.id())
        .fetch_optional(&self.store.pool)
        .await?
        .ok_or_else(missing)?;
        Ok(CollectiviteRecord {
            collectivite: collectivite.ok_or_else(missing)?,
            cdg_name: row.try_get("cdg_name")?,
            siret: row.try_get("siret")?,
            insee: row.try_get("insee")?,
            version: row.try_get("version")?,
            seats: self.seats().await?,
        })
    }

    async fn seats(&self) -> Result<Vec<Seats>, Error> {
        let rows: Vec<(String, Option<i64>, i64)> = sqlx::query_as(concat!(
            "SELECT s.service, s.seats, (SELECT COUNT(*) FROM memberships m WHERE m.collectivite = s.collectivite AND ",
            is_open!("$2"),
            " AND (EXISTS (SELECT 1 FROM grants g WHERE g.membership = m.id AND g.service = s.service AND g.revoked_at IS NULL
                    AND (g.starts_at IS NULL OR g.starts_at <= $2) AND (g.ends_at IS NULL OR g.ends_at > $2))
                OR EXISTS (SELECT 1 FROM profile_rights p WHERE p.profile = m.profile AND p.service = s.service))) AS used
             FROM collectivite_services s WHERE s.collectivite = $1 ORDER BY s.service"
        ))
        .bind(self.id())
        .bind(self.store.clock.now())
        .fetch_all(&self.store.pool)
        .await?;
        let seats = rows.into_iter().map(|(service, allowed, used)| Seats {
            service: service.into(),
            allowed,
            used,
        });
        Ok(seats.collect())
    }
}
