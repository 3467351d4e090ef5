//! The few addresses that the gateway answers itself: `/.convergences/…` on every host, and the
//! keys of assertions on the portal's.

use crate::gateway::Gateway;
use crate::pages::STYLE;
use crate::request::Passage;
use crate::request::respond::{Answer, failed};
use accounts::{Token, cookie_values};
use http::header;
use pingora::http::RequestHeader;

const PREFIX: &str = "/.convergences/";

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
    let own = path.strip_prefix(PREFIX)?;
    passage.outcome = "own";
    Some(match own {
        "style.css" => Answer::new(200, "text/css; charset=utf-8", STYLE)
            .with(header::CACHE_CONTROL, "public, max-age=300"),
        "retour" => come_back(gateway, passage, head).await,
        _ => failed(gateway, passage, 404),
    })
}

/// The second half of a log-in: the code becomes a session on this host.
async fn come_back(gateway: &Gateway, passage: &Passage, head: &RequestHeader) -> Answer {
    let Some(service) = &passage.service else {
        return failed(gateway, passage, 500);
    };
    let cookie = gateway.cookie;
    let fields = head
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|field| field.to_str().ok());
    let Some(browser) = cookie_values(fields, cookie.browser_name()).next() else {
        // We set it when the log-in began: this browser keeps no cookie, or this is an old link.
        return failed(gateway, passage, 508);
    };
    let query = head.uri.query().unwrap_or_default();
    let code = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("code="))
        .unwrap_or_default()
        .to_owned();
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
        Ok(Ok(None)) => Answer::redirect(format!("{}/", service.origin)),
        Ok(Err(_)) | Err(_) => failed(gateway, passage, 503).with(header::RETRY_AFTER, "5"),
    }
}
