//! `/api/v1/agents/{id}`: the record of somebody, corrected. Another profile or other groups change
//! what they can open: that is shown first.

use super::agents::{AgentInFull, POINTERS, holder, in_full};
use super::asked::Asked;
use super::body::Json;
use super::preview::{self, Preview};
use super::problem::Problem;
use crate::access::Prospect;
use crate::fields::{self, FieldErrors};
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::import::AskedProfile;
use crate::referent::record::prospect;
use accounts::Correction;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What is to change; what is not named stays.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RecordChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    /// The id of a profile; null takes it away.
    #[serde(skip_serializing_if = "AskedProfile::is_as_it_is")]
    #[schema(value_type = Option<String>)]
    profile: AskedProfile,
    /// Ids of groups: all that the person is to be in.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<String>>,
    /// What the preview gave; needed for another profile or other groups.
    #[serde(skip_serializing)]
    proof: Option<String>,
}

impl RecordChange {
    /// The record as it is to be; its version is the one that is there.
    async fn read(
        &self,
        portal: &Portal,
        referent: &Referent,
        id: &str,
    ) -> Result<(Correction, Prospect), Problem> {
        let holder = holder(portal, referent, id).await?;
        let mut errors = FieldErrors::default();
        let mut name = |field, said: &Option<String>, now: String, what| match said {
            Some(text) => errors.read(field, fields::name(text, what)).unwrap_or(now),
            None => now,
        };
        let entry = holder.entry;
        let given_name = name("prenom", &self.given_name, entry.given_name, "le prénom");
        let family_name = name("nom", &self.family_name, entry.family_name, "le nom");
        if !errors.is_empty() {
            return Err(Problem::invalid(&errors, &POINTERS));
        }
        let whole = |id: &String| referent.membership(id).to_string();
        let groups = self.groups.as_ref();
        let record = Correction {
            given_name,
            family_name,
            profile: match &self.profile {
                AskedProfile::Profile(id) => Some(whole(id)),
                asked => asked.over(entry.profile.as_deref()),
            },
            groups: groups.map_or(holder.groups, |ids| {
                ids.iter().map(|id| whole(id).into()).collect()
            }),
            version: entry.version,
        };
        let prospect = prospect(portal, referent, id, &record).await?;
        Ok((record, prospect))
    }
}

fn place(id: &str) -> String {
    format!("/api/v1/agents/{id}")
}

/// What a change would do, and the proof that it was shown.
#[utoipa::path(post, path = "/api/v1/agents/{id}/preview", operation_id = "previewRecord", tag = "agents",
    summary = "Voir ce que la personne gagne et perd par le changement de sa fiche",
    params(("id" = String, Path)), request_body = RecordChange,
    responses((status = 200, description = "Rien n’est enregistré", body = Preview)))]
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<RecordChange>>,
) -> Result<axum::Json<Preview>, Problem> {
    let (referent, Json(change)) = (&asked.who, &asked.body);
    let (_, prospect) = change.read(&portal, referent, &id).await?;
    let proof = preview::proof(&portal, referent, &place(&id), change)?;
    Preview::of(&portal, referent, vec![prospect], proof).map(axum::Json)
}

/// Saves it.
#[utoipa::path(patch, path = "/api/v1/agents/{id}", operation_id = "correctAgent", tag = "agents",
    summary = "Corriger la fiche d’un agent",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag de la fiche lue")),
    request_body = RecordChange,
    responses((status = 200, description = "La fiche, avec sa nouvelle version", body = AgentInFull)))]
pub(super) async fn correct(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<RecordChange>>,
) -> Result<Response, Problem> {
    let (referent, Json(change)) = (&asked.who, &asked.body);
    let (record, prospect) = change.read(&portal, referent, &id).await?;
    let leave = referent.attribute(&prospect.before)?;
    if !prospect.is_idle() {
        let proof = preview::proof(&portal, referent, &place(&id), change)?;
        preview::expect(change.proof.as_deref(), &proof)?;
    }
    let record = Correction {
        version: asked.version()?,
        ..record
    };
    let within = asked.within(&portal);
    let corrected = within.correct(&leave, &record).await;
    corrected.map_err(Problem::conditional)?;
    let answer = in_full(within, leave.membership()).await?;
    asked.answer(&portal, answer).await
}
