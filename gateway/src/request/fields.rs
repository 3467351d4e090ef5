//! The header fields of pingora's heads, to be changed in place. pingora keeps a second map with the
//! spelling of every name, which costs more than the fields themselves; it is dropped here, so that
//! names go on as HTTP/2 has them, in small letters, whatever the client speaks (RFC 9110 §5.1).

use http::{HeaderMap, HeaderName, Request, Response};
use pingora::http::{RequestHeader, ResponseHeader};

/// Changes the fields of a request.
///
/// # Errors
/// A target that cannot be kept byte for byte.
pub(crate) fn edit_request<T>(
    head: &mut RequestHeader,
    edit: impl FnOnce(&mut HeaderMap) -> T,
) -> pingora::Result<T> {
    let empty = Request::new(()).into_parts().0;
    // Only these does a URI not hold as they came.
    let target = (!head.raw_path_is_utf8()).then(|| head.raw_path().to_vec());
    let mut parts: http::request::Parts = std::mem::replace(head, empty.into()).into();
    let edited = edit(&mut parts.headers);
    *head = parts.into();
    if let Some(target) = target {
        head.set_raw_path(&target)?;
    }
    Ok(edited)
}

/// Changes the fields of an answer.
pub(crate) fn edit_response<T>(
    head: &mut ResponseHeader,
    edit: impl FnOnce(&mut HeaderMap) -> T,
) -> T {
    let empty = Response::new(()).into_parts().0;
    let mut parts: http::response::Parts = std::mem::replace(head, empty.into()).into();
    let edited = edit(&mut parts.headers);
    *head = parts.into();
    edited
}

/// Removes the fields whose names are so.
pub(crate) fn take_off(fields: &mut HeaderMap, is_so: impl Fn(&HeaderName) -> bool) {
    let names: Vec<HeaderName> = fields.keys().filter(|name| is_so(name)).cloned().collect();
    for name in names {
        fields.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header;

    #[test]
    fn the_target_stays_byte_for_byte() {
        for target in [&b"/a%20b?x=%C3%A9"[..], b"/?q=\xe9t\xe9", b"/a?b?c"] {
            let mut head = RequestHeader::build("GET", target, None).unwrap();
            head.insert_header("X-One", "1").unwrap();
            edit_request(&mut head, |fields| fields.remove("x-one")).unwrap();
            assert_eq!(head.raw_path(), target);
            assert!(head.headers.is_empty());
        }
    }

    #[test]
    fn an_answer_keeps_its_status_and_every_cookie() {
        let mut head = ResponseHeader::build(204, None).unwrap();
        head.append_header("Set-Cookie", "a=1").unwrap();
        head.append_header("Set-Cookie", "b=2").unwrap();
        edit_response(&mut head, |fields| fields.remove(header::SERVER));
        assert_eq!(head.status, 204);
        assert_eq!(head.headers.get_all(header::SET_COOKIE).iter().count(), 2);
    }
}
