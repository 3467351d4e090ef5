//! Step 3: cookie → who asks. A cookie that cannot be looked up is never taken for no cookie.

use super::client::cookies;
use crate::sessions::{Lookup, Session, Sessions};
use accounts::{SessionCookie, Token};
use http::HeaderMap;

/// Who asks.
#[derive(Debug)]
pub(crate) enum Identity {
    /// No cookie.
    NotRequested,
    /// A session.
    Identified(Session),
    /// A cookie that opens nothing (any more).
    Failed,
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
        Lookup::Found(session) => Identity::Identified(session),
        Lookup::Missing => Identity::Failed,
        Lookup::Unavailable => Identity::Unknown,
    }
}
