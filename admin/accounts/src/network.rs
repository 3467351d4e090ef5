//! Networks of a collectivité: its référents write addresses down under a name, and those who follow
//! it confirm or reject them. Only confirmed ones count. What is changed of one stays as it was
//! until the change is confirmed.

mod answer;

pub use answer::Overlap;

use crate::changes::Change;
use crate::error::Error;
use crate::store::Store;
use crate::within::Within;
use policies::{CollectiviteId, Network, Range};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

/// A network, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NetworkRecord {
    /// Its id.
    pub id: String,
    /// Of which collectivité: id and name.
    pub collectivite: (CollectiviteId, String),
    /// What rules call it.
    pub name: String,
    /// The ranges in force.
    pub confirmed: Vec<Range>,
    /// Those that wait for an answer.
    pub proposed: Option<Vec<Range>>,
    /// When they were written down, Unix seconds.
    pub proposed_at: Option<i64>,
    /// Why the last ones were rejected.
    pub rejection: String,
    /// A writer names the one it has seen.
    pub version: i64,
}

fn spell(ranges: &[Range]) -> String {
    let lines = ranges.iter().map(Range::to_string);
    lines.collect::<Vec<_>>().join("\n")
}

fn unspell(text: &str) -> Result<Vec<Range>, Error> {
    let ranges = text
        .lines()
        .map(|line| Range::parse(line).map_err(|_| Error::Unreadable(line.to_owned())));
    ranges.collect()
}

macro_rules! networks {
    ($end:literal) => {
        concat!(
            "SELECT n.id, n.collectivite, c.name AS collectivite_name, n.name, n.confirmed, n.proposed, n.proposed_at,
                n.rejection, n.version FROM networks n JOIN collectivites c ON c.id = n.collectivite ",
            $end
        )
    };
}

use networks;

fn read(row: &AnyRow) -> Result<NetworkRecord, Error> {
    let proposed: Option<String> = row.try_get("proposed")?;
    let collectivite: String = row.try_get("collectivite")?;
    Ok(NetworkRecord {
        id: row.try_get("id")?,
        collectivite: (collectivite.into(), row.try_get("collectivite_name")?),
        name: row.try_get("name")?,
        confirmed: unspell(row.try_get("confirmed")?)?,
        proposed: proposed.map(|text| unspell(&text)).transpose()?,
        proposed_at: row.try_get("proposed_at")?,
        rejection: row.try_get("rejection")?,
        version: row.try_get("version")?,
    })
}

fn stale(id: &str) -> Error {
    Error::Stale {
        what: "network",
        id: id.to_owned(),
    }
}

impl Store {
    /// The networks of a collectivité that count.
    pub async fn confirmed_networks(
        &self,
        collectivite: &CollectiviteId,
    ) -> Result<Vec<Network>, Error> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT name, confirmed FROM networks WHERE collectivite = $1 AND confirmed <> '' ORDER BY name",
        )
        .bind(collectivite.as_str())
        .fetch_all(&self.pool)
        .await?;
        let networks = rows.into_iter().map(|(name, ranges)| {
            Ok(Network {
                name: name.into(),
                ranges: unspell(&ranges)?,
            })
        });
        networks.collect()
    }
}

impl Within<'_> {
    /// The networks, in the order of their names.
    pub async fn list_networks(&self) -> Result<Vec<NetworkRecord>, Error> {
        let rows = sqlx::query(networks!("WHERE n.collectivite = $1 ORDER BY n.name"))
            .bind(self.id())
            .fetch_all(&self.store.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// Writes a new network down, to be confirmed, and gives its id.
    ///
    /// # Errors
    /// [`Error::Exists`] for a name in use.
    pub async fn propose_network(&self, name: &str, ranges: &[Range]) -> Result<String, Error> {
        let id = Uuid::now_v7().to_string();
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO networks (id, collectivite, name, proposed, proposed_at, proposed_by) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&id)
        .bind(self.id())
        .bind(name)
        .bind(spell(ranges))
        .bind(write.now)
        .bind(self.by)
        .execute(&mut *write.tx)
        .await
        .map_err(|error| Error::or_exists(error, "network", name))?;
        write.record(&self.entry("network.propose", name)).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Writes other ranges of a network down; those in force stay so until these are confirmed.
    ///
    /// # Errors
    /// [`Error::Stale`], also for one that is not here.
    pub async fn change_network(
        &self,
        id: &str,
        version: i64,
        ranges: &[Range],
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let name: Option<String> = sqlx::query_scalar(
            "UPDATE networks SET version = version + 1, proposed = $1, proposed_at = $2, proposed_by = $3, rejection = ''
             WHERE id = $4 AND collectivite = $5 AND version = $6 RETURNING name",
        )
        .bind(spell(ranges))
        .bind(write.now)
        .bind(self.by)
        .bind(id)
        .bind(self.id())
        .bind(version)
        .fetch_optional(&mut *write.tx)
        .await?;
        let name = name.ok_or_else(|| stale(id))?;
        write.record(&self.entry("network.propose", &name)).await?;
        write.commit().await
    }

    /// Takes a network away, at once.
    ///
    /// # Errors
    /// [`Error::Stale`], also for one that is not here.
    /// [`Error::InUse`] while a rule in force names it.
    pub async fn remove_network(&self, id: &str, version: i64) -> Result<(), Error> {
        let mut write = self.write().await?;
        let name: Option<String> = sqlx::query_scalar(
            "DELETE FROM networks WHERE id = $1 AND collectivite = $2 AND version = $3 RETURNING name",
        )
        .bind(id)
        .bind(self.id())
        .bind(version)
        .fetch_optional(&mut *write.tx)
        .await?;
        let name = name.ok_or_else(|| stale(id))?;
        if write.is_network_named(self.collectivite(), &name).await? {
            return Err(Error::InUse(name));
        }
        let change = Change::Collectivite(self.collectivite().clone());
        write.change(&change).await?;
        write.record(&self.entry("network.remove", &name)).await?;
        write.commit().await
    }
}
