//! `/api/v1/renewal`: after elections, designations are to be renewed by a day. Nobody loses access.

use super::answer::Answer;
use super::asked::Asked;
use super::body::Json;
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::renewal::{NOBODY, ask, attended, read_day};
use crate::fields::FieldErrors;
use crate::portal::Portal;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRenewal {
    /// The last day for it.
    #[schema(example = "2027-06-30")]
    by: String,
    /// Ids of collectivités.
    #[serde(default)]
    collectivites: Vec<String>,
    /// In the place of ids: every one that has a référent.
    #[serde(default)]
    all: bool,
}

/// What it came to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RenewalReport {
    /// How many designations are to be renewed.
    designations: u64,
}

/// Asks for it.
#[utoipa::path(post, path = "/api/v1/renewal", operation_id = "askForRenewal", tag = "designations",
    summary = "Demander le renouvellement des désignations, après des élections", request_body = NewRenewal,
    responses((status = 200, description = "Les désignations sont marquées, les référents avertis", body = RenewalReport)))]
pub(super) async fn start(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<NewRenewal>, Correspondant>,
) -> Result<Response, Problem> {
    let (someone, Json(new)) = (&asked.who, &asked.body);
    let (mut errors, now) = (FieldErrors::default(), portal.store.clock().now());
    let by = read_day(&new.by, now, &mut errors);
    let by = by.ok_or_else(|| Problem::invalid(&errors, &[("avant", "/by")]))?;
    if new.all != new.collectivites.is_empty() {
        return Err(Problem::mistake("/collectivites", NOBODY));
    }
    let ids: Vec<String> = if new.all {
        let found = attended(someone.overseen(&portal)).await?;
        found
            .iter()
            .map(|followed| followed.id.to_string())
            .collect()
    } else {
        new.collectivites.clone()
    };
    let designations = ask(&portal, someone, asked.once(), &ids, by).await?;
    let answer = Answer::of(&RenewalReport { designations })?;
    asked.answer(&portal, answer).await
}
