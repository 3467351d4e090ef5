//! `/api/v1/unconfirmed-addresses`: whom mail may no longer reach.

use super::asked::Caller;
use super::page::Whole;
use super::problem::Problem;
use crate::date;
use crate::portal::Portal;
use crate::referent::{Referent, last_part};
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Somebody whose address is to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnconfirmedAddress {
    /// The id of the agent.
    agent: String,
    name: String,
    email: String,
    /// Since when they have been asked.
    since: String,
}

/// Those who have been asked the longest first.
#[utoipa::path(get, path = "/api/v1/unconfirmed-addresses", operation_id = "listUnconfirmedAddresses",
    tag = "agents", summary = "Lister les adresses à confirmer",
    responses((status = 200, description = "Cinq cents au plus", body = Whole<UnconfirmedAddress>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<UnconfirmedAddress>>, Problem> {
    let unconfirmed = referent.within(&portal).list_unconfirmed().await?;
    let items = unconfirmed.into_iter().map(|someone| UnconfirmedAddress {
        agent: last_part(someone.membership.as_str()).to_owned(),
        name: someone.name,
        email: someone.login,
        since: date::rfc3339(someone.since),
    });
    Ok(axum::Json(Whole {
        items: items.collect(),
    }))
}
