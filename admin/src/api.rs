//! The référent's console for programs: the same operations, by the same functions, as JSON.
//!
//! Reading order: [`asked`] (who asks, and what) · [`problem`], [`answer`], [`page`] (what is said) · one
//! file a resource · [`document`] (`/openapi.json`, made of the router itself).

mod agents;
mod answer;
mod asked;
mod assignments;
mod document;
mod groups;
mod imports;
mod journal;
mod me;
mod page;
mod preview;
mod problem;
mod profiles;
mod records;
mod requests;
mod rights;
mod states;

use crate::portal::Portal;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::{any, get};
use problem::Problem;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the document is; a public area.
const DOCUMENT: &str = "/openapi.json";

/// What every address of the API begins with.
pub(crate) const PREFIX: &str = "/api/";

/// What no route says alone.
#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Shared;

/// Every route, with what the document says of it.
fn described() -> OpenApiRouter<Arc<Portal>> {
    OpenApiRouter::with_openapi(Shared::openapi())
        .routes(routes!(me::get))
        .routes(routes!(agents::list, agents::add))
        .routes(routes!(agents::get, records::correct))
        .routes(routes!(records::show))
        .routes(routes!(states::take))
        .routes(routes!(states::invite, states::revoke))
        .routes(routes!(rights::get))
        .routes(routes!(rights::change))
        .routes(routes!(rights::show))
        .routes(routes!(profiles::list, profiles::add))
        .routes(routes!(profiles::get, profiles::change, profiles::remove))
        .routes(routes!(profiles::show))
        .routes(routes!(assignments::assign))
        .routes(routes!(assignments::show))
        .routes(routes!(groups::list, groups::add))
        .routes(routes!(requests::list))
        .routes(routes!(requests::answer))
        .routes(routes!(journal::list))
        .routes(routes!(imports::take))
        .routes(routes!(imports::get))
        .routes(routes!(imports::apply))
}

/// Every route of the API, and its document.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    let (router, document) = described().split_for_parts();
    let document = document::finish(document).to_json().unwrap_or_default();
    router
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Méthode non prévue",
                "openapi.json dit lesquelles le sont.",
            )
        })
        .route("/api/{*rest}", any(async || Problem::not_found()))
        .route(
            DOCUMENT,
            get(async move || {
                let kind = [(header::CONTENT_TYPE, "application/json")];
                (kind, document.clone()).into_response()
            }),
        )
}

/// What a program is told that works for somebody who must add a second factor first.
pub(crate) fn enrol_first() -> axum::response::Response {
    Problem::new(
        StatusCode::FORBIDDEN,
        "second-factor-required",
        "Second facteur nécessaire",
        "Votre fonction exige un second facteur. Ajoutez-le dans « Mon compte », puis recommencez.",
    )
    .into_response()
}

/// The same for a store that failed.
pub(crate) fn unavailable(error: accounts::Error) -> axum::response::Response {
    Problem::from(error).into_response()
}
