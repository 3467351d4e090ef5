//! `/api/v1/collectivites/{id}`: one collectivité, changed, closed, opened again.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::Json;
use super::collectivites::{OpenedService, POINTERS, choices};
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::edit::{Identity, read_change};
use crate::correspondant::services::standing;
use crate::correspondant::siret_taken;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use accounts::{Error, Over};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A collectivité, with its numbers and its services.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CollectiviteInFull {
    #[schema(example = "732829320")]
    id: String,
    #[schema(example = "Ville de Beaumont")]
    name: String,
    /// `collectivite`, `etablissement` or `cdg`.
    kind: &'static str,
    siret: Option<String>,
    insee: Option<String>,
    /// The id and the name of the centre de gestion that it is affiliated to.
    cdg: Option<String>,
    cdg_name: Option<String>,
    closed: bool,
    services: Vec<UsedService>,
    /// Changes name the version that was read.
    version: i64,
}

/// A service that is open to it.
#[derive(Debug, Serialize, ToSchema)]
struct UsedService {
    service: String,
    /// How many people may have a right on it; no limit when null.
    seats: Option<i64>,
    /// How many have one.
    used: i64,
}

/// The record as an answer.
pub(super) async fn in_full(over: Over<'_>) -> Result<Answer, Problem> {
    let record = over.record().await?;
    let services = record.seats.into_iter().map(|seats| UsedService {
        service: seats.service.to_string(),
        seats: seats.allowed,
        used: seats.used,
    });
    let collectivite = CollectiviteInFull {
        id: record.collectivite.id.to_string(),
        name: record.collectivite.name,
        kind: record.collectivite.kind.as_str(),
        siret: record.siret,
        insee: record.insee,
        cdg: record.collectivite.cdg.map(|cdg| cdg.to_string()),
        cdg_name: record.cdg_name,
        closed: !record.collectivite.active,
        services: services.collect(),
        version: record.version,
    };
    Ok(Answer::of(&collectivite)?.version(record.version))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/collectivites/{id}", operation_id = "getCollectivite",
    tag = "collectivites", summary = "Lire la fiche d’une collectivité", params(("id" = String, Path)),
    responses((status = 200, description = "La fiche ; ETag porte sa version", body = CollectiviteInFull)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    let leave = someone.supervise(&portal, &id).await?;
    in_full(someone.over(&portal, &leave)).await
}

/// What is to change; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CollectiviteChange {
    name: Option<String>,
    siret: Option<String>,
    insee: Option<String>,
    /// All that are to be open, with their seats. Those that the caller may not open stay as they are.
    services: Option<Vec<OpenedService>>,
}

/// Changes it.
#[utoipa::path(patch, path = "/api/v1/collectivites/{id}", operation_id = "changeCollectivite",
    tag = "collectivites", summary = "Changer le nom, le SIRET, le code INSEE, les services et les places d’une collectivité",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la fiche lue")),
    request_body = CollectiviteChange,
    responses((status = 200, description = "La fiche, avec sa nouvelle version", body = CollectiviteInFull)))]
pub(super) async fn change(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<CollectiviteChange>, Correspondant>,
) -> Result<Response, Problem> {
    let (someone, Json(change)) = (&asked.who, &asked.body);
    let leave = someone.supervise(&portal, &id).await?;
    let over = asked.over(&portal, &leave);
    let (version, record) = (asked.version()?, over.record().await?);
    let choices = match &change.services {
        Some(services) => choices(&portal, someone, services)?,
        None => standing(&portal, someone, &record.seats),
    };
    let name = change.name.as_ref().unwrap_or(&record.collectivite.name);
    let (mut errors, seen) = (FieldErrors::default(), (&record, version));
    let identity = Identity {
        name: name.clone(),
        siret: change.siret.clone().unwrap_or_default(),
        insee: change.insee.clone().unwrap_or_default(),
    };
    let Some(alteration) = read_change(&identity, &choices, seen, &mut errors) else {
        return Err(Problem::invalid(&errors, &POINTERS));
    };
    let altered = over.alter(&alteration).await;
    altered.map_err(|error| match error {
        Error::Exists { .. } => {
            let of_cdg = someone.oversight.affiliated_to().is_some();
            Problem::mistake("/siret", siret_taken(of_cdg))
        }
        other => Problem::conditional(other),
    })?;
    let answer = in_full(over).await?;
    asked.answer(&portal, answer).await
}

/// Whether it is open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CollectiviteState {
    /// `closed` or `reopened`.
    #[schema(example = "closed")]
    state: String,
}

/// Closes it, or opens it again.
#[utoipa::path(post, path = "/api/v1/collectivites/{id}/state", operation_id = "setCollectiviteState",
    tag = "collectivites", summary = "Fermer une collectivité à toutes ses personnes, ou la rouvrir",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la fiche lue")),
    request_body = CollectiviteState,
    responses((status = 200, description = "La fiche, avec sa nouvelle version", body = CollectiviteInFull)))]
pub(super) async fn set_state(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<CollectiviteState>, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let closed = match asked.body.0.state.as_str() {
        "closed" => true,
        "reopened" => false,
        _ => return Err(Problem::mistake("/state", "Écrivez closed ou reopened.")),
    };
    let over = asked.over(&portal, &leave);
    let set = over
        .set_closed(closed, asked.version()?, &asked.who.oversight)
        .await;
    set.map_err(Problem::conditional)?;
    let answer = in_full(over).await?;
    asked.answer(&portal, answer).await
}
