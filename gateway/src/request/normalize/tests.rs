//! The table of inputs: what has one reading, and what is refused why.

use super::*;
use http::{HeaderName, HeaderValue};

fn read(target: &[u8], fields: &[(&str, &str)]) -> Result<(String, String), Rejection> {
    read_as(&Method::GET, Version::HTTP_11, target, fields)
}

fn read_as(
    method: &Method,
    version: Version,
    target: &[u8],
    fields: &[(&str, &str)],
) -> Result<(String, String), Rejection> {
    let mut headers = HeaderMap::new();
    let mut raw = String::new();
    for (name, value) in fields {
        raw.extend([*name, ": ", *value, "\r\n"]);
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let head = Head {
        method,
        version,
        target,
        authority: None,
        headers: &headers,
        raw: Some(raw.as_bytes()),
    };
    normalize(head).map(|reading| (reading.host.into_owned(), reading.path.into_owned()))
}

#[test]
fn plain_requests_have_one_reading() {
    for (target, path) in [
        (&b"/"[..], "/"),
        (b"/a/b?x=//../%2f", "/a/b"),
        (b"/caf%C3%A9", "/café"),
        (b"/a%20b", "/a b"),
        (b"/.well-known/jwks.json", "/.well-known/jwks.json"),
        (b"/a:b@c,d=e+f!$&'()*~", "/a:b@c,d=e+f!$&'()*~"),
    ] {
        assert_eq!(
            read(target, &[("host", "www.localhost")]),
            Ok(("www.localhost".into(), path.into()))
        );
    }
}

#[test]
fn a_host_is_read_without_its_port_capitals_and_last_dot() {
    for host in [
        "www.localhost",
        "WWW.Localhost:8080",
        "www.localhost.",
        "www.localhost.:80",
    ] {
        assert_eq!(
            read(b"/", &[("host", host)]).unwrap().0,
            "www.localhost",
            "{host}"
        );
    }
}

#[test]
fn a_host_with_two_readings_is_refused() {
    for host in [
        "", ":80", "a b", "a@b", "a/b", "a,b", "a:", "a:b", "[::1]", "a:80:81", "a\tb",
    ] {
        assert_eq!(
            read(b"/", &[("host", host)]).unwrap_err().status,
            400,
            "{host}"
        );
    }
    assert_eq!(read(b"/", &[]).unwrap_err().reason, "there is no Host");
    assert_eq!(
        read(b"/", &[("host", "a"), ("host", "a")])
            .unwrap_err()
            .reason,
        "there is more than one Host"
    );
}

#[test]
fn a_target_that_is_not_a_path_is_refused() {
    for target in [
        &b"admin"[..],
        b"?x",
        b"*",
        b"http://www.localhost/",
        b"foo://h/admin",
        b"@evil/",
        b"host:80",
        b"",
    ] {
        assert_eq!(
            read(target, &[("host", "a")]).unwrap_err().reason,
            "the target must be a path"
        );
    }
}

#[test]
fn a_path_that_services_resolve_differently_is_refused() {
    for target in [
        &b"/a/../b"[..],
        b"/..",
        b"/.",
        b"/a/./b",
        b"/a/%2e%2e/b",
        b"/a/.%2E/b",
        b"/a//b",
        b"//a",
        b"/a%2fb",
        b"/a%2Fb",
        b"/a%5cb",
        b"/a\\b",
        b"/a;x=1/b",
        b"/a%3bb",
        b"/a.php%3fb.php",
        b"/a%23b",
        b"/a/..;/b",
        b"/a%00b",
        b"/a%0ab",
        b"/a%7fb",
        b"/a%252fb",
        b"/a%25",
        b"/a%",
        b"/a%2",
        b"/a%zz",
        b"/%ff%fe",
        b"/%c0%ae%c0%ae/",
        b"/a./b",
        b"/a /b",
        b"/a%20/b",
        b"/a#b",
        b"/a\x01b",
        b"/a\tb",
    ] {
        let refused = read(target, &[("host", "a")]).unwrap_err();
        assert_eq!(refused.status, 400, "{}", String::from_utf8_lossy(target));
    }
}

#[test]
fn a_body_whose_length_has_two_answers_is_refused() {
    for fields in [
        &[("content-length", "1"), ("content-length", "1")][..],
        &[("content-length", "1, 1")],
        &[("content-length", "+1")],
        &[("content-length", "-1")],
        &[("content-length", "0x1")],
        &[("content-length", "")],
        &[("content-length", "99999999999999999999")],
        &[("content-length", "5"), ("transfer-encoding", "chunked")],
        &[("transfer-encoding", "gzip, chunked")],
        &[("transfer-encoding", "identity")],
        &[
            ("transfer-encoding", "chunked"),
            ("transfer-encoding", "chunked"),
        ],
        &[("transfer-encoding", "xchunked")],
    ] {
        let fields: Vec<_> = [("host", "a")].iter().chain(fields).copied().collect();
        let refused = read_as(&Method::POST, Version::HTTP_11, b"/", &fields).unwrap_err();
        assert_eq!(refused.status, 400, "{fields:?}");
    }
    for fields in [
        ("content-length", "5"),
        ("transfer-encoding", "chunked"),
        ("transfer-encoding", "Chunked"),
    ] {
        assert!(
            read_as(
                &Method::POST,
                Version::HTTP_11,
                b"/",
                &[("host", "a"), fields]
            )
            .is_ok()
        );
    }
}

#[test]
fn a_content_length_that_the_parser_dropped_is_still_seen() {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("a"));
    headers.insert("transfer-encoding", HeaderValue::from_static("chunked"));
    let raw = b"Host: a\r\nContent-Length : 3\r\nTransfer-Encoding: chunked\r\n";
    let head = Head {
        method: &Method::POST,
        version: Version::HTTP_11,
        target: b"/",
        authority: None,
        headers: &headers,
        raw: Some(raw),
    };
    assert_eq!(normalize(head).unwrap_err().status, 400);
}

#[test]
fn methods_and_versions_beyond_the_list_are_refused() {
    for (method, status) in [
        ("TRACE", 405),
        ("CONNECT", 405),
        ("PROPFIND", 405),
        ("get", 405),
    ] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        assert_eq!(
            read_as(&method, Version::HTTP_11, b"/", &[("host", "a")])
                .unwrap_err()
                .status,
            status
        );
    }
    assert_eq!(
        read_as(&Method::GET, Version::HTTP_10, b"/", &[("host", "a")])
            .unwrap_err()
            .status,
        505
    );
}

#[test]
fn what_is_too_large_is_refused() {
    let long = format!("/{}", "a".repeat(TARGET));
    assert_eq!(
        read(long.as_bytes(), &[("host", "a")]).unwrap_err().status,
        414
    );
    let cookie = "a".repeat(COOKIE + 1);
    assert_eq!(
        read(b"/", &[("host", "a"), ("cookie", &cookie)])
            .unwrap_err()
            .status,
        431
    );
    let value = "a".repeat(HEAD);
    assert_eq!(
        read(b"/", &[("host", "a"), ("x", &value)])
            .unwrap_err()
            .status,
        431
    );
    let many: Vec<_> = std::iter::repeat_n(("x", "1"), FIELDS)
        .chain([("host", "a")])
        .collect();
    assert_eq!(read(b"/", &many).unwrap_err().status, 431);
}

#[test]
fn http_2_names_its_host_by_authority() {
    let headers = HeaderMap::new();
    let head = Head {
        method: &Method::GET,
        version: Version::HTTP_2,
        target: b"/",
        authority: Some("a:443"),
        headers: &headers,
        raw: None,
    };
    assert_eq!(normalize(head).unwrap().host, "a");
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("b"));
    assert_eq!(
        normalize(Head {
            headers: &headers,
            ..head
        })
        .unwrap_err()
        .status,
        400
    );
}
