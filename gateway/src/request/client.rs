//! What the browser's end looks like: whether it expects a page, which cookies it sends, and where
//! it is.

use crate::settings::Network;
use accounts::cookie_values;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use pingora::proxy::Session;
use std::net::{IpAddr, SocketAddr};

/// Fetch Metadata; looked up by its name for each request, a constant is found faster.
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
/// What proxies say of whom they speak for.
pub(crate) const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

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
    nearest(&session.req_header().headers, peer, trusted)
}

/// The last address of `X-Forwarded-For` that no trusted proxy has. `None` where it does not read:
/// a proxy's own address would be too much of an honour.
fn nearest(headers: &HeaderMap, peer: IpAddr, trusted: &[Network]) -> Option<IpAddr> {
    let fields = headers.get_all(FORWARDED_FOR).iter().rev();
    let hops = fields.flat_map(|field| field.as_bytes().rsplit(|&byte| byte == b','));
    let mut client = peer;
    for hop in hops {
        let hop = std::str::from_utf8(hop).ok()?.trim();
        let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
        client = hop.parse().ok().or_else(with_port)?.to_canonical();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(field).unwrap());
        }
        let trusted = [Network {
            address: "10.0.0.0".parse().unwrap(),
            prefix: 8,
        }];
        let peer = "10.0.0.1".parse().unwrap();
        nearest(&headers, peer, &trusted).map(|client| client.to_string())
    }

    #[test]
    fn the_nearest_address_that_no_proxy_of_ours_has_is_the_clients() {
        assert_eq!(
            told(&[b"198.51.100.7, 203.0.113.9"]).unwrap(),
            "203.0.113.9"
        );
        assert_eq!(told(&[b"203.0.113.9, 10.0.0.2"]).unwrap(), "203.0.113.9");
        assert_eq!(
            told(&[b"198.51.100.7", b"203.0.113.9"]).unwrap(),
            "203.0.113.9"
        );
        assert_eq!(told(&[b"203.0.113.9:5678"]).unwrap(), "203.0.113.9");
        assert_eq!(told(&[b"[2001:db8::1]:443"]).unwrap(), "2001:db8::1");
        assert_eq!(told(&[]).unwrap(), "10.0.0.1");
    }

    #[test]
    fn nothing_unreadable_makes_a_client_one_of_our_proxies() {
        assert_eq!(told(&[b"\xff, 203.0.113.9"]).unwrap(), "203.0.113.9");
        assert_eq!(told(&[b"203.0.113.9, \xff"]), None);
        assert_eq!(told(&[b"203.0.113.9, unknown"]), None);
        assert_eq!(told(&[b"\xff, 10.0.0.2"]), None);
        assert_eq!(told(&[b""]), None);
    }
}
