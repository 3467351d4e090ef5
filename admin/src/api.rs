//! Both consoles for programs: the same operations, by the same functions, as JSON.
//!
//! Reading order: [`asked`], [`body`] (who asks, and what) · [`problem`], [`answer`], [`page`] (what is said) · one
//! file a resource · [`document`] (`/openapi.json`, made of the router itself).

mod agents;
mod answer;
mod asked;
mod assignments;
mod authzen;
mod body;
mod collectivite;
mod collectivite_imports;
mod collectivites;
mod designations;
mod document;
mod explain;
mod groups;
mod imports;
mod journal;
mod mandates;
mod me;
mod networks;
mod page;
mod preview;
mod problem;
mod profiles;
mod proposed_networks;
mod records;
mod redraft;
mod renewal;
mod requests;
mod review_lines;
mod reviews;
mod rights;
mod rule_changes;
mod rules;
mod signed;
mod sole_referents;
mod states;
mod statistics;
mod support;
mod transfers;
mod two_people;
mod unconfirmed;

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

/// Whether a path is one of the questions that a key for questions may ask: who has access to what.
pub(crate) fn is_question(path: &str) -> bool {
    path == explain::ADDRESS || path.starts_with(authzen::QUESTIONS)
}

/// Where the document is; a public area.
const DOCUMENT: &str = "/openapi.json";

/// Whether an address is one of programs, which have no pages.
pub(crate) fn is_for_programs(path: &str) -> bool {
    ["/api/", "/access/"]
        .iter()
        .any(|area| path.starts_with(area))
}

/// What no route says alone.
#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Shared;

/// Every route, with what the document says of it.
fn described() -> OpenApiRouter<Arc<Portal>> {
    OpenApiRouter::with_openapi(Shared::openapi())
        .routes(routes!(me::get))
        .merge(within())
        .merge(from_above())
}

/// What référents do in their collectivité.
fn within() -> OpenApiRouter<Arc<Portal>> {
    OpenApiRouter::new()
        .routes(routes!(agents::list, agents::add))
        .routes(routes!(agents::get, records::correct))
        .routes(routes!(records::show))
        .routes(routes!(states::take))
        .routes(routes!(states::invite, states::redirect, states::revoke))
        .routes(routes!(rights::get))
        .routes(routes!(rights::change))
        .routes(routes!(rights::show))
        .routes(routes!(profiles::list, profiles::add))
        .routes(routes!(profiles::get, profiles::change, profiles::remove))
        .routes(routes!(profiles::show))
        .routes(routes!(assignments::assign))
        .routes(routes!(assignments::show))
        .routes(routes!(groups::list, groups::add))
        .routes(routes!(groups::change, groups::remove))
        .routes(routes!(requests::list))
        .routes(routes!(requests::answer))
        .routes(routes!(networks::list, networks::propose))
        .routes(routes!(networks::get, networks::change, networks::remove))
        .routes(routes!(reviews::list, reviews::open))
        .routes(routes!(reviews::get))
        .routes(routes!(reviews::close))
        .routes(routes!(reviews::report))
        .routes(routes!(review_lines::list))
        .routes(routes!(review_lines::show))
        .routes(routes!(review_lines::decide))
        .routes(routes!(transfers::receivers))
        .routes(routes!(
            transfers::get,
            transfers::release,
            transfers::cancel
        ))
        .routes(routes!(transfers::arrivals))
        .routes(routes!(transfers::answer))
        .routes(routes!(unconfirmed::list))
        .routes(routes!(mandates::list_own))
        .routes(routes!(explain::get))
        .merge(ruled())
        .routes(routes!(journal::list))
        .routes(routes!(imports::take))
        .routes(routes!(imports::get))
        .routes(routes!(imports::apply))
}

/// The rules of their collectivité.
fn ruled() -> OpenApiRouter<Arc<Portal>> {
    OpenApiRouter::new()
        .routes(routes!(rules::list, rules::add))
        .routes(routes!(rules::get))
        .routes(routes!(rules::change, rules::discard))
        .routes(routes!(rule_changes::show_draft))
        .routes(routes!(rule_changes::publish))
        .routes(routes!(rule_changes::show_end))
        .routes(routes!(rule_changes::withdraw, two_people::keep))
        .routes(routes!(two_people::get, two_people::set))
}

/// What a correspondant CIG or a partner CDG does with the collectivités that they follow. The reset
/// of somebody's second factors is not among it: people do that, on pages.
fn from_above() -> OpenApiRouter<Arc<Portal>> {
    OpenApiRouter::new()
        .routes(routes!(collectivites::list, collectivites::add))
        .routes(routes!(collectivite::get, collectivite::change))
        .routes(routes!(collectivite::set_state))
        .routes(routes!(designations::list, designations::add))
        .routes(routes!(designations::get, redraft::correct))
        .routes(routes!(redraft::abandon))
        .routes(routes!(signed::get, signed::put))
        .routes(routes!(signed::check))
        .routes(routes!(mandates::list))
        .routes(routes!(mandates::end))
        .routes(routes!(sole_referents::list_requests))
        .routes(routes!(sole_referents::answer_request))
        .routes(routes!(
            sole_referents::list_lines,
            sole_referents::decide_line
        ))
        .routes(routes!(proposed_networks::list))
        .routes(routes!(proposed_networks::answer))
        .routes(routes!(collectivite_imports::take))
        .routes(routes!(collectivite_imports::get))
        .routes(routes!(collectivite_imports::apply))
        .routes(routes!(statistics::get))
        .routes(routes!(support::look))
        .routes(routes!(support::invite))
        .routes(routes!(support::end_sessions))
        .routes(routes!(renewal::start))
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
        .merge(authzen::routes())
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
        "Votre fonction exige un second facteur. Ajoutez-le dans «\u{a0}Mon compte\u{a0}», puis recommencez.",
    )
    .into_response()
}

/// The same for a store that failed.
pub(crate) fn unavailable(error: accounts::Error) -> axum::response::Response {
    Problem::from(error).into_response()
}
