//! `/api/v1/agents/{id}/…`: where somebody stands, and their invitation.

use super::agents::{AgentInFull, POINTERS, in_full};
use super::answer::Answer;
use super::asked::Asked;
use super::body::{Json, Nothing};
use super::problem::Problem;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::agent::read_step;
use crate::referent::invitation;
use accounts::Within;
use axum::extract::{Path, State};
use axum::response::Response;
use policies::Attribution;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewState {
    /// `suspend`, `restore`, `leave`, `stay`, `delete` or `undelete`.
    #[schema(example = "leave")]
    step: String,
    /// The first day of a suspension, which begins at once without it; the last day of who leaves.
    #[serde(default)]
    #[schema(example = "2026-12-31")]
    date: String,
}

/// Leave to change somebody of the collectivité.
pub(super) async fn leave(
    within: Within<'_>,
    referent: &Referent,
    id: &str,
) -> Result<Attribution, Problem> {
    let member = within.member(&referent.membership(id)).await?;
    Ok(referent.attribute(&member)?)
}

/// Takes it.
#[utoipa::path(post, path = "/api/v1/agents/{id}/state", operation_id = "takeStep", tag = "agents",
    summary = "Suspendre, rétablir, faire partir ou supprimer un agent",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la fiche lue")),
    request_body = NewState,
    responses((status = 200, description = "La fiche, avec sa nouvelle version", body = AgentInFull)))]
pub(super) async fn take(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NewState>>,
) -> Result<Response, Problem> {
    let (version, Json(new)) = (asked.version()?, &asked.body);
    let mut errors = FieldErrors::default();
    let Some(step) = read_step(&portal, &new.step, &new.date, &mut errors) else {
        let pointers = [("date-suspension", "/date"), ("date-depart", "/date")];
        return Err(Problem::invalid(&errors, &pointers));
    };
    let within = asked.within(&portal);
    let leave = leave(within, &asked.who, &id).await?;
    let taken = within.take(&leave, version, step).await;
    taken.map_err(Problem::conditional)?;
    let answer = in_full(within, leave.membership()).await?;
    asked.answer(&portal, answer).await
}

/// Sends it again.
#[utoipa::path(post, path = "/api/v1/agents/{id}/invitation", operation_id = "sendInvitation",
    tag = "agents", summary = "Envoyer de nouveau l’invitation d’un agent",
    params(("id" = String, Path)),
    responses((status = 204, description = "Elle part\u{a0}; la précédente ne sert plus")))]
pub(super) async fn invite(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let within = asked.within(&portal);
    let leave = leave(within, &asked.who, &id).await?;
    within.invite_again(&leave).await?;
    asked.answer(&portal, Answer::nothing()).await
}

/// Another address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAddress {
    #[schema(example = "zoe.lefevre@fontclaire.example")]
    email: String,
}

/// Sends it to another address.
#[utoipa::path(put, path = "/api/v1/agents/{id}/invitation", operation_id = "redirectInvitation",
    tag = "agents", summary = "Corriger l’adresse d’un agent qui n’a pas répondu, et l’y inviter",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la fiche lue")),
    request_body = NewAddress,
    responses((status = 200, description = "La fiche, avec sa nouvelle version", body = AgentInFull)))]
pub(super) async fn redirect(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NewAddress>>,
) -> Result<Response, Problem> {
    let (version, Json(new)) = (asked.version()?, &asked.body);
    let within = asked.within(&portal);
    let leave = leave(within, &asked.who, &id).await?;
    let mut errors = FieldErrors::default();
    let redirected = invitation::redirect(within, &leave, version, &new.email, &mut errors).await;
    redirected.map_err(Problem::conditional)?;
    if !errors.is_empty() {
        return Err(Problem::invalid(&errors, &POINTERS));
    }
    let answer = in_full(within, leave.membership()).await?;
    asked.answer(&portal, answer).await
}

/// Ends it.
#[utoipa::path(delete, path = "/api/v1/agents/{id}/invitation", operation_id = "revokeInvitation",
    tag = "agents", summary = "Annuler l’invitation d’un agent",
    params(("id" = String, Path)),
    responses((status = 204, description = "Son lien ne sert plus")))]
pub(super) async fn revoke(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let within = asked.within(&portal);
    let leave = leave(within, &asked.who, &id).await?;
    within.revoke_invitation(&leave).await?;
    asked.answer(&portal, Answer::nothing()).await
}
