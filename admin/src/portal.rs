//! What the portal's pages share, and every route of it.

use crate::entrance::Entrance;
use crate::finder::Finder;
use crate::import::Imports;
use crate::texts::Texts;
use crate::{
    account, address, api, correspondant, forgotten, information, login, logout, memberships, page,
    password_link, proposal, referent, request, second_factor, services,
};
use accounts::{
    Directory, RelyingParty, SecondFactorRequirement, SessionCookie, SessionLimits, Store,
};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use policies::Route;
use proof::Prover;
use std::sync::Arc;

/// The largest body, a signed document or a town's whole staff.
const LARGEST: usize = 11 * 1024 * 1024;

/// What an installation decides of its portal.
#[derive(Clone, Debug)]
pub struct PortalSettings {
    /// The session cookie.
    pub cookie: SessionCookie,
    /// How long sessions live.
    pub limits: SessionLimits,
    /// Who must have a second factor.
    pub second_factor: SecondFactorRequirement,
    /// What the operator answers for.
    pub texts: Texts,
    /// What proves rules before they are published, if there is something.
    pub prover: Option<Prover>,
    /// What knows whose an address is.
    pub finder: Finder,
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
    /// Who must have a second factor.
    pub(crate) required: SecondFactorRequirement,
    /// The portal as devices with passkeys know it.
    pub(crate) party: Option<RelyingParty>,
    /// What the operator answers for.
    pub(crate) texts: Texts,
    /// What proves rules before they are published.
    pub(crate) prover: Option<Prover>,
    finder: Finder,
    /// How long sessions live.
    pub(crate) limits: SessionLimits,
    content_policy: String,
}

impl Portal {
    /// `entrances` holds every service, the portal not among them.
    pub fn new(
        store: Store,
        directory: Arc<Directory>,
        own: Entrance,
        entrances: Vec<Entrance>,
        settings: PortalSettings,
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
            party: RelyingParty::of(&own.host, &own.origin),
            store,
            directory,
            own,
            entrances,
            imports: Imports::default(),
            cookie: settings.cookie,
            required: settings.second_factor,
            texts: settings.texts,
            prover: settings.prover,
            finder: settings.finder,
            limits: settings.limits,
            content_policy,
        }
    }

    /// The content policy of a page that has a script of ours, which asks us only.
    pub(crate) fn policy_with_script(&self) -> String {
        format!(
            "{}; script-src 'self'; connect-src 'self'",
            self.content_policy
        )
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
            .route("/demande", get(request::show).post(request::submit))
            .merge(information::routes())
            .merge(correspondant::routes())
            .merge(referent::routes())
            .merge(second_factor::routes())
            .merge(account::routes())
            .merge(api::routes())
            .merge(password_link::routes())
            .merge(address::routes())
            .merge(proposal::routes())
            .merge(forgotten::routes())
            .fallback(page::not_found)
            .layer(DefaultBodyLimit::max(LARGEST))
            .layer(middleware::from_fn_with_state(
                portal.clone(),
                second_factor::enrol_first,
            ))
            .layer(middleware::from_fn_with_state(portal.clone(), protect))
            .with_state(portal)
    }

    /// The area of an address, if it is one of a service.
    pub(crate) fn area_of(&self, address: &str) -> Option<Arc<Route>> {
        self.finder.find(address)
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
        // The few pages with a script, and files, have one of their own.
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
