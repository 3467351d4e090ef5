//! `/connexion`: the one log-in, and on to where the person was going.

use crate::device;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{Posted, Tokened};
use crate::second_factor;
use crate::visitor::{MaybeVisitor, Visitor};
use crate::way::Way;
use accounts::{Error, LogIn, LoginError, OpenSession, Password, Place};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    person: Option<Person>,
    error: Option<String>,
    /// What the person has just done.
    done: &'static str,
    login: &'a str,
    service: Option<&'a str>,
    pour: &'a str,
    vers: &'a str,
    etat: &'a str,
}

fn form(
    portal: &Portal,
    way: &Way,
    status: StatusCode,
    login: &str,
    error: Option<String>,
) -> Response {
    let page = LoginPage {
        person: None,
        done: if error.is_some() { "" } else { way.done() },
        error,
        login,
        service: way.service(portal).map(|service| service.name.as_str()),
        pour: &way.pour,
        vers: &way.vers,
        etat: &way.etat,
    };
    page::answer(status, &page)
}

/// The form for somebody who has just chosen a password.
pub(crate) fn next(portal: &Portal, done: &str, login: &str) -> Response {
    let way = Way {
        fait: done.to_owned(),
        ..Way::default()
    };
    form(portal, &way, StatusCode::OK, login, None)
}

/// The form; for somebody who is logged in, straight on.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    MaybeVisitor(visitor): MaybeVisitor,
    Query(way): Query<Way>,
) -> Response {
    let Some(visitor) = visitor else {
        return form(&portal, &way, StatusCode::OK, "", None);
    };
    match way.on(&portal, visitor.session()).await {
        Ok(address) => Redirect::to(&address).into_response(),
        // Ended in this very moment.
        Err(Error::NotFound { .. }) => form(&portal, &way, StatusCode::OK, "", None),
        Err(error) => page::unavailable(&error),
    }
}

/// What the form posts.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    identifiant: String,
    mot_de_passe: String,
    #[serde(flatten)]
    way: Way,
}

impl Tokened for Credentials {
    /// Logging in acts for no session; another tab may have logged in meanwhile.
    fn token(&self) -> Option<&str> {
        None
    }
}

/// Logs in, or asks for the second factor.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    headers: header::HeaderMap,
    posted: Posted<Credentials>,
) -> Response {
    let Credentials {
        identifiant,
        mot_de_passe,
        way,
    } = posted.form;
    let password = Password::from(mot_de_passe);
    let place = Place {
        host: &portal.own.host,
        address: address(&headers),
        device: &device::name(&headers),
    };
    let session = match portal.store.log_in(&identifiant, &password, place).await {
        Ok(LogIn::Open(session)) => session,
        Ok(LogIn::SecondFactor(pending)) => {
            let name = portal.cookie.pending_name();
            let cookie = portal.cookie.set(name, pending.as_str(), Some(300));
            let address = way.from(second_factor::ASK);
            return ([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response();
        }
        Err(error) => return refuse(&portal, &way, &identifiant, error),
    };
    enter(&portal, posted.visitor.as_ref(), &session, &way).await
}

/// On with a session just opened; one that the browser had before ends.
pub(crate) async fn enter(
    portal: &Portal,
    before: Option<&Visitor>,
    session: &OpenSession,
    way: &Way,
) -> Response {
    if let Some(before) = before
        && let Err(error) = portal
            .store
            .end_session(before.session(), before.account())
            .await
    {
        return page::unavailable(&error);
    }
    match way.on(portal, &session.id).await {
        Ok(address) => {
            let cookie = portal
                .cookie
                .set(portal.cookie.name(), session.token.as_str(), None);
            ([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response()
        }
        Err(error) => page::unavailable(&error),
    }
}

pub(crate) fn refuse(portal: &Portal, way: &Way, login: &str, error: LoginError) -> Response {
    match explain(error) {
        Ok(refused) => {
            let page = form(portal, way, refused.status, login, Some(refused.text));
            retry_after(page, refused.wait)
        }
        Err(error) => page::unavailable(&error),
    }
}

/// What to say of a log-in that came to nothing.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
    /// Seconds.
    pub(crate) wait: Option<i64>,
}

/// An answer that says when to come back.
pub(crate) fn retry_after(mut page: Response, wait: Option<i64>) -> Response {
    if let Some(seconds) = wait {
        page.headers_mut()
            .insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    page
}

/// # Errors
/// A store that failed.
pub(crate) fn explain(error: LoginError) -> Result<Refused, Error> {
    let (status, text, wait) = match error {
        LoginError::Wrong => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "L’adresse électronique ou le mot de passe ne correspond pas. Vérifiez les deux, puis recommencez.".to_owned(),
            None,
        ),
        LoginError::Wait(seconds) => {
            let minutes = (seconds + 59) / 60;
            let unit = if minutes > 1 { "minutes" } else { "minute" };
            let text = format!("Trop d’essais ont échoué. Attendez {minutes} {unit}, puis recommencez.");
            (StatusCode::TOO_MANY_REQUESTS, text, Some(seconds))
        }
        LoginError::Gone => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "La vérification a pris trop de temps, ou trop d’essais ont échoué. Recommencez avec votre mot de passe.".to_owned(),
            None,
        ),
        LoginError::Closed => (
            StatusCode::FORBIDDEN,
            "Votre compte est suspendu, ou n’est rattaché à aucune collectivité. Contactez un référent de votre collectivité.".to_owned(),
            None,
        ),
        LoginError::Store(Error::Busy) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Beaucoup de personnes se connectent en ce moment. Recommencez dans quelques secondes.".to_owned(),
            Some(5),
        ),
        LoginError::Store(error) => return Err(error),
    };
    Ok(Refused { status, text, wait })
}

/// The person's address, as the gateway alone says it: it replaces what a client sent.
pub(crate) fn address(headers: &header::HeaderMap) -> Option<IpAddr> {
    headers.get("x-forwarded-for")?.to_str().ok()?.parse().ok()
}
