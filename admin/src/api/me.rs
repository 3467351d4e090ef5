//! `/api/v1/me`: for whom the key works.

use super::asked::ApiReferent;
use crate::portal::Portal;
use crate::referent::last_part;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Whoever asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The id of their own record among the agents.
    id: String,
    name: String,
    email: String,
    /// Whether a key asks, and not a browser.
    key: bool,
    collectivite: Place,
    /// Those whose rights are given here.
    services: Vec<Service>,
}

/// A collectivité.
#[derive(Debug, Serialize, ToSchema)]
struct Place {
    id: String,
    name: String,
}

/// A service that the CIG opened.
#[derive(Debug, Serialize, ToSchema)]
struct Service {
    id: String,
    name: String,
}

/// Tells it.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "getMe", tag = "me",
    summary = "Savoir pour qui la clé travaille",
    responses((status = 200, description = "La personne et sa collectivité", body = Me)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    ApiReferent(referent): ApiReferent,
) -> axum::Json<Me> {
    let claims = &referent.visitor.0;
    let services = referent.services(&portal);
    axum::Json(Me {
        id: last_part(referent.purview.by().as_str()).to_owned(),
        name: claims.name.clone(),
        email: claims.email.clone(),
        key: claims.key,
        collectivite: Place {
            id: referent.purview.collectivite().to_string(),
            name: claims.collectivite.clone(),
        },
        services: services
            .iter()
            .map(|service| Service {
                id: service.id.to_string(),
                name: service.name.clone(),
            })
            .collect(),
    })
}
