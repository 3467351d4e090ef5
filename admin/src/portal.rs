//! What the portal's pages share, and every route of it.

use crate::referent::Imports;
use crate::{
    correspondant, information, login, logout, memberships, page, referent, request, services,
};
use accounts::{Directory, SessionCookie, Store};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use policies::{Route, ServiceId};
use std::sync::Arc;

/// The largest body, a signed document or a town's whole staff.
const LARGEST: usize = 11 * 1024 * 1024;

/// A service as the portal offers it.
#[derive(Clone, Debug)]
pub struct Entrance {
    /// `net-cotisations`.
    pub id: ServiceId,
    /// « Net Cotisations ».
    pub name: String,
    /// One sentence.
    pub description: String,
    /// `http://cotisations.localhost:8080`, without a trailing slash.
    pub origin: String,
    /// Its host.
    pub host: String,
    /// The path that « Ouvrir » leads to.
    pub path: String,
    /// The area behind that path: whether the service is « open » is decided on it.
    pub route: Arc<Route>,
}

/// What the portal's pages share.
#[derive(Debug)]
pub struct Portal {
    pub(crate) store: Store,
    pub(crate) directory: Arc<Directory>,
    pub(crate) cookie: SessionCookie,
    /// The portal itself.
    pub(crate) own: Entrance,
    /// The services behind the gateway, in the order shown.
    pub(crate) entrances: Vec<Entrance>,
    /// Files that this process is taking in.
    pub(crate) imports: Imports,
    content_policy: String,
}

impl Portal {
    /// `entrances` holds every service, the portal not among them.
    pub fn new(
        store: Store,
        directory: Arc<Directory>,
        cookie: SessionCookie,
        own: Entrance,
        entrances: Vec<Entrance>,
    ) -> Self {
        // A log-in form is answered by a redirection to the service it was for.
        let origins: Vec<&str> = entrances
            .iter()
            .map(|entrance| entrance.origin.as_str())
            .collect();
        let content_policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {}; \
             frame-ancestors 'none'; base-uri 'none'",
            origins.join(" ")
        );
        Self {
            store,
            directory,
            cookie,
            own,
            entrances,
            imports: Imports::default(),
            content_policy,
        }
    }

    /// Every page.
    pub fn router(self) -> Router {
        let portal = Arc::new(self);
        Router::new()
            .route("/", get(services::show))
            .route("/connexion", get(login::show).post(login::submit))
            .route("/deconnexion", get(logout::show).post(logout::submit))
            .route(
                "/rattachements",
                get(memberships::show).post(memberships::submit),
            )
            .route("/accessibilite", get(information::accessibility))
            .route("/donnees-personnelles", get(information::personal_data))
            .route("/mentions-legales", get(information::legal))
            .route("/demande", get(request::show).post(request::submit))
            .merge(correspondant::routes())
            .merge(referent::routes())
            .fallback(page::not_found)
            .layer(DefaultBodyLimit::max(LARGEST))
            .layer(middleware::from_fn_with_state(portal.clone(), protect))
            .with_state(portal)
    }

    pub(crate) fn entrance(&self, id: &str) -> Option<&Entrance> {
        self.entrances
            .iter()
            .find(|entrance| entrance.id.as_str() == id)
    }
}

/// Headers of every page.
async fn protect(
    axum::extract::State(portal): axum::extract::State<Arc<Portal>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(policy) = portal.content_policy.parse() {
        // A file has a stricter one of its own.
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(policy);
    }
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    response
}
