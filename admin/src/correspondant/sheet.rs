//! `/cig/collectivites/{id}`: one collectivité, changed, closed, opened again.

use super::guardrails::sentence;
use super::{Correspondant, Supervisor, failed};
use crate::date;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::referent::rules::services;
use accounts::{CollectiviteKind, CollectiviteRecord, Error, Mandate, Over, Seats};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use policies::Guardrail;
use serde::Deserialize;
use std::sync::Arc;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    pub(super) fait: String,
}

fn said(done: &str) -> &'static str {
    match done {
        "ouverture" => {
            "La collectivité est ouverte. Enregistrez maintenant la désignation de son premier référent."
        }
        "modification" => "Les changements sont enregistrés. Ils s’appliquent dès maintenant.",
        "fermeture" => {
            "La collectivité est fermée : plus personne n’y ouvre de service. Vous pouvez la rouvrir à tout moment."
        }
        "reouverture" => "La collectivité est rouverte.",
        "seul" => "Un seul référent suffit désormais pour changer une règle.",
        "fin" => "La fin du mandat est enregistrée.",
        _ => "",
    }
}

pub(super) struct MandateRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) state: String,
}

#[derive(Template)]
#[template(path = "cig/sheet.html")]
struct SheetPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    record: CollectiviteRecord,
    kind: &'static str,
    seats: Vec<(String, String)>,
    mandates: Vec<MandateRow>,
    /// Whether a référent can work now.
    active: bool,
    /// Whether its rules need two référents.
    by_two: bool,
    /// Guardrails above it alone: the address of each, and what it says.
    ceilings: Vec<(String, String)>,
    /// Whether whoever looks is of the CIG: they write guardrails, and open what it closed.
    of_cig: bool,
}

pub(super) fn kind(kind: CollectiviteKind) -> &'static str {
    match kind {
        CollectiviteKind::Collectivite => "Collectivité",
        CollectiviteKind::Etablissement => "Établissement public",
        CollectiviteKind::Cdg => "Centre de gestion",
        CollectiviteKind::Cig => "CIG",
    }
}

/// « 12 personnes sur 25 places ».
fn occupation(seats: &Seats) -> String {
    let people = match seats.used {
        0 => "personne".to_owned(),
        1 => "1 personne".to_owned(),
        used => format!("{used} personnes"),
    };
    match seats.allowed {
        Some(allowed) if seats.is_exceeded() => {
            format!("{people} pour {allowed} places : le nombre est dépassé")
        }
        Some(1) => format!("{people} pour 1 place"),
        Some(allowed) => format!("{people} pour {allowed} places"),
        None => format!("{people}, sans limite"),
    }
}

fn mandate(mandate: &Mandate) -> MandateRow {
    let from = mandate
        .from
        .map(|at| format!(", à partir du {}", date::short(at)));
    let until = mandate
        .until
        .map(|at| format!(", jusqu’au {}", date::last_day(at)));
    let unconfirmed = mandate
        .unconfirmed_since
        .map(|at| format!(". Adresse à confirmer depuis le {}", date::short(at)));
    let state = if mandate.active {
        "En activité"
    } else {
        "Pas encore en activité, ou suspendu"
    };
    MandateRow {
        id: mandate
            .membership
            .as_str()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned(),
        name: mandate.name.clone(),
        login: mandate.login.clone(),
        state: format!(
            "{state}{}{}{}",
            from.unwrap_or_default(),
            until.unwrap_or_default(),
            unconfirmed.unwrap_or_default()
        ),
    }
}

/// The guardrails in force above one collectivité alone.
async fn ceilings(
    portal: &Portal,
    someone: &Correspondant,
    record: &CollectiviteRecord,
) -> Result<Vec<(String, String)>, Error> {
    let all = someone.overseen(portal).list_guardrails().await?;
    let own = all.iter().filter(|version| {
        let only = Guardrail::only_of(&version.rule);
        version.is_in_force() && only.is_some_and(|only| only == record.collectivite.id)
    });
    let names = services(portal);
    let own = own.map(|version| {
        let address = format!("/cig/garde-fous/{}", version.rule.id);
        (address, sentence(&names, version))
    });
    Ok(own.collect())
}

impl SheetPage {
    /// Whether more people have a right somewhere than may.
    fn exceeded(&self) -> bool {
        self.record.seats.iter().any(Seats::is_exceeded)
    }
}

/// Shows it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Query(done): Query<Done>,
) -> Response {
    let over = someone.over(&portal, &leave);
    match read(&portal, &someone, over, &done.fait).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    someone: &Correspondant,
    over: Over<'_>,
    done: &str,
) -> Result<SheetPage, Error> {
    let record = over.record().await?;
    let mandates = over.list_mandates().await?;
    let person = someone.person(portal).await?;
    let seats = record.seats.iter().map(|seats| {
        let entrance = portal.entrance(seats.service.as_str());
        let name = entrance.map_or(seats.service.as_str(), |entrance| &entrance.name);
        (name.to_owned(), occupation(seats))
    });
    Ok(SheetPage {
        token: person.token.clone(),
        person: Some(person),
        here: "collectivites",
        done: said(done),
        kind: kind(record.collectivite.kind),
        seats: seats.collect(),
        active: mandates.iter().any(|mandate| mandate.active),
        mandates: mandates.iter().map(mandate).collect(),
        by_two: over.needs_two_people().await?,
        ceilings: ceilings(portal, someone, &record).await?,
        of_cig: someone.is_of_cig(),
        record,
    })
}
