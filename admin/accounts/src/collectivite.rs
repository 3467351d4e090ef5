//! Collectivités, établissements, CDG and the CIG itself: who is managed together, and which
//! services the CIG opened to them.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::Store;
use policies::{CollectiviteId, ServiceId, Tenant};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// What kind of body it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CollectiviteKind {
    /// A commune, département …
    Collectivite,
    /// A CCAS, a syndicat …
    Etablissement,
    /// A partner *centre de gestion*.
    Cdg,
    /// The operator.
    Cig,
}

impl CollectiviteKind {
    /// As the database and forms spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collectivite => "collectivite",
            Self::Etablissement => "etablissement",
            Self::Cdg => "cdg",
            Self::Cig => "cig",
        }
    }

    /// Reads that spelling.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        [
            Self::Collectivite,
            Self::Etablissement,
            Self::Cdg,
            Self::Cig,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| Error::Unreadable(text.to_owned()))
    }
}

/// A body whose people have accounts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Collectivite {
    /// Letters, digits and hyphens.
    pub id: CollectiviteId,
    /// « Ville de Fontclaire ».
    pub name: String,
    /// What kind of body.
    pub kind: CollectiviteKind,
    /// The CDG it is affiliated to, if any.
    pub cdg: Option<CollectiviteId>,
    /// Services that the CIG opened to it.
    pub services: Vec<ServiceId>,
    /// False once closed.
    pub active: bool,
}

impl Collectivite {
    /// What policies may ask of it.
    pub fn tenant(&self) -> Tenant {
        Tenant {
            id: self.id.clone(),
            active: self.active,
            services: self.services.clone(),
            cdg: self.cdg.clone(),
        }
    }
}

fn read(row: &AnyRow, services: Vec<ServiceId>) -> Result<Collectivite, Error> {
    Ok(Collectivite {
        id: row.try_get::<String, _>("id")?.into(),
        name: row.try_get("name")?,
        kind: CollectiviteKind::parse(row.try_get("kind")?)?,
        cdg: row
            .try_get::<Option<String>, _>("cdg")?
            .map(CollectiviteId::from),
        services,
        active: row.try_get::<Option<i64>, _>("closed_at")?.is_none(),
    })
}

impl Store {
    /// Adds a collectivité.
    ///
    /// # Errors
    /// [`Error::Exists`]; [`Error::Unreadable`] when its id is not plain.
    pub async fn add_collectivite(&self, new: &Collectivite, by: &str) -> Result<(), Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if new.id.as_str().is_empty() || !new.id.as_str().chars().all(plain) {
            return Err(Error::Unreadable(new.id.to_string()));
        }
        let mut write = self.write().await?;
        sqlx::query("INSERT INTO collectivites (id, name, kind, cdg, created_at, sort_key) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(new.id.as_str())
            .bind(&new.name)
            .bind(new.kind.as_str())
            .bind(new.cdg.as_ref().map(CollectiviteId::as_str))
            .bind(write.now)
            .bind(crate::over::sort_key(&new.name, None, None))
            .execute(&mut *write.tx)
            .await
            .map_err(|error| Error::or_exists(error, "collectivité", new.id.as_str()))?;
        for service in &new.services {
            sqlx::query("INSERT INTO collectivite_services (collectivite, service, opened_at) VALUES ($1, $2, $3)")
                .bind(new.id.as_str())
                .bind(service.as_str())
                .bind(write.now)
                .execute(&mut *write.tx)
                .await?;
        }
        write.change(&Change::Collectivite(new.id.clone())).await?;
        write
            .record(&Entry::by(by, "collectivite.add", new.id.as_str()).within(&new.id))
            .await?;
        write.commit().await
    }

    /// A collectivité, if there is one of that id.
    pub async fn find_collectivite(
        &self,
        id: &CollectiviteId,
    ) -> Result<Option<Collectivite>, Error> {
        let row =
            sqlx::query("SELECT id, name, kind, cdg, closed_at FROM collectivites WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        let Some(row) = row else { return Ok(None) };
        let services = sqlx::query_scalar::<_, String>(
            "SELECT service FROM collectivite_services WHERE collectivite = $1 ORDER BY service",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        read(&row, services.into_iter().map(ServiceId::from).collect()).map(Some)
    }

    /// The ids of all, in order.
    pub async fn list_collectivites(&self) -> Result<Vec<CollectiviteId>, Error> {
        let ids = sqlx::query_scalar::<_, String>("SELECT id FROM collectivites ORDER BY id");
        Ok(ids
            .fetch_all(&self.pool)
            .await?
            .into_iter()
            .map(CollectiviteId::from)
            .collect())
    }
}
