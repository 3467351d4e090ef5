//! Step 1: one reading of method, host and path, or a refusal. Nothing is repaired: what was judged
//! is forwarded byte for byte. pingora is laxer than we are (it forwards requests without Host,
//! double Content-Length, opaque targets); each refusal here closes one of its doors.

use http::{HeaderMap, Method, Version, header};
use percent_encoding::percent_decode;
use std::borrow::Cow;

/// Longest target, path and query.
const TARGET: usize = 8 * 1024;
/// Longest `Cookie` field.
const COOKIE: usize = 8 * 1024;
/// All header names and values together.
const HEAD: usize = 32 * 1024;
const FIELDS: usize = 100;

/// Why a request has no single reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rejection {
    /// The answer's status.
    pub status: u16,
    /// For the log and the page, in English: operators read it.
    pub reason: &'static str,
}

const fn bad(reason: &'static str) -> Rejection {
    Rejection {
        status: 400,
        reason,
    }
}

/// A request head as it came.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The protocol's version.
    pub version: Version,
    /// The request target, byte for byte.
    pub target: &'a [u8],
    /// `:authority`, for HTTP/2.
    pub authority: Option<&'a str>,
    /// The header fields as parsed.
    pub headers: &'a HeaderMap,
    /// The head's own bytes, for HTTP/1.1.
    pub raw: Option<&'a [u8]>,
}

/// The one reading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading<'a> {
    /// Lower-case, without port and trailing dot.
    pub host: Cow<'a, str>,
    /// Decoded once, without the query.
    pub path: Cow<'a, str>,
}

/// Reads a head.
///
/// # Errors
/// The first thing that two readers could understand differently, or that is too large.
pub fn normalize(head: Head<'_>) -> Result<Reading<'_>, Rejection> {
    check_method(head.method)?;
    if head.version < Version::HTTP_11 {
        return Err(Rejection {
            status: 505,
            reason: "HTTP/1.0 is not spoken here",
        });
    }
    check_sizes(&head)?;
    check_framing(&head)?;
    let path = read_path(head.target)?;
    Ok(Reading {
        host: read_host(&head)?,
        path,
    })
}

fn check_method(method: &Method) -> Result<(), Rejection> {
    const ALLOWED: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if ALLOWED.contains(method) {
        Ok(())
    } else {
        Err(Rejection {
            status: 405,
            reason: "the method is not allowed",
        })
    }
}

fn check_sizes(head: &Head<'_>) -> Result<(), Rejection> {
    if head.target.len() > TARGET {
        return Err(Rejection {
            status: 414,
            reason: "the address is too long",
        });
    }
    let large = |reason| Rejection {
        status: 431,
        reason,
    };
    let size: usize = head
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if head.headers.len() > FIELDS || size > HEAD {
        return Err(large("the header is too large"));
    }
    let cookies = head
        .headers
        .get_all(header::COOKIE)
        .iter()
        .map(http::HeaderValue::len)
        .sum::<usize>();
    if cookies > COOKIE {
        Err(large("the cookies are too large"))
    } else {
        Ok(())
    }
}

/// RFC 9112 §6: how long the body is must have one answer.
fn check_framing(head: &Head<'_>) -> Result<(), Rejection> {
    let mut lengths = head.headers.get_all(header::CONTENT_LENGTH).iter();
    if let Some(length) = lengths.next() {
        let digits = !length.is_empty()
            && length.len() <= 18
            && length.as_bytes().iter().all(u8::is_ascii_digit);
        if !digits || lengths.next().is_some() {
            return Err(bad("Content-Length must be one number"));
        }
    }
    let mut encodings = head.headers.get_all(header::TRANSFER_ENCODING).iter();
    let Some(encoding) = encodings.next() else {
        return Ok(());
    };
    if encodings.next().is_some() || !encoding.as_bytes().eq_ignore_ascii_case(b"chunked") {
        return Err(bad("Transfer-Encoding may be `chunked` only"));
    }
    // pingora drops Content-Length when both are there: ask the bytes.
    if head.headers.contains_key(header::CONTENT_LENGTH)
        || head.raw.is_some_and(names_content_length)
    {
        return Err(bad(
            "Content-Length and Transfer-Encoding exclude each other",
        ));
    }
    Ok(())
}

fn names_content_length(raw: &[u8]) -> bool {
    raw.split(|&byte| byte == b'\n').any(|line| {
        let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
        name.trim_ascii().eq_ignore_ascii_case(b"content-length")
    })
}

fn read_host<'a>(head: &Head<'a>) -> Result<Cow<'a, str>, Rejection> {
    let mut fields = head.headers.get_all(header::HOST).iter();
    let field = fields
        .next()
        .map(|value| value.to_str().map_err(|_| bad("Host is not ASCII")))
        .transpose()?;
    if fields.next().is_some() {
        return Err(bad("there is more than one Host"));
    }
    let host = match (field, head.authority) {
        (Some(host), Some(authority)) if host != authority => {
            return Err(bad("Host and authority differ"));
        }
        (Some(host), _) | (None, Some(host)) => host,
        (None, None) => return Err(bad("there is no Host")),
    };
    let name = match host.rsplit_once(':') {
        Some((name, port))
            if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        Some(_) => return Err(bad("Host is not a name and a port")),
        None => host,
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(bad("Host is not a name"));
    }
    let lower = name.bytes().any(|byte| byte.is_ascii_uppercase());
    Ok(if lower {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    })
}

/// Origin form only; what readers resolve differently is refused, raw or encoded.
fn read_path(target: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    if !target.starts_with(b"/") {
        return Err(bad("the target must be a path"));
    }
    if target
        .iter()
        .any(|&byte| byte <= b' ' || byte == 0x7f || byte == b'#')
    {
        return Err(bad(
            "the target holds a character that an address cannot hold",
        ));
    }
    let raw = target
        .split(|&byte| byte == b'?')
        .next()
        .unwrap_or_default();
    let decoded = decode(raw)?;
    // Judged on the decoded path, so that an encoded `/`, `\` or `;` is judged as well; an encoded
    // `/` makes a segment that a raw reader would not see.
    if raw.windows(3).any(|code| code.eq_ignore_ascii_case(b"%2f")) {
        return Err(bad("the path holds an encoded slash"));
    }
    if decoded
        .bytes()
        .any(|byte| matches!(byte, b'\\' | b';' | b'?' | b'#') || byte < b' ' || byte == 0x7f)
    {
        return Err(bad(
            "the path holds a character that services read differently",
        ));
    }
    if decoded.contains("//") {
        return Err(bad("the path holds an empty segment"));
    }
    if decoded
        .split('/')
        .any(|segment| segment.ends_with(['.', ' ']))
    {
        return Err(bad(
            "the path holds a segment that ends with a dot or a space",
        ));
    }
    Ok(decoded)
}

fn decode(raw: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    let mut rest = raw;
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        let code = rest
            .get(at + 1..at + 3)
            .ok_or(bad("the path holds half an escape"))?;
        if !code.iter().all(u8::is_ascii_hexdigit) {
            return Err(bad("the path holds half an escape"));
        }
        // Decoded twice somewhere behind, `%252f` becomes a slash.
        if code == b"25" {
            return Err(bad("the path is encoded twice"));
        }
        rest = rest.get(at + 3..).unwrap_or_default();
    }
    percent_decode(raw)
        .decode_utf8()
        .map_err(|_| bad("the path is not UTF-8"))
}

#[cfg(test)]
mod tests;
