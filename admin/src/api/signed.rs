//! `/api/v1/collectivites/{id}/designations/{case}/…`: the signed document, and its check by a second
//! person.

use super::asked::{Asked, Caller};
use super::body::{Json, Signed};
use super::designations::{Designation, in_full};
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::case::{attachment, unfit};
use crate::fields::reason;
use crate::portal::Portal;
use accounts::Error;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What the store calls a document that a program sent.
const FILE: &str = "api";

/// Takes it in.
#[utoipa::path(put, path = "/api/v1/collectivites/{id}/designations/{case}/document",
    operation_id = "putDocument", tag = "designations", summary = "Déposer le document signé d’une désignation",
    params(("id" = String, Path), ("case" = String, Path)),
    request_body(content(("application/pdf"), ("image/png"), ("image/jpeg"))),
    responses((status = 200, description = "La désignation, qu’une deuxième personne doit vérifier", body = Designation)))]
pub(super) async fn put(
    State(portal): State<Arc<Portal>>,
    Path((id, case)): Path<(String, String)>,
    asked: Asked<Signed, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let over = asked.over(&portal, &leave);
    let Signed(content) = &asked.body;
    if let Some(fault) = unfit(content) {
        return Err(Problem::mistake("", fault));
    }
    over.receive(&case, FILE, content).await?;
    let answer = in_full(over, &asked.who, &case).await?;
    asked.answer(&portal, answer).await
}

/// The document, as a file to keep; reading it is an entry of the journal.
#[utoipa::path(get, path = "/api/v1/collectivites/{id}/designations/{case}/document",
    operation_id = "getDocument", tag = "designations", summary = "Lire le document signé d’une désignation",
    params(("id" = String, Path), ("case" = String, Path)),
    responses((status = 200, description = "Le document", content(("application/octet-stream")))))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
    Path((id, case)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let leave = someone.supervise(&portal, &id).await?;
    let document = someone.over(&portal, &leave).document(&case).await?;
    Ok(attachment(&document))
}

/// What a second person makes of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DesignationCheck {
    accept: bool,
    /// `document` of the designation that was read: another one put there since is not accepted.
    #[serde(default)]
    document: Option<i64>,
    /// Why not.
    #[serde(default)]
    reason: String,
}

/// Checks it, or rejects it with a reason.
#[utoipa::path(post, path = "/api/v1/collectivites/{id}/designations/{case}/check",
    operation_id = "checkDesignation", tag = "designations",
    summary = "Vérifier une désignation reçue, ou la rejeter ; une autre personne l’a enregistrée et déposée",
    params(("id" = String, Path), ("case" = String, Path)), request_body = DesignationCheck,
    responses((status = 200, description = "La désignation", body = Designation)))]
pub(super) async fn check(
    State(portal): State<Arc<Portal>>,
    Path((id, case)): Path<(String, String)>,
    asked: Asked<Json<DesignationCheck>, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let (over, Json(said)) = (asked.over(&portal, &leave), &asked.body);
    let decided = if said.accept {
        let seen = said.document.ok_or_else(|| {
            Problem::mistake(
                "/document",
                "Reprenez document de la désignation que vous avez lue.",
            )
        })?;
        over.check(&case, seen).await
    } else {
        let reason = reason(&said.reason)
            .ok_or_else(|| Problem::mistake("/reason", "Écrivez le motif du rejet."))?;
        over.reject(&case, &reason).await
    };
    match decided {
        Err(Error::Exists { .. }) => Err(Problem::conflict(
            "exists",
            "Cette personne figure déjà dans la collectivité",
            "Elle y a été supprimée, ou elle y a un autre rôle. Un référent la rappelle d’abord dans la liste des agents.",
        )),
        decided => {
            decided?;
            let answer = in_full(over, &asked.who, &case).await?;
            asked.answer(&portal, answer).await
        }
    }
}
