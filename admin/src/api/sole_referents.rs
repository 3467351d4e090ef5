//! `/api/v1/sole-referents/…`: what a collectivité's only référent cannot answer for themself.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::Json;
use super::page::Whole;
use super::problem::Problem;
use super::requests::{AccessRequest, RequestAnswer};
use crate::correspondant::Correspondant;
use crate::correspondant::sole_referents::{effects, find};
use crate::date;
use crate::portal::Portal;
use crate::referent::requests::service_name;
use crate::referent::reviews::current::right;
use accounts::{Error, FromSole, SoleLine};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A request, with whose référent asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SoleRequest {
    /// The id and the name of the collectivité.
    collectivite: String,
    collectivite_name: String,
    request: AccessRequest,
    /// What accepting it would do, in French.
    effects: Vec<String>,
}

/// Those that wait.
#[utoipa::path(get, path = "/api/v1/sole-referents/requests", operation_id = "listSoleRequests",
    tag = "sole-referents", summary = "Lister les demandes d’accès des référents qui sont seuls dans leur collectivité",
    responses((status = 200, description = "Les plus anciennes d’abord, cent au plus", body = Whole<SoleRequest>)))]
pub(super) async fn list_requests(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
) -> Result<axum::Json<Whole<SoleRequest>>, Problem> {
    let mut items = Vec::new();
    for from in someone.overseen(&portal).list_sole_requests().await? {
        items.push(SoleRequest {
            effects: effects(&portal, &someone, &from.what).await?,
            collectivite: from.collectivite.0.to_string(),
            collectivite_name: from.collectivite.1,
            request: from.what.into(),
        });
    }
    Ok(axum::Json(Whole { items }))
}

/// Answers one.
#[utoipa::path(post, path = "/api/v1/sole-referents/requests/{id}/answer", operation_id = "answerSoleRequest",
    tag = "sole-referents", summary = "Répondre à la demande d’accès d’un référent seul",
    params(("id" = String, Path)), request_body = RequestAnswer,
    responses((status = 204, description = "La réponse est donnée, le référent averti")))]
pub(super) async fn answer_request(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<RequestAnswer>, Correspondant>,
) -> Result<Response, Problem> {
    let from = find(&portal, &asked.who, &id).await?;
    let leave = asked.who.supervise(&portal, from.collectivite.0.as_str());
    let leave = leave.await?;
    let answer = asked.body.0.read(&portal)?;
    let name = service_name(&portal, &from.what);
    let over = asked.over(&portal, &leave);
    over.answer_sole_request(&from.what, &name, &answer).await?;
    asked.answer(&portal, Answer::nothing()).await
}

/// A référent's line of an open review.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SoleReviewLine {
    collectivite: String,
    collectivite_name: String,
    /// The ids of the review and of the référent.
    review: String,
    agent: String,
    name: String,
    /// The rights when the review was opened, in French.
    rights: Vec<String>,
    due_at: String,
}

/// Those that wait.
#[utoipa::path(get, path = "/api/v1/sole-referents/review-lines", operation_id = "listSoleReviewLines",
    tag = "sole-referents", summary = "Lister les revues où un référent seul attend une décision sur ses droits",
    responses((status = 200, description = "Les plus urgentes d’abord, cent au plus", body = Whole<SoleReviewLine>)))]
pub(super) async fn list_lines(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
) -> Result<axum::Json<Whole<SoleReviewLine>>, Problem> {
    let lines = someone.overseen(&portal).list_sole_lines().await?;
    let items = lines.into_iter().map(|from| shown(&portal, from));
    Ok(axum::Json(Whole {
        items: items.collect(),
    }))
}

fn shown(portal: &Portal, from: FromSole<SoleLine>) -> SoleReviewLine {
    let rights = from.what.frozen.rights.iter();
    SoleReviewLine {
        rights: rights.map(|one| right(portal, one)).collect(),
        collectivite: from.collectivite.0.to_string(),
        collectivite_name: from.collectivite.1,
        review: from.what.review,
        agent: from.what.membership.to_string(),
        name: from.what.name,
        due_at: date::rfc3339(from.what.due_at),
    }
}

/// A decision about a line, named by the ids that the list gives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SoleDecision {
    review: String,
    agent: String,
    /// Whether profile and direct rights are taken away; else they stay.
    withdraw: bool,
}

/// Decides about one.
#[utoipa::path(post, path = "/api/v1/sole-referents/review-lines", operation_id = "decideSoleReviewLine",
    tag = "sole-referents", summary = "Décider des droits d’un référent seul dans une revue", request_body = SoleDecision,
    responses((status = 204, description = "La décision est notée")))]
pub(super) async fn decide_line(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<SoleDecision>, Correspondant>,
) -> Result<Response, Problem> {
    let Json(said) = &asked.body;
    let lines = asked.who.overseen(&portal).list_sole_lines().await?;
    let named = |from: &&FromSole<SoleLine>| {
        from.what.review == said.review && from.what.membership.as_str() == said.agent
    };
    let line = lines.iter().find(named).ok_or_else(|| Error::NotFound {
        what: "review",
        id: said.review.clone(),
    })?;
    let leave = asked.who.supervise(&portal, line.collectivite.0.as_str());
    let leave = leave.await?;
    let over = asked.over(&portal, &leave);
    over.decide_sole_line(&said.review, &line.what.membership, said.withdraw)
        .await?;
    asked.answer(&portal, Answer::nothing()).await
}
