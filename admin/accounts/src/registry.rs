//! A file of collectivités: what it is held against, and everything it asks for opened and changed at
//! once, or nothing. The file itself belongs to the body that brings it.

use crate::cig::CIG;
use crate::collectivite::CollectiviteKind;
use crate::error::Error;
use crate::import::Import;
use crate::over::{Alteration, NewCollectivite};
use crate::overseen::Overseen;
use crate::siret::CodeInsee;
use policies::{CollectiviteId, ServiceId, Supervision};
use sqlx::Row as _;
use std::collections::{HashMap, HashSet};

/// A collectivité as files have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registered {
    /// Its id.
    pub id: CollectiviteId,
    /// Its name.
    pub name: String,
    /// Its SIRET.
    pub siret: String,
    /// Its code INSEE, if any.
    pub insee: Option<String>,
    /// What kind of body.
    pub kind: CollectiviteKind,
    /// The CDG it is affiliated to.
    pub cdg: Option<CollectiviteId>,
    /// Its open services with their seats, in the order of their ids.
    pub services: Vec<(ServiceId, Option<i64>)>,
    /// A writer names the one it has seen.
    pub version: i64,
}

/// What a file asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Registration {
    /// Bodies to open.
    pub openings: Vec<(Supervision, NewCollectivite)>,
    /// Bodies to change.
    pub changes: Vec<(Supervision, Alteration)>,
}

impl Overseen<'_> {
    /// The body whose files these are.
    fn owner(&self) -> CollectiviteId {
        let own = self.affiliated_to();
        if own.is_empty() { CIG } else { own }.into()
    }

    /// Keeps a file that the account `by` brings, and gives its id.
    pub async fn keep_import(
        &self,
        by: &str,
        file_name: &str,
        content: &[u8],
    ) -> Result<String, Error> {
        let (write, owner) = (self.write().await?, self.owner());
        write
            .keep_import(owner.as_str(), by, file_name, content)
            .await
    }

    /// A file of the own body.
    ///
    /// # Errors
    /// [`Error::NotFound`], also once it is forgotten.
    pub async fn import(&self, id: &str) -> Result<Import, Error> {
        self.store.read_import(self.owner().as_str(), id).await
    }

    /// Those that have a SIRET.
    pub async fn registered(&self) -> Result<Vec<Registered>, Error> {
        let open: Vec<(String, String, Option<i64>)> = sqlx::query_as(
            "SELECT s.collectivite, s.service, s.seats FROM collectivite_services s
             JOIN collectivites c ON c.id = s.collectivite WHERE $1 = '' OR c.cdg = $1 ORDER BY s.collectivite, s.service",
        )
        .bind(self.affiliated_to())
        .fetch_all(&self.store.pool)
        .await?;
        let mut services: HashMap<String, Vec<_>> = HashMap::new();
        for (collectivite, service, seats) in open {
            let known = services.entry(collectivite).or_default();
            known.push((ServiceId::from(service), seats));
        }
        let rows = sqlx::query(
            "SELECT id, name, siret, insee, kind, cdg, version FROM collectivites
             WHERE siret IS NOT NULL AND kind <> 'cig' AND ($1 = '' OR cdg = $1)",
        )
        .bind(self.affiliated_to())
        .fetch_all(&self.store.pool)
        .await?;
        let registered = rows.iter().map(|row| {
            let id: String = row.try_get("id")?;
            let cdg: Option<String> = row.try_get("cdg")?;
            Ok(Registered {
                name: row.try_get("name")?,
                siret: row.try_get("siret")?,
                insee: row.try_get("insee")?,
                kind: CollectiviteKind::parse(row.try_get("kind")?)?,
                cdg: cdg.map(CollectiviteId::from),
                services: services.remove(&id).unwrap_or_default(),
                version: row.try_get("version")?,
                id: id.into(),
            })
        });
        registered.collect()
    }

    /// Every id and every SIRET that is taken, whoever follows it: nothing else of another one's
    /// collectivité is told.
    pub async fn taken(&self) -> Result<HashSet<String>, Error> {
        let rows: Vec<(String, Option<String>)> =
            sqlx::query_as("SELECT id, siret FROM collectivites")
                .fetch_all(&self.store.pool)
                .await?;
        let both = rows.into_iter().flat_map(|(id, siret)| [Some(id), siret]);
        Ok(both.flatten().collect())
    }

    /// The département of the CDG itself; none for the CIG, or when it is not known.
    pub async fn own_department(&self) -> Result<Option<String>, Error> {
        let insee: Option<Option<String>> =
            sqlx::query_scalar("SELECT insee FROM collectivites WHERE id = $1")
                .bind(self.affiliated_to())
                .fetch_optional(&self.store.pool)
                .await?;
        let insee = insee.flatten().and_then(|insee| CodeInsee::parse(&insee));
        Ok(insee.map(|insee| insee.department().to_owned()))
    }

    /// Opens and changes all, and writes the report of the import down.
    ///
    /// # Errors
    /// [`Error::Stale`] or [`Error::Exists`] when somebody changed something since it was read;
    /// nothing is written then.
    pub async fn take_in(
        &self,
        by: &str,
        import: &str,
        registration: &Registration,
        report: &str,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        for (leave, new) in &registration.openings {
            self.store.over(leave, by).open_in(&mut write, new).await?;
        }
        for (leave, alteration) in &registration.changes {
            let over = self.store.over(leave, by);
            over.alter_in(&mut write, alteration).await?;
        }
        write
            .close_import(&self.owner(), by, import, report)
            .await?;
        write.commit().await
    }
}
