//! Names of headers and cookies that belong to the services behind.

use super::mistakes::{Problem, problem};
use http::HeaderName;

/// Request headers that carry something else than an identity. The gateway takes identity headers
/// off every request that comes in, so one of these would break every service.
const HEADERS: [&str; 33] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "keep-alive",
    "location",
    "origin",
    "pragma",
    "range",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-http-method-override",
    "x-requested-with",
];
const HEADER_FAMILIES: [&str; 7] = [
    "access-control-",
    "if-",
    "proxy-",
    "sec-",
    "x-convergences-",
    "x-forwarded-",
    "x-original-",
];

/// The name of an identity header.
pub(super) fn header(text: &str) -> Result<HeaderName, Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let well = (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(plain);
    let name = HeaderName::from_bytes(text.as_bytes())
        .ok()
        .filter(|_| well);
    let Some(name) = name else {
        return Err(problem(
            format!("`{}` is not a header's name", text.escape_debug()),
            "Write letters, digits and hyphens (`_` and `-` are one to many programs), as in \"Remote-User\"",
        ));
    };
    let reserved = HEADERS.contains(&name.as_str())
        || HEADER_FAMILIES
            .iter()
            .any(|family| name.as_str().starts_with(family));
    if reserved {
        return Err(problem(
            format!("`{text}` has another meaning"),
            "Choose a header of its own, as in \"Remote-User\"",
        ));
    }
    Ok(name)
}

/// The name of a cookie of the service behind: a token (RFC 6265), and none of ours.
pub(super) fn cookie(text: &str) -> Result<String, Problem> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if text.is_empty() || !text.chars().all(token) {
        return Err(problem(
            format!("`{}` is not a cookie's name", text.escape_debug()),
            "Write it as the application sets it, as in \"PHPSESSID\"",
        ));
    }
    if accounts::SessionCookie::RESERVED.contains(&text) {
        return Err(problem(
            format!("`{text}` is a cookie of the gateway"),
            "Name the application's own cookie",
        ));
    }
    Ok(text.to_owned())
}
