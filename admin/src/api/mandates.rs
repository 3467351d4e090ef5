//! `/api/v1/collectivites/{id}/referents`: who administers a collectivité, and the end of a mandate.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::Json;
use super::page::Whole;
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::mandates::read_end;
use crate::date;
use crate::portal::Portal;
use crate::referent::{Referent, last_part};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A référent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Mandate {
    id: String,
    name: String,
    email: String,
    /// Whether they can work now.
    active: bool,
    /// From when on, and until when, if that was said.
    starts_at: Option<String>,
    ends_at: Option<String>,
    /// Since when they have been asked whether mail reaches them, and have not answered.
    unconfirmed_since: Option<String>,
}

impl From<accounts::Mandate> for Mandate {
    fn from(mandate: accounts::Mandate) -> Self {
        Self {
            id: last_part(mandate.membership.as_str()).to_owned(),
            name: mandate.name,
            email: mandate.login,
            active: mandate.active,
            starts_at: mandate.from.map(date::rfc3339),
            ends_at: mandate.until.map(date::rfc3339),
            unconfirmed_since: mandate.unconfirmed_since.map(date::rfc3339),
        }
    }
}

/// The référents of the own collectivité.
#[utoipa::path(get, path = "/api/v1/referents", operation_id = "listOwnReferents", tag = "referents",
    summary = "Lister les référents de sa collectivité",
    responses((status = 200, description = "Tous", body = Whole<Mandate>)))]
pub(super) async fn list_own(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<Mandate>>, Problem> {
    let mandates = referent.within(&portal).list_mandates().await?;
    Ok(axum::Json(Whole {
        items: mandates.into_iter().map(Mandate::from).collect(),
    }))
}

/// The référents, invited ones and those whose mandate has not begun among them.
#[utoipa::path(get, path = "/api/v1/collectivites/{id}/referents", operation_id = "listReferents",
    tag = "referents", summary = "Lister les référents d’une collectivité", params(("id" = String, Path)),
    responses((status = 200, description = "Tous", body = Whole<Mandate>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
    Path(id): Path<String>,
) -> Result<axum::Json<Whole<Mandate>>, Problem> {
    let leave = someone.supervise(&portal, &id).await?;
    let mandates = someone.over(&portal, &leave).list_mandates().await?;
    Ok(axum::Json(Whole {
        items: mandates.into_iter().map(Mandate::from).collect(),
    }))
}

/// The end of a mandate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MandateEnd {
    /// Its last day; it ends at once without it.
    #[serde(default)]
    #[schema(example = "2026-12-31")]
    date: String,
}

/// Ends it.
#[utoipa::path(post, path = "/api/v1/collectivites/{id}/referents/{person}/end", operation_id = "endMandate",
    tag = "referents", summary = "Mettre fin au mandat d’un référent",
    params(("id" = String, Path), ("person" = String, Path)), request_body = MandateEnd,
    responses((status = 204, description = "La fin est enregistrée, les référents sont avertis")))]
pub(super) async fn end(
    State(portal): State<Arc<Portal>>,
    Path((id, person)): Path<(String, String)>,
    asked: Asked<Json<MandateEnd>, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let at = read_end(&asked.body.0.date).map_err(|text| Problem::mistake("/date", text))?;
    let membership = format!("{id}/{person}").into();
    asked.over(&portal, &leave).revoke(&membership, at).await?;
    asked.answer(&portal, Answer::nothing()).await
}
