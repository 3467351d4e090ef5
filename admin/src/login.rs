//! `/connexion`: the one log-in, and the way on to where the person was going. A way on is a known
//! service and a path on its host: no address that somebody else wrote is ever followed.

use crate::device;
use crate::page::{self, Person};
use crate::portal::{Entrance, Portal};
use crate::posted::{Posted, Tokened};
use crate::second_factor;
use crate::visitor::{MaybeVisitor, Visitor};
use accounts::{Error, Handshake, LogIn, LoginError, OpenSession, Password, Place};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;

/// Longest path that a log-in comes back to.
const LONGEST: usize = 2048;

/// Where the person was going, as the address or the form says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Way {
    /// The service.
    pub(crate) pour: String,
    /// The path there.
    pub(crate) vers: String,
    /// SHA-256 (hex) of the secret that the service's host left in the browser.
    pub(crate) etat: String,
    /// What the person has just done elsewhere.
    fait: String,
}

impl Way {
    fn done(&self) -> &'static str {
        match self.fait.as_str() {
            "activation" => {
                "Votre compte est ouvert. Connectez-vous avec le mot de passe que vous venez de choisir."
            }
            "mot-de-passe" => "Votre mot de passe est changé. Connectez-vous avec le nouveau.",
            _ => "",
        }
    }

    fn path(&self) -> &str {
        let path = self.vers.as_str();
        let plain = path.starts_with('/') && !path.starts_with("//") && path.len() <= LONGEST;
        let control = path
            .bytes()
            .any(|byte| byte <= b' ' || byte == b'\\' || byte == 0x7f);
        if plain && !control { path } else { "/" }
    }

    pub(crate) fn service<'a>(&self, portal: &'a Portal) -> Option<&'a Entrance> {
        portal.entrance(&self.pour)
    }

    /// The same way from another page.
    pub(crate) fn from(&self, page: &str) -> String {
        let page = format!("{page}?");
        let begin = page.len();
        let mut query = form_urlencoded::Serializer::for_suffix(page, begin);
        query
            .append_pair("pour", &self.pour)
            .append_pair("vers", &self.vers)
            .append_pair("etat", &self.etat);
        query.finish()
    }

    /// The address to go on to, with a portal session. For somebody who must add a second factor,
    /// that is where it is added.
    async fn on(&self, portal: &Portal, session: &str) -> Result<String, Error> {
        if portal.store.must_enrol(session, &portal.required).await? {
            return Ok(format!("{}{}", portal.own.origin, second_factor::OWN));
        }
        let path = self.path();
        let Some(service) = self.service(portal) else {
            return Ok(format!("{}{path}", portal.own.origin));
        };
        let begun = self.etat.len() == 64 && self.etat.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !begun {
            // The host has to begin; it comes back here and goes straight on.
            return Ok(format!("{}{path}", service.origin));
        }
        let to = Handshake {
            host: &service.host,
            browser_hash: &self.etat,
            path,
        };
        let code = portal.store.issue_handshake(session, to).await?;
        let path = utf8_percent_encode(path, NON_ALPHANUMERIC);
        Ok(format!(
            "{}/.convergences/retour?code={}&vers={path}",
            service.origin,
            code.as_str()
        ))
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_on_is_a_path_or_the_front_page() {
        let path = |vers: &str| {
            Way {
                vers: vers.to_owned(),
                ..Way::default()
            }
            .path()
            .to_owned()
        };
        assert_eq!(path("/a?b=c"), "/a?b=c");
        let long = format!("/{}", "a".repeat(LONGEST));
        for other in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "http://evil.example",
            "/a\nb",
            "/a b",
            &long,
        ] {
            assert_eq!(path(other), "/", "{other}");
        }
    }
}
