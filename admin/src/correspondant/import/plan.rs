//! What a file would do: which collectivités it opens, which it changes, which it leaves as they are.

use super::Shown;
use super::reading::{Known, Line, Reading};
use crate::correspondant::Correspondant;
use crate::import::{CellError, faulty_rows};
use crate::portal::Portal;
use crate::table::Table;
use accounts::{Alteration, Error, NewCollectivite, Registered, Registration};
use policies::{CollectiviteId, ServiceId, Tenant};
use std::collections::{HashMap, HashSet};

/// A plan.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(super) registration: Registration,
    pub(crate) unchanged: usize,
    pub(crate) errors: Vec<CellError>,
    pub(crate) openings: Vec<Shown>,
    pub(crate) changes: Vec<Shown>,
}

/// What the rows of this person's files may name.
pub(super) async fn known(portal: &Portal, someone: &Correspondant) -> Result<Known, Error> {
    let overseen = someone.overseen(portal);
    let services = someone.offered(portal).into_iter();
    let services = services.map(|entrance| (entrance.id.clone(), entrance.name.clone()));
    Ok(Known {
        services: services.collect(),
        cdgs: overseen.list_cdgs().await?,
        own: someone.oversight.affiliated_to().cloned(),
        department: overseen.own_department().await?,
    })
}

impl Plan {
    /// Reads a file against the collectivités as they stand.
    pub(super) async fn of(
        portal: &Portal,
        someone: &Correspondant,
        content: &[u8],
    ) -> Result<Self, Error> {
        let known = known(portal, someone).await?;
        // Read once already when it was taken: headings are there.
        let reading = Table::read(content)
            .and_then(|table| Reading::of(&table, &known))
            .map_err(Error::Unreadable)?;
        let overseen = someone.overseen(portal);
        let registered = overseen.registered().await?;
        let registered: HashMap<&str, &Registered> = registered
            .iter()
            .map(|one| (one.siret.as_str(), one))
            .collect();
        let mut taken = overseen.taken().await?;
        let mut plan = Self {
            errors: reading.errors,
            ..Self::default()
        };
        for line in &reading.lines {
            let done = match registered.get(line.siret.as_str()) {
                Some(one) => plan.compare(someone, &known, line, one),
                None => plan.open(someone, &known, line, &mut taken),
            };
            if let Err((column, remedy)) = done {
                plan.errors.push(CellError {
                    row: line.row,
                    column: column.to_owned(),
                    value: line.siret.to_string(),
                    remedy,
                });
            }
        }
        Ok(plan)
    }

    /// A row whose SIRET is not followed by this person.
    fn open(
        &mut self,
        someone: &Correspondant,
        known: &Known,
        line: &Line,
        taken: &mut HashSet<String>,
    ) -> Result<(), (&'static str, String)> {
        if taken.contains(line.siret.as_str()) {
            let remedy = "Ce SIRET est déjà celui d’une collectivité ouverte. Vérifiez-le, ou adressez-vous au correspondant CIG.";
            return Err(("SIRET", remedy.to_owned()));
        }
        let kind = line.kind.ok_or_else(|| {
            let remedy = "Cette collectivité est nouvelle : écrivez « Collectivité » ou « Établissement public ».";
            ("Type", remedy.to_owned())
        })?;
        // Its SIREN; where that is taken, the NIC tells them apart.
        let siren = line.siret.siren().to_owned();
        let id = if taken.contains(&siren) {
            format!("{siren}-{}", line.siret.nic())
        } else {
            siren
        };
        let cdg = known.own.as_ref().or(line.cdg.as_ref());
        let leave = someone.may_open(&id, cdg.map(CollectiviteId::as_str));
        let leave = leave.map_err(|refusal| ("SIRET", refusal.sentence().to_owned()))?;
        taken.extend([id, line.siret.to_string()]);
        let services = wanted(line, &[]);
        self.openings.push(Shown {
            row: line.row,
            name: line.name.clone(),
            siret: line.siret.to_string(),
            what: spell(known, &services),
        });
        let new = NewCollectivite {
            name: line.name.clone(),
            kind,
            siret: line.siret.clone(),
            insee: line.insee.clone(),
            services,
        };
        self.registration.openings.push((leave, new));
        Ok(())
    }

    /// A row of one that is there.
    fn compare(
        &mut self,
        someone: &Correspondant,
        known: &Known,
        line: &Line,
        one: &Registered,
    ) -> Result<(), (&'static str, String)> {
        if line.kind.is_some_and(|kind| kind != one.kind) {
            let remedy = "Le type d’une collectivité ouverte ne change pas. Laissez la case vide.";
            return Err(("Type", remedy.to_owned()));
        }
        if line.cdg.is_some() && line.cdg != one.cdg {
            let remedy = "Le centre de gestion d’une collectivité ouverte ne change pas. Laissez la case vide.";
            return Err(("Centre de gestion", remedy.to_owned()));
        }
        let mut services = wanted(line, &one.services);
        // What this person may not open to others stays as it is.
        let foreign = |id: &ServiceId| known.services.iter().all(|(known, _)| known != id);
        let kept = one
            .services
            .iter()
            .filter(|(id, _)| foreign(id) && services.iter().all(|(wanted, _)| wanted != id));
        let kept: Vec<_> = kept.cloned().collect();
        services.extend(kept);
        services.sort();
        let insee = line.insee.clone();
        let insee = insee.filter(|insee| one.insee.as_deref() != Some(insee.as_str()));
        if line.name == one.name && services == one.services && insee.is_none() {
            self.unchanged += 1;
            return Ok(());
        }
        let tenant = Tenant {
            id: one.id.clone(),
            active: true,
            services: Vec::new(),
            cdg: one.cdg.clone(),
        };
        let leave = someone.judge(&tenant);
        let leave = leave.map_err(|refusal| ("SIRET", refusal.sentence().to_owned()))?;
        let mut what = Vec::new();
        if line.name != one.name {
            what.push(format!("nom, avant : {}", one.name));
        }
        if let Some(insee) = &insee {
            what.push(format!("code INSEE : {insee}"));
        }
        if services != one.services {
            let (before, after) = (spell(known, &one.services), spell(known, &services));
            what.push(format!("services, avant : {before} ; après : {after}"));
        }
        self.changes.push(Shown {
            row: line.row,
            name: line.name.clone(),
            siret: one.siret.clone(),
            what: what.join(" ; "),
        });
        let alteration = Alteration {
            name: line.name.clone(),
            services,
            version: one.version,
        };
        self.registration.changes.push((leave, alteration, insee));
        Ok(())
    }

    /// What is to be written, spelt out: a plan that differs in anything differs here.
    pub(super) fn spelt(&self) -> String {
        format!("{:?}", self.registration)
    }

    /// What applying it does, in a sentence without names.
    pub(super) fn report(&self) -> String {
        format!(
            "{} ouvertures, {} modifications, {} lignes inchangées, {} lignes à corriger",
            self.openings.len(),
            self.changes.len(),
            self.unchanged,
            faulty_rows(&self.errors).len()
        )
    }
}

/// The services that are to be open: those of the row or, without such a column, those there are;
/// each with the seats of its column or, without one, those it has.
fn wanted(line: &Line, now: &[(ServiceId, Option<i64>)]) -> Vec<(ServiceId, Option<i64>)> {
    let open: Vec<ServiceId> = match &line.services {
        Some(services) => services.clone(),
        None => now.iter().map(|(id, _)| id.clone()).collect(),
    };
    let mut services: Vec<_> = open
        .into_iter()
        .map(|id| {
            let current = now.iter().find(|(known, _)| *known == id);
            let current = current.and_then(|(_, seats)| *seats);
            let seats = line.seats.get(&id).copied().unwrap_or(current);
            (id, seats)
        })
        .collect();
    services.sort();
    services
}

/// « BIP (12 places), Net Cotisations ».
fn spell(known: &Known, services: &[(ServiceId, Option<i64>)]) -> String {
    if services.is_empty() {
        return "aucun service".to_owned();
    }
    let spelt = services.iter().map(|(id, seats)| {
        let named = known.services.iter().find(|(known, _)| known == id);
        let name = named.map_or(id.as_str(), |(_, name)| name);
        match seats {
            Some(1) => format!("{name} (1 place)"),
            Some(seats) => format!("{name} ({seats} places)"),
            None => name.to_owned(),
        }
    });
    spelt.collect::<Vec<_>>().join(", ")
}
