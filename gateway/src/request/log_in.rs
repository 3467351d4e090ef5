//! The way to the log-in page, and what it needs to send the browser back: the service, the path, and
//! the hash of a secret that stays in the browser on this host.

use super::Passage;
use super::answer::Answer;
use super::client::cookies;
use super::respond::failed;
use crate::gateway::Gateway;
use accounts::Token;
use http::header;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use pingora::http::RequestHeader;

/// Kept readable in a query value.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// Log-ins that a host asks for in a row before it suspects a loop.
const TURNS: u32 = 20;
/// Seconds after which the count starts again, and for which a browser's secret lasts.
const TURNS_AGE: u32 = 20;
const BROWSER_AGE: u32 = 3600;
/// Longest address that a log-in comes back to.
const RETURN: usize = 2048;

/// To the portal's log-in page, with what it needs to send the browser back.
pub(crate) fn log_in(gateway: &Gateway, passage: &Passage, head: &RequestHeader) -> Answer {
    let Some(service) = &passage.service else {
        return failed(gateway, passage, 500);
    };
    let target = std::str::from_utf8(head.raw_path()).unwrap_or("/");
    let target = if target.len() > RETURN { "/" } else { target };
    let target = utf8_percent_encode(target, QUERY);
    let portal = &gateway.pages.portal;
    if service.id() == gateway.services.portal().id() {
        return Answer::redirect_from(&head.method, format!("{portal}/connexion?vers={target}"));
    }
    let cookie = gateway.cookie;
    let turns = cookies(&head.headers, cookie.turns_name())
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0_u32);
    if turns >= TURNS {
        return failed(gateway, passage, 508)
            .with(header::SET_COOKIE, cookie.clear(cookie.turns_name()));
    }
    // Several tabs log in at once with one secret.
    let known = cookies(&head.headers, cookie.browser_name())
        .next()
        .filter(|value| value.len() == 43);
    let browser = match known {
        Some(known) => known.to_owned(),
        None => match Token::fresh() {
            Ok(fresh) => fresh.as_str().to_owned(),
            Err(_) => return failed(gateway, passage, 503),
        },
    };
    let (pour, etat) = (service.id(), Token::hash(&browser));
    Answer::redirect_from(
        &head.method,
        format!("{portal}/connexion?pour={pour}&vers={target}&etat={etat}"),
    )
    .with(
        header::SET_COOKIE,
        cookie.set(cookie.browser_name(), &browser, Some(BROWSER_AGE)),
    )
    .with(
        header::SET_COOKIE,
        cookie.set(
            cookie.turns_name(),
            &(turns + 1).to_string(),
            Some(TURNS_AGE),
        ),
    )
}
