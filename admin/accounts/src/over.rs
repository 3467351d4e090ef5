//! A collectivité from above: what the CIG, and the CDG it is affiliated to, may read and write of
//! it. Every query here and in the files that add to [`Over`] is bound to the collectivité of a
//! [`Supervision`], which only Cedar's permit gives.

use crate::changes::Change;
use crate::collectivite::CollectiviteKind;
use crate::error::Error;
use crate::idempotency::Once;
use crate::journal::Entry;
use crate::siret::{CodeInsee, Siret};
use crate::sort_key::fold;
use crate::store::{Store, Write};
use policies::{CollectiviteId, ServiceId, Supervision};

/// One collectivité, for somebody who follows it.
#[derive(Clone, Copy, Debug)]
pub struct Over<'a> {
    pub(crate) store: &'a Store,
    pub(crate) supervision: &'a Supervision,
    /// The account that the journal names.
    pub(crate) by: &'a str,
    /// What writes are to be done once for.
    once: Option<&'a Once>,
}

/// A body to open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewCollectivite {
    /// « Ville de Fontclaire ».
    pub name: String,
    /// What kind of body.
    pub kind: CollectiviteKind,
    /// Its SIRET.
    pub siret: Siret,
    /// The commune's number, if it has one.
    pub insee: Option<CodeInsee>,
    /// Services to open, each with how many people may have a right on it.
    pub services: Vec<(ServiceId, Option<i64>)>,
}

/// What can be changed of a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alteration {
    /// Its name.
    pub name: String,
    /// A SIRET in the place of the one it has; that one stays when none.
    pub siret: Option<Siret>,
    /// A code INSEE in the place of the one it has; that one stays when none.
    pub insee: Option<CodeInsee>,
    /// Every service that is to be open, with its seats.
    pub services: Vec<(ServiceId, Option<i64>)>,
    /// Of the record that was seen.
    pub version: i64,
}

impl Store {
    /// The collectivité of a supervision; `by` is the account that acts.
    pub fn over<'a>(&'a self, supervision: &'a Supervision, by: &'a str) -> Over<'a> {
        Over {
            store: self,
            supervision,
            by,
            once: None,
        }
    }
}

impl<'a> Over<'a> {
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

impl Over<'_> {
    pub(crate) fn collectivite(&self) -> &CollectiviteId {
        self.supervision.collectivite()
    }

    pub(crate) fn id(&self) -> &str {
        self.collectivite().as_str()
    }

    /// An entry for the journal of this collectivité.
    pub(crate) fn entry(&self, act: &str, object: &str) -> Entry {
        Entry::by(self.by, act, object).within(self.collectivite())
    }

    /// Opens it, affiliated as the supervision was asked for: a CDG's permit is for its own.
    ///
    /// # Errors
    /// [`Error::Exists`], of the `collectivité` for its id and of the `siret` for its number.
    pub async fn open(&self, new: &NewCollectivite) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.open_in(&mut write, new).await?;
        write.commit().await
    }

    /// The same among other things.
    pub(crate) async fn open_in(
        &self,
        write: &mut Write<'_>,
        new: &NewCollectivite,
    ) -> Result<(), Error> {
        let known = sqlx::query("SELECT 1 FROM collectivites WHERE siret = $1")
            .bind(new.siret.as_str())
            .fetch_optional(&mut *write.tx)
            .await?;
        if known.is_some() {
            return Err(Error::Exists {
                what: "siret",
                id: new.siret.to_string(),
            });
        }
        sqlx::query(
            "INSERT INTO collectivites (id, name, kind, cdg, created_at, siret, insee, sort_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(self.id())
        .bind(&new.name)
        .bind(new.kind.as_str())
        .bind(self.supervision.cdg().map(CollectiviteId::as_str))
        .bind(write.now)
        .bind(new.siret.as_str())
        .bind(new.insee.as_ref().map(CodeInsee::as_str))
        .bind(sort_key(
            &new.name,
            Some(new.siret.as_str()),
            new.insee.as_ref().map(CodeInsee::as_str),
        ))
        .execute(&mut *write.tx)
        .await
        .map_err(|error| Error::or_exists(error, "collectivité", self.id()))?;
        self.set_services(write, &new.services).await?;
        self.tell_nodes(write, "collectivite.add", new.siret.as_str())
            .await
    }

    /// Changes it.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::NotFound`], [`Error::Exists`] when the SIRET is another one's.
    pub async fn alter(&self, alteration: &Alteration) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.alter_in(&mut write, alteration).await?;
        write.commit().await
    }

    /// The same among other things.
    pub(crate) async fn alter_in(
        &self,
        write: &mut Write<'_>,
        alteration: &Alteration,
    ) -> Result<(), Error> {
        let numbers: Option<(Option<String>, Option<String>)> = sqlx::query_as(
            "UPDATE collectivites SET version = version + 1, name = $1, insee = COALESCE($4, insee), siret = COALESCE($5, siret)
             WHERE id = $2 AND version = $3
             RETURNING siret, insee",
        )
        .bind(&alteration.name)
        .bind(self.id())
        .bind(alteration.version)
        .bind(alteration.insee.as_ref().map(CodeInsee::as_str))
        .bind(alteration.siret.as_ref().map(Siret::as_str))
        .fetch_optional(&mut *write.tx)
        .await
        .map_err(|error| {
            let siret = alteration.siret.as_ref().map_or("", Siret::as_str);
            Error::or_exists(error, "siret", siret)
        })?;
        let Some((siret, insee)) = numbers else {
            return Err(self.stale());
        };
        sqlx::query("UPDATE collectivites SET sort_key = $1 WHERE id = $2")
            .bind(sort_key(
                &alteration.name,
                siret.as_deref(),
                insee.as_deref(),
            ))
            .bind(self.id())
            .execute(&mut *write.tx)
            .await?;
        self.set_services(write, &alteration.services).await?;
        let names = alteration.services.iter().map(|(id, _)| id.as_str());
        let corrected = alteration.siret.as_ref().map(Siret::as_str);
        let detail = corrected.into_iter().chain(names).collect::<Vec<_>>();
        self.tell_nodes(write, "collectivite.change", &detail.join(" "))
            .await
    }

    pub(crate) fn stale(&self) -> Error {
        Error::Stale {
            what: "collectivité",
            id: self.id().to_owned(),
        }
    }

    /// Journals what was done, and has every node read it again.
    pub(crate) async fn tell_nodes(
        &self,
        write: &mut Write<'_>,
        act: &str,
        detail: &str,
    ) -> Result<(), Error> {
        let change = Change::Collectivite(self.collectivite().clone());
        write.change(&change).await?;
        write
            .record(&self.entry(act, self.id()).detail(detail))
            .await
    }

    /// Opens these services and closes every other one; one that stays keeps its date.
    async fn set_services(
        &self,
        write: &mut Write<'_>,
        services: &[(ServiceId, Option<i64>)],
    ) -> Result<(), Error> {
        let open: Vec<String> =
            sqlx::query_scalar("SELECT service FROM collectivite_services WHERE collectivite = $1")
                .bind(self.id())
                .fetch_all(&mut *write.tx)
                .await?;
        for service in &open {
            if services.iter().all(|(id, _)| id.as_str() != service) {
                sqlx::query(
                    "DELETE FROM collectivite_services WHERE collectivite = $1 AND service = $2",
                )
                .bind(self.id())
                .bind(service)
                .execute(&mut *write.tx)
                .await?;
            }
        }
        for (service, seats) in services {
            sqlx::query(
                "INSERT INTO collectivite_services (collectivite, service, opened_at, seats) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (collectivite, service) DO UPDATE SET seats = EXCLUDED.seats",
            )
            .bind(self.id())
            .bind(service.as_str())
            .bind(write.now)
            .bind(*seats)
            .execute(&mut *write.tx)
            .await?;
        }
        Ok(())
    }
}

/// What lists are ordered and searched by.
pub(crate) fn sort_key(name: &str, siret: Option<&str>, insee: Option<&str>) -> String {
    let parts = [Some(name), siret, insee];
    fold(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}
