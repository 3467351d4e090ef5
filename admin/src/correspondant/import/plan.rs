//! What a file would do: which collectivités it opens, which it changes, which it leaves as they are.

use super::Shown;
use super::differences::{differences, named, spell};
use super::reading::{Known, Line, Reading};
use crate::correspondant::{Correspondant, sheet, siret_taken};
use crate::import::{CellError, faulty_rows};
use crate::portal::Portal;
use crate::table::Table;
use crate::words::counted;
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
            let faults = match registered.get(line.siret.as_str()) {
                Some(one) => plan.compare(someone, &known, line, one),
                None => plan.open(someone, &known, line, &mut taken),
            };
            plan.errors.extend(faults);
        }
        plan.tell_losses(portal, someone, &known).await?;
        plan.errors.sort_by_key(|error| error.row);
        Ok(plan)
    }

    /// Says of each change how many people lose a service that it closes.
    async fn tell_losses(
        &mut self,
        portal: &Portal,
        someone: &Correspondant,
        known: &Known,
    ) -> Result<(), Error> {
        let changes = self.registration.changes.iter();
        for ((leave, alteration), shown) in changes.zip(&mut self.changes) {
            for seats in someone.over(portal, leave).seats().await? {
                let stays = |(id, _): &(ServiceId, Option<i64>)| *id == seats.service;
                let used = usize::try_from(seats.used).unwrap_or_default();
                if used == 0 || alteration.services.iter().any(stays) {
                    continue;
                }
                let people = counted(used, "personne", "");
                let service = named(known, &seats.service);
                let closed = format!("{people} avec un droit sur {service}, qui se ferme");
                shown.what = [shown.what.as_str(), &closed].join("\u{a0}; ");
            }
        }
        Ok(())
    }

    /// A row whose SIRET is not followed by this person; gives what is wrong with it.
    fn open(
        &mut self,
        someone: &Correspondant,
        known: &Known,
        line: &Line,
        taken: &mut HashSet<String>,
    ) -> Vec<CellError> {
        let siret = line.siret.as_str();
        if taken.contains(siret) {
            let remedy = siret_taken(known.own.is_some());
            return vec![line.fault("SIRET", siret, remedy)];
        }
        let Some(kind) = line.kind else {
            let remedy = "Cette collectivité est nouvelle : écrivez « Collectivité » ou « Établissement public ».";
            // What does not read was told so.
            let told = line.faults.contains("Type");
            let missing = (!told).then(|| line.fault("Type", "", remedy));
            return missing.into_iter().collect();
        };
        if !line.faults.is_empty() {
            return Vec::new();
        }
        // Its SIREN; where that is taken, the NIC tells them apart.
        let short = line.siret.siren().to_owned();
        let id = if taken.contains(&short) {
            format!("{short}-{}", line.siret.nic())
        } else {
            short
        };
        let cdg = known.own.as_ref().or(line.cdg.as_ref());
        let leave = someone.may_open(&id, cdg.map(CollectiviteId::as_str));
        let leave = match leave {
            Ok(leave) => leave,
            Err(refusal) => return vec![line.fault("SIRET", siret, refusal.sentence())],
        };
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
        Vec::new()
    }

    /// A row of one that is there; gives what is wrong with it.
    fn compare(
        &mut self,
        someone: &Correspondant,
        known: &Known,
        line: &Line,
        one: &Registered,
    ) -> Vec<CellError> {
        let faults = unlike(known, line, one);
        if !faults.is_empty() || !line.faults.is_empty() {
            return faults;
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
            return Vec::new();
        }
        let tenant = Tenant {
            id: one.id.clone(),
            active: true,
            services: Vec::new(),
            cdg: one.cdg.clone(),
        };
        let leave = someone.judge(&tenant);
        let leave = match leave {
            Ok(leave) => leave,
            Err(refusal) => return vec![line.fault("SIRET", &one.siret, refusal.sentence())],
        };
        self.changes.push(Shown {
            row: line.row,
            name: line.name.clone(),
            siret: one.siret.clone(),
            what: differences(known, one, line, &services, insee.as_ref()),
        });
        let alteration = Alteration {
            name: line.name.clone(),
            siret: None,
            insee,
            services,
            version: one.version,
        };
        self.registration.changes.push((leave, alteration));
        Vec::new()
    }

    /// What is to be written, spelt out: a plan that differs in anything differs here.
    pub(super) fn spelt(&self) -> String {
        format!("{:?}", self.registration)
    }

    /// What applying it does, in a sentence without names.
    pub(super) fn report(&self) -> String {
        [
            counted(self.openings.len(), "ouverture", ""),
            counted(self.changes.len(), "modification", ""),
            counted(self.unchanged, "ligne", " inchangée"),
            counted(faulty_rows(&self.errors).len(), "ligne", " à corriger"),
        ]
        .join(", ")
    }
}

/// What a row says of one that is there, and that does not change.
fn unlike(known: &Known, line: &Line, one: &Registered) -> Vec<CellError> {
    let mut faults = Vec::new();
    if let Some(kind) = line.kind.filter(|kind| *kind != one.kind) {
        let remedy = format!(
            "Cette collectivité est déjà ouverte avec le type «\u{a0}{}\u{a0}», qui ne change pas. Reprenez ce type ou laissez la case vide\u{a0}; si la ligne parle d’une autre collectivité, corrigez le SIRET.",
            sheet::kind(one.kind)
        );
        faults.push(line.fault("Type", sheet::kind(kind), remedy));
    }
    if let Some(cdg) = line
        .cdg
        .as_ref()
        .filter(|cdg| one.cdg.as_ref() != Some(*cdg))
    {
        let mut cdgs = known.cdgs.iter();
        let named = cdgs.find(|(id, _)| id == cdg.as_str());
        let name = named.map_or(cdg.as_str(), |(_, name)| name);
        let remedy =
            "Le centre de gestion d’une collectivité ouverte ne change pas. Laissez la case vide.";
        faults.push(line.fault("Centre de gestion", name, remedy));
    }
    faults
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
