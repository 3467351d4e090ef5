//! What is known of a collectivité, for those who follow it: its numbers, its CDG, its services and
//! how many people use them.

use crate::collectivite::Collectivite;
use crate::error::Error;
use crate::over::Over;
use crate::seats::Seats;
use crate::within::Within;
use sqlx::Row as _;

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
    /// Whether the CIG closed it, which only the CIG undoes.
    pub closed_by_cig: bool,
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
            "SELECT c.siret, c.insee, c.version, c.closed_by_cig, (SELECT d.name FROM collectivites d WHERE d.id = c.cdg) AS cdg_name
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
            closed_by_cig: row.try_get::<Option<i64>, _>("closed_by_cig")?.is_some(),
            version: row.try_get("version")?,
            seats: self.seats().await?,
        })
    }
}

impl Within<'_> {
    /// The SIRET of the collectivité, if it is known.
    pub async fn siret(&self) -> Result<Option<String>, Error> {
        let siret: Option<Option<String>> =
            sqlx::query_scalar("SELECT siret FROM collectivites WHERE id = $1")
                .bind(self.id())
                .fetch_optional(&self.store.pool)
                .await?;
        Ok(siret.flatten())
    }
}
