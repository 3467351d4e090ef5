//! What the browser's end looks like: whether it expects a page, which cookies it sends, and where
//! it is.

use crate::settings::Network;
use accounts::cookie_values;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use pingora::proxy::Session;
use std::net::IpAddr;

/// Fetch Metadata; looked up by its name for each request, a constant is found faster.
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Whether a page is expected: Fetch Metadata says so, or, where there is none, `Accept` does.
pub(crate) fn is_navigation(headers: &HeaderMap) -> bool {
    match headers.get(SEC_FETCH_MODE) {
        Some(mode) => mode == "navigate",
        None => headers.get_all(header::ACCEPT).iter().any(|accept| {
            let mut kinds = accept.as_bytes().split(|&byte| byte == b',');
            kinds.any(|kind| kind.trim_ascii_start().starts_with(b"text/html"))
        }),
    }
}

/// The values of the cookies called `name`.
pub(crate) fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let fields = headers.get_all(header::COOKIE).iter();
    cookie_values(fields.map(HeaderValue::as_bytes), name)
}

/// Who is at the other end: the connection's address, or what a trusted proxy says it is.
pub(crate) fn client_address(session: &Session, trusted: &[Network]) -> Option<IpAddr> {
    let peer = session.client_addr()?.as_inet()?.ip().to_canonical();
    if !trusted.iter().any(|network| network.contains(peer)) {
        return Some(peer);
    }
    let forwarded = session
        .req_header()
        .headers
        .get_all("x-forwarded-for")
        .iter();
    let chain = forwarded
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(','));
    let mut client = peer;
    for hop in chain.collect::<Vec<_>>().into_iter().rev() {
        // What does not read ends what can be trusted.
        let Ok(address) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        client = address.to_canonical();
        if !trusted.iter().any(|network| network.contains(client)) {
            break;
        }
    }
    Some(client)
}

/// Whether the connection comes from a proxy that the installation trusts.
pub(crate) fn is_trusted(session: &Session, trusted: &[Network]) -> bool {
    let peer = session
        .client_addr()
        .and_then(|address| address.as_inet())
        .map(|inet| inet.ip().to_canonical());
    peer.is_some_and(|peer| trusted.iter().any(|network| network.contains(peer)))
}
