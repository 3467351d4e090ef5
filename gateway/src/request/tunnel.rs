//! Requests to leave HTTP for a WebSocket (RFC 6455 §4): which are taken, and on what terms.

use super::Passage;
use super::normalize::Rejection;
use http::{HeaderMap, Method, header};
use pingora::proxy::Session;

/// A handshake where the service takes them. Any other wish to leave HTTP is dropped on the way to
/// the service and changes nothing here.
pub(crate) fn is_websocket(session: &Session, passage: &Passage) -> bool {
    let request = session.req_header();
    let wanted = request.headers.get(header::UPGRADE);
    passage
        .service
        .as_ref()
        .is_some_and(|service| service.settings.websocket)
        && session.is_upgrade_req()
        && request.method == Method::GET
        && wanted.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Judges a handshake for a service that people know by `origin`.
///
/// # Errors
/// 400 for one with a body: its end would be taken for the tunnel's. 403 for one that a page of
/// another site sends, in the name of whoever reads it (§10.2).
pub(crate) fn judge(headers: &HeaderMap, origin: &str) -> Result<(), Rejection> {
    let length = headers.get(header::CONTENT_LENGTH);
    if headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|bytes| bytes != "0") {
        return Err(Rejection {
            status: 400,
            reason: "a handshake has no body",
        });
    }
    let from = headers.get(header::ORIGIN);
    if from.is_some_and(|from| !from.as_bytes().eq_ignore_ascii_case(origin.as_bytes())) {
        return Err(Rejection {
            status: 403,
            reason: "a page of another site asks for a tunnel",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &'static str, value: &'static str) -> Option<u16> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        judge(&headers, "https://www.example.org")
            .err()
            .map(|rejection| rejection.status)
    }

    #[test]
    fn a_handshake_has_no_body() {
        assert_eq!(judged("content-length", "0"), None);
        assert_eq!(judged("content-length", "100"), Some(400));
        assert_eq!(judged("transfer-encoding", "chunked"), Some(400));
    }

    #[test]
    fn a_tunnel_is_for_pages_of_the_service() {
        assert_eq!(judged("origin", "https://www.example.org"), None);
        assert_eq!(
            judged("origin", "https://cotisations.example.org"),
            Some(403)
        );
        assert_eq!(judged("origin", "null"), Some(403));
    }
}
