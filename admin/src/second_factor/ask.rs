//! `/second-facteur`: what is asked for once the password was right. Until then nobody is logged in:
//! a cookie of its own names the log-in that waits, and opens nothing else.

use super::only_cookie;
use crate::device;
use crate::login;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{Posted, Tokened};
use crate::way::Way;
use accounts::{LoginError, PendingLogin, Place, Proof};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "second_factor.html")]
struct AskPage<'a> {
    person: Option<Person>,
    error: Option<&'a str>,
    /// Where the error is put right.
    field: &'a str,
    service: Option<&'a str>,
    pending: &'a PendingLogin,
    /// Who can help somebody that has lost them all.
    helpers: String,
    way: &'a Way,
}

/// The log-in that waits in this browser.
fn pending(portal: &Portal, headers: &HeaderMap) -> Option<String> {
    only_cookie(headers, portal.cookie.pending_name())
}

async fn page(
    portal: &Portal,
    token: &str,
    way: &Way,
    status: StatusCode,
    error: Option<&str>,
) -> Response {
    let host = &portal.own.host;
    let found = portal
        .store
        .find_pending_login(token, host, portal.party.as_ref())
        .await;
    let pending = match found {
        Ok(Some(pending)) => pending,
        Ok(None) if error.is_some() => return again(portal, way),
        Ok(None) => return Redirect::to(&way.from("/connexion")).into_response(),
        Err(error) => return page::unavailable(&error),
    };
    let helpers = match portal.store.list_helpers(token, host).await {
        Ok(helpers) => helpers.join(", "),
        Err(error) => return page::unavailable(&error),
    };
    let page = AskPage {
        person: None,
        error,
        field: field(&pending),
        service: way.service(portal).map(|service| service.name.as_str()),
        pending: &pending,
        helpers,
        way,
    };
    let answer = page::answer(status, &page);
    if pending.passkey.is_some() {
        page::with_script(portal, answer)
    } else {
        answer
    }
}

fn field(pending: &PendingLogin) -> &'static str {
    match pending {
        PendingLogin { totp: true, .. } => "code",
        PendingLogin {
            passkey: Some(_), ..
        } => "cle",
        _ => "secours",
    }
}

/// From the password again, and why.
fn again(portal: &Portal, way: &Way) -> Response {
    let cleared = portal.cookie.clear(portal.cookie.pending_name());
    let page = login::refuse(portal, way, "", LoginError::Gone);
    ([(header::SET_COOKIE, cleared)], page).into_response()
}

/// The forms for whatever the person has.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    Query(way): Query<Way>,
) -> Response {
    match pending(&portal, &headers) {
        Some(token) => page(&portal, &token, &way, StatusCode::OK, None).await,
        None => Redirect::to(&way.from("/connexion")).into_response(),
    }
}

/// What the forms post: one of the three.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    code: String,
    #[serde(default)]
    secours: String,
    #[serde(default)]
    reponse: String,
    #[serde(flatten)]
    way: Way,
}

impl Tokened for Shown {
    /// Logging in acts for no session.
    fn token(&self) -> Option<&str> {
        None
    }
}

impl Shown {
    fn proof<'a>(&'a self, portal: &'a Portal) -> Option<Proof<'a>> {
        match (&portal.party, self.reponse.as_str()) {
            (Some(party), answer) if !answer.is_empty() => {
                return Some(Proof::Passkey(party, answer));
            }
            _ => {}
        }
        match (self.secours.trim(), self.code.trim()) {
            ("", "") => None,
            ("", code) => Some(Proof::Totp(code)),
            (code, _) => Some(Proof::Recovery(code)),
        }
    }
}

/// Logs in with what was shown.
pub(super) async fn submit(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    posted: Posted<Shown>,
) -> Response {
    let way = &posted.form.way;
    let Some(token) = pending(&portal, &headers) else {
        return again(&portal, way);
    };
    let Some(proof) = posted.form.proof(&portal) else {
        let text = "Rien n’a été transmis. Saisissez un code, ou utilisez votre clé d’accès dans un navigateur où JavaScript est actif.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&portal, &token, way, status, Some(text)).await;
    };
    let place = Place {
        host: &portal.own.host,
        address: login::address(&headers),
        device: &device::name(&headers),
    };
    let shown = portal.store.show_second_factor(&token, proof, place).await;
    let session = match shown {
        Ok(session) => session,
        Err(error) => return refuse(&portal, &token, way, error).await,
    };
    let mut answer = login::enter(&portal, posted.visitor.as_ref(), &session, way).await;
    let cleared = portal.cookie.clear(portal.cookie.pending_name());
    if let Ok(cleared) = HeaderValue::try_from(cleared) {
        answer.headers_mut().append(header::SET_COOKIE, cleared);
    }
    answer
}

async fn refuse(portal: &Portal, token: &str, way: &Way, error: LoginError) -> Response {
    match error {
        LoginError::Wrong => {
            let text = "Ce second facteur ne correspond pas. Un code ne sert qu’une fois\u{a0}: attendez le suivant de votre application, ou prenez un autre code de secours.";
            page(
                portal,
                token,
                way,
                StatusCode::UNPROCESSABLE_ENTITY,
                Some(text),
            )
            .await
        }
        LoginError::Gone => again(portal, way),
        LoginError::Closed => login::refuse(portal, way, "", error),
        LoginError::Wait(_) | LoginError::Store(_) => match login::explain(error) {
            Ok(refused) => {
                let page = page(portal, token, way, refused.status, Some(&refused.text)).await;
                login::retry_after(page, refused.wait)
            }
            Err(error) => page::unavailable(&error),
        },
    }
}
