//! `/api/v1/two-people`: whether a change of the collectivité's rules takes two référents.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::{Json, Nothing};
use super::problem::Problem;
use crate::date;
use crate::portal::Portal;
use crate::referent::Referent;
use accounts::ByTwo;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Whether two are needed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TwoPeople {
    /// Since when, RFC 3339; none where one is enough.
    since: Option<String>,
    /// Whether somebody asks to end it, which takes two.
    end_asked: bool,
    /// Who, while they are here.
    asked_by: Option<String>,
}

/// What is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    needed: bool,
}

/// How it is.
#[utoipa::path(get, path = "/api/v1/two-people", operation_id = "getTwoPeople", tag = "rules",
    summary = "Savoir si un changement de règle demande deux référents",
    responses((status = 200, description = "Depuis quand, et qui demande la fin", body = TwoPeople)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<TwoPeople>, Problem> {
    let state = referent.within(&portal).two_people().await?;
    Ok(axum::Json(TwoPeople {
        since: state.since.map(date::rfc3339),
        end_asked: state.ending.is_some(),
        asked_by: state.ending.and_then(|(_, name)| name),
    }))
}

/// Changes it.
#[utoipa::path(put, path = "/api/v1/two-people", operation_id = "setTwoPeople", tag = "rules",
    summary = "Exiger deux référents pour chaque changement de règle, ou demander à ne plus l’exiger",
    request_body = Wanted,
    responses((status = 204, description = "C’est fait"),
        (status = 202, description = "La fin attend un deuxième référent")))]
pub(super) async fn set(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<Wanted>>,
) -> Result<Response, Problem> {
    let within = asked.within(&portal);
    let state = within.two_people().await?;
    // What is so already stays so: the same request twice is one.
    let came = match (asked.body.0.needed, state.since, state.ending) {
        (true, Some(_), None) | (false, None, _) => ByTwo::Done,
        (true, Some(_), Some(_)) => within.keep_two_people().await.map(|()| ByTwo::Done)?,
        (true, None, _) => within.need_two_people().await.map(|()| ByTwo::Done)?,
        (false, Some(_), _) => within.end_two_people().await?,
    };
    let answer = match came {
        ByTwo::Done => Answer::nothing(),
        ByTwo::Asked => Answer::accepted(),
    };
    asked.answer(&portal, answer).await
}

/// Keeps a rule whose end somebody asks for.
#[utoipa::path(delete, path = "/api/v1/rules/{id}/withdrawal", operation_id = "keepRule", tag = "rules",
    summary = "Garder une règle dont un référent demande le retrait", params(("id" = String, Path)),
    responses((status = 204, description = "Plus personne ne demande son retrait")))]
pub(super) async fn keep(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let known = asked.who.within(&portal).list_versions(&id).await?;
    if known.is_empty() {
        return Err(Problem::not_found());
    }
    asked.within(&portal).keep_rule(&id).await?;
    asked.answer(&portal, Answer::nothing()).await
}
