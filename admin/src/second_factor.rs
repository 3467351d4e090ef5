//! The second factor: asked for after the password (`/second-facteur`), managed by the person it
//! belongs to (`/compte/second-facteur`). Whatever changes a factor asks for the password anew.
//!
//! Reading order: [`ask`] (logging in) · [`list`] (what somebody has) · [`application`], [`passkey`],
//! [`codes`] (adding each kind) · [`remove`], [`withdraw`] · [`confirm`] (the form with the password that all of
//! them begin with).

mod application;
mod ask;
mod codes;
mod confirm;
mod list;
mod passkey;
mod picture;
mod remove;
mod withdraw;

pub(crate) use confirm::explain;

use crate::api;
use crate::portal::Portal;
use crate::posted::Tokened;
use crate::visitor::{MaybeVisitor, Visitor};
use crate::way::Way;
use accounts::{Error, FactorHolder, cookie_values};
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use std::sync::Arc;

/// Where the factor is asked for; a public area, for nobody is logged in yet.
pub(crate) const ASK: &str = "/second-facteur";
/// Where somebody's own factors are.
pub(crate) const OWN: &str = "/compte/second-facteur";

/// Every route of this module.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route(ASK, get(ask::show).post(ask::submit))
        .route("/second-facteur/cle.js", get(passkey::script))
        .route(OWN, get(list::show))
        .route(
            "/compte/second-facteur/application",
            get(application::form).post(application::begin),
        )
        .route(
            "/compte/second-facteur/application/code",
            get(application::show).post(application::confirm),
        )
        .route(
            "/compte/second-facteur/cle",
            get(passkey::form).post(passkey::begin),
        )
        .route(
            "/compte/second-facteur/cle/creation",
            get(passkey::show).post(passkey::confirm),
        )
        .route(
            "/compte/second-facteur/codes",
            get(codes::form).post(codes::renew),
        )
        .route(
            "/compte/second-facteur/retrait",
            get(remove::form).post(remove::submit),
        )
        .route("/compte/second-facteur/demande", post(withdraw::submit))
}

/// What somebody may open who must have a second factor and has not shown one.
const OPEN: [&str; 14] = [
    ASK,
    OWN,
    "/connexion",
    "/deconnexion",
    "/adresse",
    "/invitation",
    "/mot-de-passe",
    "/oubli",
    "/aide",
    "/plan-du-site",
    "/accessibilite",
    "/donnees-personnelles",
    "/mentions-legales",
    "/openapi.json",
];

/// Leads whoever must have a second factor to where it is added, before anything else of the portal.
pub(crate) async fn enrol_first(
    State(portal): State<Arc<Portal>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let within = |open: &str| {
        let rest = path.strip_prefix(open);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if portal.required.is_empty() || OPEN.into_iter().any(within) {
        return next.run(request).await;
    }
    let for_programs = api::is_for_programs(path);
    let (mut parts, body) = request.into_parts();
    let Ok(MaybeVisitor(visitor)) = MaybeVisitor::from_request_parts(&mut parts, &portal).await;
    if let Some(visitor) = visitor.filter(|visitor| !visitor.0.second_factor) {
        let required = &portal.required;
        match portal.store.must_enrol(visitor.session(), required).await {
            // Ended in this very moment: the page will say what that means.
            Ok(false) | Err(Error::NotFound { .. }) => {}
            Ok(true) if for_programs => return api::enrol_first(),
            Ok(true) => {
                let way = Way::to(parts.uri.path());
                return Redirect::to(&way.from(OWN)).into_response();
            }
            Err(error) if for_programs => return api::unavailable(error),
            Err(error) => return crate::page::unavailable(&error),
        }
    }
    next.run(Request::from_parts(parts, body)).await
}

/// What any form about one's own factors posts; each reads its part.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Change {
    mot_de_passe: String,
    nom: String,
    facteur: String,
    code: String,
    reponse: String,
    jeton: String,
}

impl Tokened for Change {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

/// The visitor as the store knows somebody who changes factors.
fn holder<'a>(visitor: &'a Visitor, headers: &HeaderMap) -> FactorHolder<'a> {
    FactorHolder {
        account: visitor.account(),
        session: visitor.session(),
        address: crate::login::address(headers),
    }
}

/// The value of a cookie of ours. Of two of them, one was planted by somebody else: none counts.
fn only_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let fields = headers.get_all(header::COOKIE).iter();
    let mut values = cookie_values(fields.map(HeaderValue::as_bytes), name);
    let value = values.next()?.to_owned();
    values.next().is_none().then_some(value)
}

/// On to the list, under a new token when the session has just shown its second factor.
fn done(portal: &Portal, token: Option<&accounts::Token>, what: &str) -> Response {
    let address = format!("{OWN}?fait={what}");
    let answer = Redirect::to(&address).into_response();
    let Some(token) = token else { return answer };
    let cookie = portal
        .cookie
        .set(portal.cookie.name(), token.as_str(), None);
    ([(header::SET_COOKIE, cookie)], answer).into_response()
}
