//! The few addresses that the gateway answers itself: `/.convergences/…` on every host, and the
//! keys of assertions on the portal's.

use crate::gateway::Gateway;
use crate::pages::{ICON, STYLE};
use crate::request::Passage;
use crate::request::answer::Answer;
use crate::request::client::cookies;
use crate::request::respond::failed;
use accounts::Token;
use http::header;
use pingora::http::RequestHeader;

const PREFIX: &str = "/.convergences/";

/// What the pages of the house share, when that is what is asked for.
pub(crate) fn shared(path: &str) -> Option<Answer> {
    let (kind, file) = match path.strip_prefix(PREFIX)? {
        "style.css" => ("text/css; charset=utf-8", STYLE),
        "icon.svg" => ("image/svg+xml", ICON),
        _ => return None,
    };
    let answer = Answer::new(200, kind, file);
    Some(answer.with(header::CACHE_CONTROL, "public, max-age=300"))
}

/// The answer, when the address is one of ours.
pub(crate) async fn answer(
    gateway: &Gateway,
    passage: &mut Passage,
    head: &RequestHeader,
    path: &str,
) -> Option<Answer> {
    let at_portal = passage.service.as_ref()?.id() == gateway.services.portal().id();
    if at_portal && path == "/.well-known/jwks.json" {
        passage.outcome = "own";
        let keys = gateway.directory.verifying_keys().jwks();
        let answer = Answer::new(200, "application/jwk-set+json", keys);
        return Some(answer.with(header::CACHE_CONTROL, "public, max-age=60"));
    }
    if at_portal && path == "/.well-known/authzen-configuration" {
        passage.outcome = "own";
        let origin = &passage.service.as_ref()?.origin;
        return Some(Answer::new(200, "application/json", decision_point(origin)));
    }
    let own = path.strip_prefix(PREFIX)?;
    passage.outcome = "own";
    Some(match own {
        "retour" => come_back(gateway, passage, head).await,
        "cookies" => check_cookies(gateway, passage, head),
        _ => failed(gateway, passage, 404),
    })
}

/// Where applications ask for decisions (`OpenID AuthZEN` 1.0, section 9).
fn decision_point(origin: &str) -> String {
    let endpoints = [
        ("access_evaluation_endpoint", "evaluation"),
        ("access_evaluations_endpoint", "evaluations"),
        ("search_subject_endpoint", "search/subject"),
        ("search_resource_endpoint", "search/resource"),
        ("search_action_endpoint", "search/action"),
    ];
    let point = ("policy_decision_point".to_owned(), origin.into());
    let endpoints = endpoints.map(|(name, path)| {
        let address = format!("{origin}/access/v1/{path}");
        (name.to_owned(), serde_json::Value::from(address))
    });
    let document: serde_json::Map<_, _> = std::iter::once(point).chain(endpoints).collect();
    serde_json::Value::from(document).to_string()
}

/// The second half of a log-in: the code becomes a session on this host.
async fn come_back(gateway: &Gateway, passage: &Passage, head: &RequestHeader) -> Answer {
    let Some(service) = &passage.service else {
        return failed(gateway, passage, 500);
    };
    let cookie = gateway.cookie;
    let query: Vec<_> =
        form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).collect();
    let said = |name: &str| {
        let pair = query.iter().find(|(key, _)| key == name);
        pair.map_or("", |(_, value)| value.as_ref())
    };
    let path = path_on_host(said("vers"));
    let again = format!("{}{path}", service.origin);
    let Some(browser) = cookies(&head.headers, cookie.browser_name()).next() else {
        // We set it when the log-in began: the log-in page was open for very long or in another
        // browser, or this browser keeps no cookie of ours. One more redirection tells.
        let path: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
        return Answer::redirect(format!(
            "{}/.convergences/cookies?vers={path}",
            service.origin
        ))
        .with(
            header::SET_COOKIE,
            cookie.set(cookie.turns_name(), "1", Some(60)),
        );
    };
    let code = said("code").to_owned();
    if code.len() != 43 {
        return Answer::redirect(again);
    }
    let (store, host, browser) = (
        gateway.store.clone(),
        service.settings.host.clone(),
        Token::hash(browser),
    );
    let redeemed = gateway
        .store_runtime
        .spawn(async move { store.redeem_handshake(&code, &host, &browser).await })
        .await;
    match redeemed {
        Ok(Ok(Some((session, path)))) => Answer::redirect(format!("{}{path}", service.origin))
            .with(
                header::SET_COOKIE,
                cookie.set(cookie.name(), session.token.as_str(), None),
            )
            .with(header::SET_COOKIE, cookie.clear(cookie.turns_name())),
        // Used, too old, or another browser's: the log-in starts again, silently.
        Ok(Ok(None)) => Answer::redirect(again),
        Ok(Err(_)) | Err(_) => failed(gateway, passage, 503).with(header::RETRY_AFTER, "5"),
    }
}

/// Whether the browser kept the cookie it was given one step ago; if so the log-in starts again.
fn check_cookies(gateway: &Gateway, passage: &Passage, head: &RequestHeader) -> Answer {
    let kept = cookies(&head.headers, gateway.cookie.turns_name())
        .next()
        .is_some();
    let query = head.uri.query().unwrap_or_default();
    let path = form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "vers")
        .map(|(_, path)| path);
    let path = path_on_host(path.as_deref().unwrap_or_default());
    match &passage.service {
        Some(service) if kept => Answer::redirect(format!("{}{path}", service.origin)),
        _ => failed(gateway, passage, 508),
    }
}

/// A path on this host, whatever an address says.
fn path_on_host(said: &str) -> &str {
    let plain = said.starts_with('/') && said.bytes().all(|byte| byte > b' ' && byte < 0x7f);
    if plain { said } else { "/" }
}
