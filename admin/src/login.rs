//! `/connexion`: the one log-in, and the way on to where the person was going. A way on is a known
//! service and a path on its host: no address that somebody else wrote is ever followed.

use crate::device;
use crate::page::{self, Person};
use crate::portal::{Entrance, Portal};
use crate::posted::{Posted, Tokened};
use crate::visitor::MaybeVisitor;
use accounts::{Error, Handshake, LoginError, Password, Place};
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
    pour: String,
    /// The path there.
    vers: String,
    /// SHA-256 (hex) of the secret that the service's host left in the browser.
    etat: String,
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

    fn service<'a>(&self, portal: &'a Portal) -> Option<&'a Entrance> {
        portal.entrance(&self.pour)
    }

    /// The address to go on to, with a portal session.
    async fn on(&self, portal: &Portal, session: &str) -> Result<String, Error> {
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

/// Logs in. A session that the browser had before ends.
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
        Ok(session) => session,
        Err(error) => return refuse(&portal, &way, &identifiant, error),
    };
    if let Some(before) = &posted.visitor
        && let Err(error) = portal
            .store
            .end_session(before.session(), before.account())
            .await
    {
        return page::unavailable(&error);
    }
    match way.on(&portal, &session.id).await {
        Ok(address) => {
            let cookie = portal
                .cookie
                .set(portal.cookie.name(), session.token.as_str(), None);
            ([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response()
        }
        Err(error) => page::unavailable(&error),
    }
}

fn refuse(portal: &Portal, way: &Way, login: &str, error: LoginError) -> Response {
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
        LoginError::Store(error) => return page::unavailable(&error),
    };
    let mut response = form(portal, way, status, login, Some(text));
    if let Some(seconds) = wait {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    response
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
