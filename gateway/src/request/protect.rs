//! The header fields of answers: what a service behind may not say to a browser, and what every
//! answer carries.

use super::Passage;
use super::fields::take_off;
use crate::gateway::Gateway;
use accounts::SessionCookie;
use http::{HeaderMap, HeaderName, HeaderValue, header};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");

/// Headers that every answer carries, ours or not.
pub(crate) fn protect(gateway: &Gateway, passage: &Passage, fields: &mut HeaderMap) {
    let cookie = gateway.cookie;
    // Unless the portal gives a new one in this very answer.
    let renewed = || {
        let mut set = fields.get_all(header::SET_COOKIE).iter();
        set.any(|value| names(value, cookie.name()))
    };
    if passage.dead_cookie && !renewed() {
        fields.append(header::SET_COOKIE, gateway.dead_cookie.clone());
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    ] {
        fields
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if let Some(called) = &passage.called {
        fields.insert(REQUEST_ID, called.clone());
    }
    if gateway.settings.public.tls {
        // For this host alone: others below it may not be ours.
        let always = HeaderValue::from_static("max-age=31536000");
        fields.insert(header::STRICT_TRANSPORT_SECURITY, always);
    }
}

/// Whether a `Set-Cookie` value sets the cookie called `name`.
fn names(value: &HeaderValue, name: &str) -> bool {
    // `=name=value` has no name, and is sent back as `name=value`.
    let parts = value.as_bytes().split(|&byte| byte == b'=');
    let set = parts.map(<[u8]>::trim_ascii).find(|part| !part.is_empty());
    set == Some(name.as_bytes())
}

/// What the upstream's answer may not carry to the browser.
pub(crate) fn clean(gateway: &Gateway, passage: &Passage, fields: &mut HeaderMap) {
    fields.remove(header::SERVER);
    fields.remove(POWERED_BY);
    take_off(fields, |name| {
        let name = name.as_str();
        // Orders to an nginx in front of us, and what only we may say.
        name.starts_with("x-accel-") || name.starts_with("x-convergences-")
    });
    let portal = passage
        .service
        .as_ref()
        .is_some_and(|service| service.id() == gateway.services.portal().id());
    if !portal {
        drop_our_cookies(fields);
    }
    if passage.session.is_some() && !fields.contains_key(header::CACHE_CONTROL) {
        // A private page must not come back by the back button once its reader has logged out.
        let page = fields
            .get(header::CONTENT_TYPE)
            .is_none_or(|kind| kind.as_bytes().starts_with(b"text/html"));
        let kept = if page {
            "no-store"
        } else {
            "private, no-cache"
        };
        fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    }
}

/// Only the portal sets cookies of ours.
fn drop_our_cookies(fields: &mut HeaderMap) {
    let ours = |value: &HeaderValue| {
        let mut reserved = SessionCookie::RESERVED.iter();
        reserved.any(|name| names(value, name))
    };
    let set = fields.get_all(header::SET_COOKIE);
    if !set.iter().any(ours) {
        return;
    }
    let kept: Vec<HeaderValue> = set.iter().filter(|value| !ours(value)).cloned().collect();
    fields.remove(header::SET_COOKIE);
    for value in kept {
        fields.append(header::SET_COOKIE, value);
    }
}
