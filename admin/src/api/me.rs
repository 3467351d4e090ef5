//! `/api/v1/me`: for whom the key works.

use super::asked::Caller;
use crate::console::{Administrator as _, Anyone};
use crate::portal::Portal;
use crate::referent::last_part;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Whoever asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The id of their own record.
    id: String,
    /// `referent`, `correspondant` of the CIG, or `partenaire`: correspondant of a centre de gestion.
    role: Option<&'static str>,
    name: String,
    email: String,
    /// Whether a key asks, and not a browser.
    key: bool,
    collectivite: Place,
    /// Those whose rights a référent gives, or that a correspondant opens to collectivités.
    services: Vec<Service>,
}

/// A collectivité.
#[derive(Debug, Serialize, ToSchema)]
struct Place {
    id: String,
    name: String,
}

/// A service.
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
    Caller(someone): Caller<Anyone>,
) -> axum::Json<Me> {
    let claims = &someone.visitor().0;
    let member = claims.member.as_ref();
    let services = match &someone {
        Anyone::Referent(referent) => referent.services(&portal),
        Anyone::Correspondant(someone) => someone.offered(&portal),
    };
    axum::Json(Me {
        id: last_part(someone.by().as_str()).to_owned(),
        role: member.map(|member| member.role.as_str()),
        name: claims.name.clone(),
        email: claims.email.clone(),
        key: claims.key,
        collectivite: Place {
            id: someone.own().to_string(),
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
