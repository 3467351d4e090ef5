//! `/api/v1/rights`: each person's own rights, seen with their sources, changed once it was shown who
//! gains and who loses.

use super::agents::holder;
use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::Json;
use super::preview::{self, Preview};
use super::problem::Problem;
use super::profiles::{UNKNOWN_SERVICE, unknown_level};
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::rights::{Wanted, plan, read_end, rows};
use accounts::DirectRight;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What somebody can open.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rights {
    /// Names the version for a change.
    version: i64,
    services: Vec<Cell>,
}

/// One service.
#[derive(Debug, Serialize, ToSchema)]
struct Cell {
    service: String,
    /// « Aucun », « Lecture », « Modification » or « Modification (Valideur) »: what is decided today.
    level: String,
    /// Where that comes from: « profil », « règle », « direct », or why it is without effect.
    source: String,
    /// The last day of the own right, if it has one.
    until: String,
}

/// Shows it.
#[utoipa::path(get, path = "/api/v1/agents/{id}/rights", operation_id = "getRights", tag = "rights",
    summary = "Lire les droits d’un agent et leur source", params(("id" = String, Path)),
    responses((status = 200, description = "Chaque service ouvert à la collectivité", body = Rights)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    let profiles = referent.within(&portal).list_profiles().await?;
    let holder = holder(&portal, &referent, &id).await?;
    let rows = rows(&portal, &referent, &profiles, std::slice::from_ref(&holder));
    let cells = rows.into_iter().flat_map(|row| row.cells);
    let services = cells.map(|cell| Cell {
        service: cell.service_id,
        level: cell.level,
        source: cell.source,
        until: cell.until,
    });
    let version = holder.entry.version;
    let rights = Rights {
        version,
        services: services.collect(),
    };
    Ok(Answer::of(&rights)?.version(version))
}

/// Changes of own rights, all or nothing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RightsChange {
    agents: Vec<AgentRights>,
    /// What the preview of this very change gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
}

/// Of one person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentRights {
    id: String,
    /// The one that was read.
    version: i64,
    rights: Vec<OwnRight>,
}

/// On one service; services that are not named stay as they are.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnRight {
    #[schema(example = "bip")]
    service: String,
    /// `aucun`, `lecture`, `ecriture` or a role of the service.
    #[schema(example = "lecture")]
    level: String,
    /// Its last day; no end without it.
    #[serde(default)]
    #[schema(example = "2026-12-31")]
    until: String,
}

const ADDRESS: &str = "/api/v1/rights";

impl RightsChange {
    fn wanted(&self, portal: &Portal, referent: &Referent) -> Result<Vec<Wanted>, Problem> {
        let read = |(place, agent): (usize, &AgentRights)| {
            let read = |(at, right): (usize, &OwnRight)| {
                let at = format!("/agents/{place}/rights/{at}");
                right.read(portal, referent, &at)
            };
            let rights: Result<_, Problem> = agent.rights.iter().enumerate().map(read).collect();
            Ok(Wanted {
                id: agent.id.clone(),
                version: agent.version,
                rights: rights?,
            })
        };
        self.agents.iter().enumerate().map(read).collect()
    }

    fn proof(&self, portal: &Portal, referent: &Referent) -> Result<String, Problem> {
        preview::proof(portal, referent, ADDRESS, &self.agents)
    }
}

impl OwnRight {
    fn read(&self, portal: &Portal, referent: &Referent, at: &str) -> Result<DirectRight, Problem> {
        let services = referent.services(portal);
        let offered = services
            .iter()
            .find(|offered| offered.id.as_str() == self.service)
            .ok_or_else(|| Problem::mistake(&format!("{at}/service"), UNKNOWN_SERVICE))?;
        let level = match self.level.as_str() {
            "aucun" => None,
            level => Some(offered.read_level(level).ok_or_else(|| {
                let remedy = format!("{} Ou bien\u{a0}: aucun.", unknown_level(offered));
                Problem::mistake(&format!("{at}/level"), remedy)
            })?),
        };
        let ends_at = read_end(portal, &self.until)
            .map_err(|text| Problem::mistake(&format!("{at}/until"), text))?;
        Ok(DirectRight {
            service: offered.id.clone(),
            level,
            ends_at,
        })
    }
}

/// What a change would do, and the proof that it was shown.
#[utoipa::path(post, path = "/api/v1/rights/preview", operation_id = "previewRights", tag = "rights",
    summary = "Voir qui gagne et qui perd par un changement de droits", request_body = RightsChange,
    responses((status = 200, description = "Rien n’est enregistré", body = Preview)))]
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<RightsChange>>,
) -> Result<axum::Json<Preview>, Problem> {
    let (referent, Json(change)) = (&asked.who, &asked.body);
    let wanted = change.wanted(&portal, referent)?;
    let (_, prospects) = plan(&portal, referent, &wanted, true).await?;
    let proof = change.proof(&portal, referent)?;
    Preview::of(&portal, referent, prospects, proof).map(axum::Json)
}

/// Saves a change that was shown.
#[utoipa::path(post, path = "/api/v1/rights", operation_id = "changeRights", tag = "rights",
    summary = "Changer des droits, après aperçu", request_body = RightsChange,
    responses((status = 204, description = "Les droits sont enregistrés et s’appliquent")))]
pub(super) async fn change(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<RightsChange>>,
) -> Result<Response, Problem> {
    let (referent, Json(change)) = (&asked.who, &asked.body);
    let wanted = change.wanted(&portal, referent)?;
    let (changes, _) = plan(&portal, referent, &wanted, true).await?;
    preview::expect(change.proof.as_deref(), &change.proof(&portal, referent)?)?;
    asked.within(&portal).set_direct_rights(&changes).await?;
    asked.answer(&portal, Answer::nothing()).await
}
