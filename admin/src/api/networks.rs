//! `/api/v1/networks`: where the collectivité's people sit, under names that rules use. What is
//! written here counts once the centre de gestion has confirmed it.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::{Json, Nothing};
use super::page::Whole;
use super::problem::Problem;
use crate::date;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::networks::{NAME_IN_USE, read_name, read_ranges};
use accounts::{Error, NetworkRecord, Within};
use axum::extract::{Path, State};
use axum::response::Response;
use policies::Range;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A network, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Network {
    id: String,
    /// What rules call it.
    #[schema(example = "mairie")]
    name: String,
    /// `proposed` while addresses wait for an answer, `rejected` when the last ones were, `confirmed`
    /// otherwise.
    state: &'static str,
    /// The ranges in force, which stay so until others are confirmed.
    confirmed: Vec<String>,
    /// Those that wait.
    proposed: Vec<String>,
    proposed_at: Option<String>,
    /// Why the last ones were rejected.
    rejection: String,
    /// For `If-Match`: changes name the version that was read.
    version: i64,
}

impl From<NetworkRecord> for Network {
    fn from(network: NetworkRecord) -> Self {
        let spell = |ranges: &[Range]| ranges.iter().map(Range::to_string).collect();
        Self {
            state: if network.proposed.is_some() {
                "proposed"
            } else if network.rejection.is_empty() {
                "confirmed"
            } else {
                "rejected"
            },
            id: network.id,
            name: network.name,
            confirmed: spell(&network.confirmed),
            proposed: spell(network.proposed.as_deref().unwrap_or_default()),
            proposed_at: network.proposed_at.map(date::rfc3339),
            rejection: network.rejection,
            version: network.version,
        }
    }
}

/// One of them, or that it is not there.
async fn find(within: Within<'_>, id: &str) -> Result<NetworkRecord, Problem> {
    let networks = within.list_networks().await?;
    let network = networks.into_iter().find(|network| network.id == id);
    network.ok_or_else(Problem::not_found)
}

async fn whole(within: Within<'_>, id: &str) -> Result<Answer, Problem> {
    let network = find(within, id).await?;
    let version = network.version;
    Ok(Answer::of(&Network::from(network))?.version(version))
}

/// All of them.
#[utoipa::path(get, path = "/api/v1/networks", operation_id = "listNetworks", tag = "networks",
    summary = "Lister les réseaux de la collectivité",
    responses((status = 200, description = "Tous, dans l’ordre de leurs noms", body = Whole<Network>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<Network>>, Problem> {
    let networks = referent.within(&portal).list_networks().await?;
    Ok(axum::Json(Whole {
        items: networks.into_iter().map(Network::from).collect(),
    }))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/networks/{id}", operation_id = "getNetwork", tag = "networks",
    summary = "Lire un réseau", params(("id" = String, Path)),
    responses((status = 200, description = "Le réseau\u{a0}; ETag porte sa version", body = Network)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    whole(referent.within(&portal), &id).await
}

/// A network to write down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNetwork {
    /// Short, as rules will say it.
    #[schema(example = "mairie")]
    name: String,
    /// Public addresses and ranges, at most 20.
    #[schema(example = json!(["203.0.113.5", "2001:db8::/48"]))]
    addresses: Vec<String>,
}

/// Where the page's fields are in a body.
const POINTERS: [(&str, &str); 2] = [("nom", "/name"), ("adresses", "/addresses")];

fn in_use() -> Problem {
    Problem::mistake("/name", NAME_IN_USE)
}

/// Writes one down.
#[utoipa::path(post, path = "/api/v1/networks", operation_id = "proposeNetwork", tag = "networks",
    summary = "Proposer un réseau", request_body = NewNetwork,
    responses((status = 201, description = "Le réseau attend la confirmation du centre de gestion", body = Network)))]
pub(super) async fn propose(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<NewNetwork>>,
) -> Result<Response, Problem> {
    let (Json(new), mut errors) = (&asked.body, FieldErrors::default());
    let name = errors.read("nom", read_name(&new.name));
    let ranges = errors.read("adresses", read_ranges(&new.addresses.join("\n")));
    let (Some(name), Some(ranges)) = (name, ranges) else {
        return Err(Problem::invalid(&errors, &POINTERS));
    };
    let within = asked.within(&portal);
    let id = match within.propose_network(&name, &ranges).await {
        Err(Error::Exists { .. }) => return Err(in_use()),
        proposed => proposed?,
    };
    let location = format!("/api/v1/networks/{id}");
    let answer = whole(within, &id).await?.created(location);
    asked.answer(&portal, answer).await
}

/// Other addresses of a network.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAddresses {
    /// All that it is to have: public addresses and ranges, at most 20.
    #[schema(example = json!(["203.0.113.0/28"]))]
    addresses: Vec<String>,
}

/// Writes others down; those in force stay so until these are confirmed.
#[utoipa::path(put, path = "/api/v1/networks/{id}", operation_id = "changeNetwork", tag = "networks",
    summary = "Proposer d’autres adresses pour un réseau",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag du réseau lu")),
    request_body = NewAddresses,
    responses((status = 200, description = "Le réseau, avec sa nouvelle version", body = Network)))]
pub(super) async fn change(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NewAddresses>>,
) -> Result<Response, Problem> {
    let (version, Json(new)) = (asked.version()?, &asked.body);
    let ranges = read_ranges(&new.addresses.join("\n"));
    let ranges = ranges.map_err(|text| Problem::mistake("/addresses", text))?;
    let within = asked.within(&portal);
    find(within, &id).await?;
    let changed = within.change_network(&id, version, &ranges).await;
    changed.map_err(Problem::conditional)?;
    let answer = whole(within, &id).await?;
    asked.answer(&portal, answer).await
}

/// Takes one away, at once.
#[utoipa::path(delete, path = "/api/v1/networks/{id}", operation_id = "removeNetwork", tag = "networks",
    summary = "Supprimer un réseau\u{a0}: les règles qui le nomment ne le reconnaissent plus",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag du réseau lu")),
    responses((status = 204, description = "Le réseau est supprimé")))]
pub(super) async fn remove(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let (version, within) = (asked.version()?, asked.within(&portal));
    find(within, &id).await?;
    let removed = within.remove_network(&id, version).await;
    removed.map_err(Problem::conditional)?;
    asked.answer(&portal, Answer::nothing()).await
}
