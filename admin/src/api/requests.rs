//! `/api/v1/access-requests`: what agents ask for, and the answer.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::Json;
use super::page::Whole;
use super::problem::Problem;
use crate::date;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::requests::{effect, read_answer, service_name};
use crate::referent::{Referent, last_part};
use accounts::Replacement;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// An open request, and what accepting it would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenRequest {
    #[serde(flatten)]
    request: AccessRequest,
    /// In French, a sentence each; nothing for the own request, which another référent answers.
    effects: Vec<String>,
}

/// An open request.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccessRequest {
    id: String,
    /// The id of the agent who asks.
    agent: String,
    name: String,
    service: String,
    /// `lecture`, `ecriture` or a role of the service.
    level: String,
    message: String,
    created_at: String,
}

impl From<accounts::AccessRequest> for AccessRequest {
    fn from(request: accounts::AccessRequest) -> Self {
        Self {
            agent: last_part(request.membership.as_str()).to_owned(),
            id: request.id,
            name: request.name,
            service: request.service.to_string(),
            level: request.level.as_str().to_owned(),
            message: request.message,
            created_at: date::rfc3339(request.created_at),
        }
    }
}

/// Those that wait.
#[utoipa::path(get, path = "/api/v1/access-requests", operation_id = "listAccessRequests",
    tag = "access-requests", summary = "Lister les demandes d’accès en attente",
    responses((status = 200, description = "Toutes celles qui attendent", body = Whole<OpenRequest>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<OpenRequest>>, Problem> {
    let mut items = Vec::new();
    for request in referent.within(&portal).list_requests().await? {
        items.push(OpenRequest {
            effects: effect::of(&portal, &referent, &request).await?,
            request: request.into(),
        });
    }
    Ok(axum::Json(Whole { items }))
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestAnswer {
    grant: bool,
    /// The last day of the right, which has no end without it.
    #[serde(default)]
    #[schema(example = "2026-12-31")]
    until: String,
    /// Why not: the person receives it.
    #[serde(default)]
    reason: String,
}

impl RequestAnswer {
    pub(super) fn read(&self, portal: &Portal) -> Result<accounts::RequestAnswer, Problem> {
        let (mut errors, said) = (FieldErrors::default(), (&*self.until, &*self.reason));
        read_answer(portal, self.grant, said, &mut errors).ok_or_else(|| {
            let pointers = [("fin", "/until"), ("motif", "/reason")];
            Problem::invalid(&errors, &pointers)
        })
    }
}

/// Answers one.
#[utoipa::path(post, path = "/api/v1/access-requests/{id}/answer", operation_id = "answerAccessRequest",
    tag = "access-requests", summary = "Répondre à une demande d’accès",
    params(("id" = String, Path)), request_body = RequestAnswer,
    responses((status = 204, description = "La réponse est donnée, la personne avertie")))]
pub(super) async fn answer(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<RequestAnswer>>,
) -> Result<Response, Problem> {
    let within = asked.within(&portal);
    let requests = within.list_requests().await?;
    let request = requests.iter().find(|request| request.id == id);
    let request = request.ok_or_else(Problem::not_found)?;
    let answer = asked.body.0.read(&portal)?;
    let member = within.member(&request.membership).await?;
    let leave = asked.who.attribute(&member)?;
    let name = service_name(&portal, request);
    within
        .answer_request(&leave, request, &name, (&answer, Replacement::Refused))
        .await?;
    asked.answer(&portal, Answer::nothing()).await
}
