//! `/api/v1/profile-assignments`: the same profile for several people, once it was shown who gains and
//! who loses.

use super::answer::Answer;
use super::asked::Asked;
use super::body::Json;
use super::preview::{self, Preview};
use super::problem::Problem;
use crate::access::Prospect;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::assign::plan;
use axum::extract::State;
use axum::response::Response;
use policies::Attribution;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Who is to have which profile, all or nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Assignment {
    /// The id of a profile; none takes it away.
    #[serde(default)]
    profile: Option<String>,
    agents: Vec<Seen>,
    /// What the preview of this very change gave.
    #[serde(default)]
    proof: Option<String>,
}

/// Somebody, as they were read.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    id: String,
    version: i64,
}

impl Assignment {
    fn profile(&self, referent: &Referent) -> Option<String> {
        let id = self.profile.as_deref()?;
        Some(referent.membership(id).to_string())
    }

    async fn plan(
        &self,
        portal: &Portal,
        referent: &Referent,
    ) -> Result<(Vec<(Attribution, i64)>, Vec<Prospect>), Problem> {
        let profiles = referent.within(portal).list_profiles().await?;
        let profile = self.profile(referent);
        let known = |id: &String| profiles.iter().any(|known| known.id == *id);
        if profile.as_ref().is_some_and(|id| !known(id)) {
            return Err(Problem::not_found());
        }
        let agents: Vec<_> = self
            .agents
            .iter()
            .map(|agent| (agent.id.as_str(), agent.version))
            .collect();
        Ok(plan(portal, referent, &agents, &profiles, profile.as_deref()).await?)
    }

    fn proof(&self, portal: &Portal, referent: &Referent) -> Result<String, Problem> {
        let change = (&self.profile, &self.agents);
        preview::proof(portal, referent, "/api/v1/profile-assignments", &change)
    }
}

/// What it would do, and the proof that it was shown.
#[utoipa::path(post, path = "/api/v1/profile-assignments/preview", operation_id = "previewAssignment",
    tag = "profiles", summary = "Voir qui gagne et qui perd par l’attribution d’un profil",
    request_body = Assignment,
    responses((status = 200, description = "Rien n’est enregistré", body = Preview)))]
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<Assignment>>,
) -> Result<axum::Json<Preview>, Problem> {
    let (referent, Json(assignment)) = (&asked.who, &asked.body);
    let (_, prospects) = assignment.plan(&portal, referent).await?;
    let proof = assignment.proof(&portal, referent)?;
    Preview::of(&portal, referent, prospects, proof).map(axum::Json)
}

/// Saves one that was shown.
#[utoipa::path(post, path = "/api/v1/profile-assignments", operation_id = "assignProfile",
    tag = "profiles", summary = "Attribuer un profil, après aperçu", request_body = Assignment,
    responses((status = 204, description = "Le profil est attribué, les droits s’appliquent")))]
pub(super) async fn assign(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<Assignment>>,
) -> Result<Response, Problem> {
    let (referent, Json(assignment)) = (&asked.who, &asked.body);
    let (changes, _) = assignment.plan(&portal, referent).await?;
    let proof = assignment.proof(&portal, referent)?;
    preview::expect(assignment.proof.as_deref(), &proof)?;
    let profile = assignment.profile(referent);
    let within = asked.within(&portal);
    within.assign_profile(&changes, profile.as_deref()).await?;
    asked.answer(&portal, Answer::nothing()).await
}
