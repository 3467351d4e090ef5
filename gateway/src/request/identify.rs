//! Step 3: cookie or key → who asks. One that cannot be looked up is never taken for none.

use super::client::cookies;
use crate::sessions::{Lookup, Session, Sessions};
use accounts::{ApiKey, SessionCookie, Token};
use http::{HeaderMap, header};

/// Who asks.
#[derive(Debug)]
pub(crate) enum Identity {
    /// No cookie.
    NotRequested,
    /// A session.
    Identified(Session),
    /// A cookie that opens nothing (any more).
    Failed,
    /// A key that opens nothing (any more).
    WrongKey,
    /// The store could not be asked.
    Unknown,
}

/// Reads the session cookie and finds its session on this host.
pub(crate) async fn identify(
    sessions: &Sessions,
    cookie: SessionCookie,
    headers: &HeaderMap,
    host: &str,
) -> Identity {
    let mut values = cookies(headers, cookie.name());
    let Some(value) = values.next() else {
        return Identity::NotRequested;
    };
    // Two of them: one was planted by somebody else.
    if values.next().is_some() || value.len() != 43 {
        return Identity::Failed;
    }
    match sessions.find(Token::digest(value), host).await {
        Lookup::Found(session) if session.person.is_key() => Identity::Failed,
        Lookup::Found(session) => Identity::Identified(session),
        Lookup::Missing => Identity::Failed,
        Lookup::Unavailable => Identity::Unknown,
    }
}

/// Reads the key that a program sends and finds whom it works for; `None` without one. A key that is
/// wrong is told so, even when a cookie comes with it.
pub(crate) async fn identify_program(
    sessions: &Sessions,
    headers: &HeaderMap,
    host: &str,
) -> Option<Identity> {
    let mut fields = headers.get_all(header::AUTHORIZATION).iter();
    let field = fields.next()?;
    let key = field.to_str().ok().and_then(bearer);
    let (Some(digest), None) = (key.and_then(ApiKey::digest), fields.next()) else {
        return Some(Identity::WrongKey);
    };
    Some(match sessions.find(digest, host).await {
        Lookup::Found(session) if session.person.is_key() => Identity::Identified(session),
        Lookup::Found(_) | Lookup::Missing => Identity::WrongKey,
        Lookup::Unavailable => Identity::Unknown,
    })
}

fn bearer(field: &str) -> Option<&str> {
    let (scheme, key) = field.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| key.trim_start_matches(' '))
}
