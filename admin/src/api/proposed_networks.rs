//! `/api/v1/proposed-networks`: addresses that référents have written down, to be confirmed or rejected.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::Json;
use super::page::Whole;
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::networks::NO_REASON;
use crate::date;
use crate::fields::reason;
use crate::portal::Portal;
use accounts::NetworkRecord;
use axum::extract::{Path, State};
use axum::response::Response;
use policies::Range;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A network that waits for an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposedNetwork {
    id: String,
    /// The id and the name of the collectivité.
    collectivite: String,
    collectivite_name: String,
    name: String,
    /// The ranges in force, which stay so until the answer.
    confirmed: Vec<String>,
    proposed: Vec<String>,
    proposed_at: Option<String>,
    overlaps: Vec<SharedRange>,
    /// For `If-Match`: the answer names the version that was read.
    version: i64,
}

/// Somebody else's range that shares addresses with it.
#[derive(Debug, Serialize, ToSchema)]
struct SharedRange {
    /// The name of whose it is; null when the caller does not follow it.
    collectivite_name: Option<String>,
    range: String,
}

impl From<(NetworkRecord, Vec<accounts::Overlap>)> for ProposedNetwork {
    fn from((network, overlaps): (NetworkRecord, Vec<accounts::Overlap>)) -> Self {
        let spell = |ranges: &[Range]| ranges.iter().map(Range::to_string).collect();
        let overlaps = overlaps.into_iter().map(|overlap| SharedRange {
            collectivite_name: overlap.collectivite,
            range: overlap.range.to_string(),
        });
        Self {
            id: network.id,
            collectivite: network.collectivite.0.to_string(),
            collectivite_name: network.collectivite.1,
            name: network.name,
            confirmed: spell(&network.confirmed),
            proposed: spell(network.proposed.as_deref().unwrap_or_default()),
            proposed_at: network.proposed_at.map(date::rfc3339),
            overlaps: overlaps.collect(),
            version: network.version,
        }
    }
}

/// Those that wait.
#[utoipa::path(get, path = "/api/v1/proposed-networks", operation_id = "listProposedNetworks",
    tag = "proposed-networks", summary = "Lister les réseaux à confirmer",
    responses((status = 200, description = "Les plus anciens d’abord, cent au plus", body = Whole<ProposedNetwork>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
) -> Result<axum::Json<Whole<ProposedNetwork>>, Problem> {
    let waiting = someone.overseen(&portal).list_proposed_networks().await?;
    Ok(axum::Json(Whole {
        items: waiting.into_iter().map(ProposedNetwork::from).collect(),
    }))
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkAnswer {
    confirm: bool,
    /// Why not: the référents receive it.
    #[serde(default)]
    reason: String,
}

/// Answers one.
#[utoipa::path(post, path = "/api/v1/proposed-networks/{id}/answer", operation_id = "answerProposedNetwork",
    tag = "proposed-networks", summary = "Confirmer les adresses d’un réseau, ou les refuser",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "La version du réseau lu, entre guillemets droits")),
    request_body = NetworkAnswer,
    responses((status = 204, description = "La réponse est donnée, les référents sont avertis")))]
pub(super) async fn answer(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NetworkAnswer>, Correspondant>,
) -> Result<Response, Problem> {
    let network = asked.overseen(&portal).proposed_network(&id).await?;
    let collectivite = network.collectivite.0.as_str();
    let leave = asked.who.supervise(&portal, collectivite).await?;
    let (over, version) = (asked.over(&portal, &leave), asked.version()?);
    let answered = if asked.body.0.confirm {
        over.confirm_network(&id, version).await
    } else {
        let reason =
            reason(&asked.body.0.reason).ok_or_else(|| Problem::mistake("/reason", NO_REASON))?;
        over.reject_network(&id, version, &reason).await
    };
    answered.map_err(Problem::conditional)?;
    asked.answer(&portal, Answer::nothing()).await
}
