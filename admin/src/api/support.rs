//! `/api/v1/collectivites/{id}/support`: what somebody can open and why, for a reason that is
//! journaled and told to the référents.

use super::answer::Answer;
use super::asked::Asked;
use super::body::Json;
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::support::{Looked, find};
use crate::date;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Whom to look at, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SupportRequest {
    #[schema(example = "amina.benali@ville.fr")]
    email: String,
    /// The référents receive it.
    #[schema(example = "appel du 24/11 : BIP ne s’ouvre pas")]
    reason: String,
}

/// Somebody who is helped.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HelpedPerson {
    name: String,
    email: String,
    /// `actif`, `invite`, `suspendu`, `parti` or `supprime`.
    standing: &'static str,
    last_login_at: Option<String>,
    /// Until when their invitation serves, if one was sent and not used.
    invited_until: Option<String>,
    accesses: Vec<JudgedAccess>,
}

/// What one service is to them.
#[derive(Debug, Serialize, ToSchema)]
struct JudgedAccess {
    service: String,
    /// « Aucun », « Lecture » or « Modification »: what is decided at this moment.
    level: String,
    reason: String,
    /// The rules that decided.
    rules: String,
}

impl From<Looked> for HelpedPerson {
    fn from(looked: Looked) -> Self {
        let helped = looked.helped;
        let accesses = looked.accesses.into_iter().map(|access| JudgedAccess {
            service: access.service,
            level: access.level,
            reason: access.reason,
            rules: access.rules,
        });
        Self {
            name: helped.name,
            email: helped.login,
            standing: helped.standing.as_str(),
            last_login_at: helped.last_login_at.map(date::rfc3339),
            invited_until: helped.invited_until.map(date::rfc3339),
            accesses: accesses.collect(),
        }
    }
}

/// Looks.
#[utoipa::path(post, path = "/api/v1/collectivites/{id}/support", operation_id = "lookAtAccesses",
    tag = "support", summary = "Consulter les accès d’une personne pour l’aider",
    params(("id" = String, Path)), request_body = SupportRequest,
    responses((status = 200, description = "Ce que la personne peut ouvrir ; les référents sont avertis", body = HelpedPerson)))]
pub(super) async fn look(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<SupportRequest>, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let (over, Json(said)) = (asked.over(&portal, &leave), &asked.body);
    let (whom, mut errors) = (
        (said.email.as_str(), said.reason.as_str()),
        FieldErrors::default(),
    );
    let looked = find(&portal, &asked.who, over, whom, &mut errors).await?;
    let Some(looked) = looked else {
        let pointers = [("agent", "/email"), ("motif", "/reason")];
        return Err(Problem::invalid(&errors, &pointers));
    };
    let answer = Answer::of(&HelpedPerson::from(looked))?;
    asked.answer(&portal, answer).await
}

/// Somebody, by mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Somebody {
    email: String,
}

/// Sends somebody's invitation again.
#[utoipa::path(post, path = "/api/v1/collectivites/{id}/support/invitation", operation_id = "helpWithInvitation",
    tag = "support", summary = "Renvoyer l’invitation d’une personne pour l’aider",
    params(("id" = String, Path)), request_body = Somebody,
    responses((status = 204, description = "Elle part\u{a0}; la précédente ne sert plus")))]
pub(super) async fn invite(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Somebody>, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let over = asked.over(&portal, &leave);
    over.invite_again(asked.body.0.email.trim()).await?;
    asked.answer(&portal, Answer::nothing()).await
}

/// Ends somebody's sessions.
#[utoipa::path(post, path = "/api/v1/collectivites/{id}/support/sessions", operation_id = "endSessions",
    tag = "support", summary = "Fermer les sessions d’une personne pour l’aider",
    params(("id" = String, Path)), request_body = Somebody,
    responses((status = 204, description = "Elles sont fermées partout")))]
pub(super) async fn end_sessions(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Somebody>, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let over = asked.over(&portal, &leave);
    over.end_sessions(asked.body.0.email.trim()).await?;
    asked.answer(&portal, Answer::nothing()).await
}
