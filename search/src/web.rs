//! BIP's pages and JSON, behind the gateway: every address but `/healthz` needs its signed assertion.

mod address;
mod api;
mod changes_page;
mod document_page;
mod editing;
mod identity;
mod links;
mod markdown;
mod news_page;
mod note_view;
mod openapi;
mod pages;
mod parameters;
mod problem;
mod search_page;
mod templates;
mod view;

use crate::bip::Bip;
use crate::content::Library;
use crate::error::Error;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Json, Router};
use policies::{Classification, CollectiviteId, Rulesets, VerifyingKeys};
use std::sync::Arc;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What BIP is lent by the program that runs it. The time is an argument, so that tests can move it.
pub trait Gate: Send + Sync + 'static {
    /// The keys that assertions are signed with.
    fn keys(&self) -> Arc<VerifyingKeys>;
    /// The rules of today.
    fn rulesets(&self) -> Arc<Rulesets>;
    /// What documents may be sorted by.
    fn classification(&self) -> Classification;
    /// The ids and names of the collectivités.
    fn collectivites(&self) -> Vec<(CollectiviteId, String)>;
    /// Unix seconds.
    fn now(&self) -> i64;
}

/// What every request reads.
#[derive(Clone)]
struct App {
    bip: Arc<Bip>,
    library: Library,
    gate: Arc<dyn Gate>,
    /// The audience of assertions made for this service.
    audience: Arc<str>,
    /// Where « Mes services » leads, without a final slash.
    portal: Arc<str>,
    /// What a browser may do with a page.
    content_policy: HeaderValue,
    /// One question without answer is written down at a time; others meanwhile are not.
    noting: Arc<Semaphore>,
}

/// Every address of BIP.
pub fn router(
    bip: Arc<Bip>,
    library: Library,
    gate: Arc<dyn Gate>,
    audience: String,
    mut portal_url: String,
) -> Router {
    while portal_url.ends_with('/') {
        portal_url.pop();
    }
    let app = App {
        bip,
        library,
        gate,
        audience: audience.into(),
        content_policy: identity::content_policy(&portal_url),
        portal: portal_url.into(),
        noting: Arc::new(Semaphore::new(1)),
    };
    let (api, document) = OpenApiRouter::with_openapi(openapi::about())
        .routes(routes!(api::search))
        .routes(routes!(api::suggest))
        .routes(routes!(api::document))
        .routes(routes!(api::related))
        .split_for_parts();
    let document = openapi::with_failures(document);
    Router::new()
        .route("/", get(pages::search))
        .route("/aide", get(pages::help))
        .route("/au-fil-de-la-doc", get(news_page::news))
        .route("/suggestions.js", get(pages::script))
        .route("/documents/{id}", get(pages::document))
        .route("/documents/{id}/changements", get(changes_page::changes))
        .route("/openapi.json", get(async || Json(document)))
        .merge(api)
        .merge(editing::routes(&app))
        .fallback(pages::nowhere)
        .layer(from_fn_with_state(app.clone(), identity::identify))
        .route("/healthz", get(async || StatusCode::NO_CONTENT))
        .with_state(app)
}

/// Searches use the processor, not the network: they leave the threads that answer to others.
async fn aside<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Bip) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let bip = app.bip.clone();
    let done = tokio::task::spawn_blocking(move || work(&bip)).await;
    let done = done.unwrap_or(Err(Error::Abandoned));
    if done.is_err() {
        app.bip.doubt();
    }
    done
}
