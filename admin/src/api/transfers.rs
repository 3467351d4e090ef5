//! `/api/v1/agents/{id}/transfer`: somebody is released to another collectivité, which answers as
//! `/api/v1/arrivals`.

use super::agents::{AgentInFull, in_full};
use super::answer::Answer;
use super::asked::{Asked, Caller, Parameters};
use super::body::{Json, Nothing};
use super::page::Whole;
use super::problem::Problem;
use super::states;
use crate::date;
use crate::fields::reason;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::arrivals::NO_REASON;
use crate::referent::transfer::read_last_day;
use accounts::Error;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Somebody on the way.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Transfer {
    id: String,
    name: String,
    email: String,
    /// The names of the collectivités.
    from: String,
    to: String,
    /// The end of the last day in the old one.
    left_at: String,
    /// Until when it can be answered.
    expires_at: String,
}

impl From<accounts::Transfer> for Transfer {
    fn from(transfer: accounts::Transfer) -> Self {
        Self {
            id: transfer.id,
            name: transfer.name,
            email: transfer.login,
            from: transfer.from,
            to: transfer.to,
            left_at: date::rfc3339(transfer.left_at),
            expires_at: date::rfc3339(transfer.expires_at),
        }
    }
}

/// Whom somebody can be released to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Receiver {
    id: String,
    name: String,
}

/// Part of a name, or a SIRET.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    q: String,
}

/// Collectivités by their public name or number.
#[utoipa::path(get, path = "/api/v1/receivers", operation_id = "findReceivers", tag = "transfers",
    summary = "Chercher la collectivité où va un agent", params(Search),
    responses((status = 200, description = "Vingt au plus\u{a0}; aucune en deçà de trois lettres", body = Whole<Receiver>)))]
pub(super) async fn receivers(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Parameters(search): Parameters<Search>,
) -> Result<axum::Json<Whole<Receiver>>, Problem> {
    let found = if search.q.trim().chars().count() < 3 {
        Vec::new()
    } else {
        referent.within(&portal).find_receivers(&search.q).await?
    };
    let items = found.into_iter().map(|(id, name)| Receiver {
        id: id.to_string(),
        name,
    });
    Ok(axum::Json(Whole {
        items: items.collect(),
    }))
}

/// Where somebody is on the way to.
#[utoipa::path(get, path = "/api/v1/agents/{id}/transfer", operation_id = "getTransfer", tag = "transfers",
    summary = "Lire le transfert d’un agent", params(("id" = String, Path)),
    responses((status = 200, description = "Le transfert qui attend une réponse", body = Transfer)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<axum::Json<Transfer>, Problem> {
    let membership = referent.membership(&id);
    let found = referent.within(&portal).find_transfer(&membership).await?;
    let transfer = found.ok_or_else(Problem::not_found)?;
    Ok(axum::Json(transfer.into()))
}

/// A release.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    /// The id of the collectivité that receives.
    to: String,
    #[schema(example = "2026-12-31")]
    last_day: String,
}

/// Releases somebody.
#[utoipa::path(put, path = "/api/v1/agents/{id}/transfer", operation_id = "releaseAgent", tag = "transfers",
    summary = "Proposer un agent à une autre collectivité\u{a0}; ses droits ne suivent pas",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la fiche lue")),
    request_body = Release,
    responses((status = 200, description = "La fiche, avec sa nouvelle version", body = AgentInFull)))]
pub(super) async fn release(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Release>>,
) -> Result<Response, Problem> {
    let (version, Json(release)) = (asked.version()?, &asked.body);
    let within = asked.within(&portal);
    let leave = states::leave(within, &asked.who, &id).await?;
    let left_at = read_last_day(&portal, &release.last_day)
        .map_err(|text| Problem::mistake("/last_day", text))?;
    let to = release.to.as_str().into();
    match within.release(&leave, version, &to, left_at).await {
        Err(Error::NotFound {
            what: "collectivité",
            ..
        }) => {
            let text = "Cette collectivité n’utilise pas ce portail, ou plus.";
            return Err(Problem::mistake("/to", text));
        }
        Err(Error::Exists { .. }) => {
            return Err(Problem::conflict(
                "transfer-open",
                "Un transfert est déjà proposé",
                "Annulez-le d’abord.",
            ));
        }
        released => released.map_err(Problem::conditional)?,
    }
    let answer = in_full(within, leave.membership()).await?;
    asked.answer(&portal, answer).await
}

/// Takes it back.
#[utoipa::path(delete, path = "/api/v1/agents/{id}/transfer", operation_id = "cancelTransfer", tag = "transfers",
    summary = "Annuler un transfert qui n’a pas reçu de réponse",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la fiche lue")),
    responses((status = 200, description = "La fiche, avec sa nouvelle version", body = AgentInFull)))]
pub(super) async fn cancel(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let (version, within) = (asked.version()?, asked.within(&portal));
    let leave = states::leave(within, &asked.who, &id).await?;
    let cancelled = within.cancel_release(&leave, version).await;
    cancelled.map_err(Problem::conditional)?;
    let answer = in_full(within, leave.membership()).await?;
    asked.answer(&portal, answer).await
}

/// Those whom others release to this collectivité.
#[utoipa::path(get, path = "/api/v1/arrivals", operation_id = "listArrivals", tag = "transfers",
    summary = "Lister les arrivées proposées",
    responses((status = 200, description = "Les plus anciennes d’abord", body = Whole<Transfer>)))]
pub(super) async fn arrivals(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<Transfer>>, Problem> {
    let arrivals = referent.within(&portal).list_arrivals().await?;
    Ok(axum::Json(Whole {
        items: arrivals.into_iter().map(Transfer::from).collect(),
    }))
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArrivalAnswer {
    accept: bool,
    /// Why not: the person and their collectivité receive it.
    #[serde(default)]
    reason: String,
}

/// Answers one.
#[utoipa::path(post, path = "/api/v1/arrivals/{id}/answer", operation_id = "answerArrival", tag = "transfers",
    summary = "Accepter ou refuser une arrivée", params(("id" = String, Path)), request_body = ArrivalAnswer,
    responses((status = 200, description = "La fiche de la personne acceptée, sans droit ni profil", body = AgentInFull),
        (status = 204, description = "Elle est refusée")))]
pub(super) async fn answer(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<ArrivalAnswer>>,
) -> Result<Response, Problem> {
    let (within, Json(said)) = (asked.within(&portal), &asked.body);
    if said.accept {
        let membership = within.accept_arrival(&id).await?;
        let answer = in_full(within, &membership).await?;
        return asked.answer(&portal, answer).await;
    }
    let reason = reason(&said.reason).ok_or_else(|| Problem::mistake("/reason", NO_REASON))?;
    within.decline_arrival(&id, &reason).await?;
    asked.answer(&portal, Answer::nothing()).await
}
