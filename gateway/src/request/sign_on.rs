//! Step 5: what the service behind is told. First everything a client could forge is taken off,
//! whether we send it or not; then ours is put on. Both happen here, after pingora has removed the
//! names that a client's `Connection` nominates: earlier, a client could have ours removed.

use super::Passage;
use crate::gateway::Gateway;
use crate::person::{Assertion, Person};
use crate::services::{Service, Services};
use crate::settings::{AssertionContent, SignOn};
use accounts::SessionCookie;
use http::{HeaderName, HeaderValue, header};
use pingora::http::RequestHeader;
use policies::{ASSERTION_HEADER, Claims, Permit};
use std::sync::Arc;

/// Seconds an assertion lives, and how long before its end it is replaced.
const ASSERTION_LIFETIME: i64 = 60;
const ASSERTION_MARGIN: i64 = 15;

/// Headers that only proxies may set; together with `x-forwarded-*`, `x-convergences-*` and the
/// identity headers of every service.
const FORWARDING: [&str; 15] = [
    "forwarded",
    "proxy",
    "true-client-ip",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-forwarded",
    "x-host",
    // A permit to read must not become a write behind us.
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-real-ip",
    "x-remote-user",
    "x-rewrite-url",
    "x-url-scheme",
];

/// Why a request cannot be signed on.
#[derive(Debug)]
pub(crate) struct NotSignedOn(pub(crate) &'static str);

/// Prepares the head that goes upstream.
///
/// # Errors
/// Identity that was to be sent and cannot be: the request is not forwarded without it.
pub(crate) fn sign_on(
    gateway: &Gateway,
    permit: &Permit,
    passage: &Passage,
    head: &mut RequestHeader,
) -> Result<(), NotSignedOn> {
    let service = passage.service.as_ref().ok_or(NotSignedOn("no service"))?;
    if permit.service() != service.id() {
        return Err(NotSignedOn("the permit is another service's"));
    }
    strip(&gateway.services, head);
    if passage.tunnel {
        // The length that stands there is `proxy.rs`' own.
        insert(head, header::CONTENT_LENGTH, HeaderValue::from_static("0"))?;
    }
    forward_cookies(service, passage, head)?;
    describe_client(gateway, service, passage, head)?;
    let Some(session) = &passage.session else {
        return Ok(());
    };
    if let SignOn::Headers(names) = &service.settings.sign_on {
        let person = &session.person;
        let groups: Vec<&str> = person
            .member
            .groups
            .iter()
            .map(policies::GroupId::as_str)
            .collect();
        let name = person.account.full_name();
        for (header, value) in [
            (&names.user, person.account.login.as_str()),
            (&names.name, name.as_str()),
            (&names.email, person.account.login.as_str()),
            (&names.groups, groups.join(",").as_str()),
        ] {
            if let Some(header) = header {
                put(head, header, value)?;
            }
        }
    }
    if service.settings.assertion != AssertionContent::None {
        let value = assertion(gateway, &session.person, service, passage)?;
        insert(head, HeaderName::from_static(ASSERTION_HEADER), value)?;
    }
    Ok(())
}

/// Takes off what a client must not say.
fn strip(services: &Services, head: &mut RequestHeader) {
    let forged = |name: &str| {
        // `_` and `-` are one to CGI, WSGI and PHP.
        !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            || name.starts_with("x-forwarded-")
            || name.starts_with("x-original-")
            || name.starts_with("x-convergences-")
            || FORWARDING.contains(&name)
            || services.is_identity_header(name)
    };
    let names: Vec<HeaderName> = head
        .headers
        .keys()
        .filter(|name| forged(name.as_str()))
        .cloned()
        .collect();
    for name in names {
        head.remove_header(&name);
    }
}

/// The browser's cookies without ours, in one line; for a login form, the application's own ones
/// from our jar instead.
fn forward_cookies(
    service: &Service,
    passage: &Passage,
    head: &mut RequestHeader,
) -> Result<(), NotSignedOn> {
    if let SignOn::Form(_) = service.settings.sign_on {
        head.remove_header(&header::COOKIE);
        head.remove_header(&header::AUTHORIZATION);
        // Nobody signed in: a public page of the application, without a session of its own.
        let Some(legacy) = &passage.legacy else {
            return Ok(());
        };
        return insert(head, header::COOKIE, value(&legacy.jar.header())?);
    }
    let ours = |pair: &[u8]| {
        let name = pair
            .split(|&byte| byte == b'=')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        SessionCookie::RESERVED
            .iter()
            .any(|reserved| reserved.as_bytes() == name)
    };
    // Bytes: a service may have set an accent, which must not cost it its other cookies.
    let mut joined = Vec::new();
    for field in head.headers.get_all(header::COOKIE) {
        for pair in field
            .as_bytes()
            .split(|&byte| byte == b';')
            .map(<[u8]>::trim_ascii)
        {
            if pair.is_empty() || ours(pair) {
                continue;
            }
            if !joined.is_empty() {
                joined.extend_from_slice(b"; ");
            }
            joined.extend_from_slice(pair);
        }
    }
    head.remove_header(&header::COOKIE);
    if joined.is_empty() {
        return Ok(());
    }
    let joined =
        HeaderValue::from_bytes(&joined).map_err(|_| NotSignedOn("cookies do not fit a header"))?;
    insert(head, header::COOKIE, joined)
}

fn describe_client(
    gateway: &Gateway,
    service: &Service,
    passage: &Passage,
    head: &mut RequestHeader,
) -> Result<(), NotSignedOn> {
    if let Some(address) = passage.address {
        insert(
            head,
            HeaderName::from_static("x-forwarded-for"),
            value(&address.to_string())?,
        )?;
    }
    let scheme = if gateway.settings.public.tls {
        "https"
    } else {
        "http"
    };
    insert(
        head,
        HeaderName::from_static("x-forwarded-proto"),
        HeaderValue::from_static(scheme),
    )?;
    let (_, public_host) = service.origin.split_once("://").unwrap_or_default();
    insert(
        head,
        HeaderName::from_static("x-forwarded-host"),
        value(public_host)?,
    )?;
    insert(
        head,
        HeaderName::from_static("x-request-id"),
        value(&passage.reference())?,
    )?;
    // Ours, not the client's spelling of it.
    let host = service
        .settings
        .upstream_host
        .as_deref()
        .unwrap_or(public_host);
    insert(head, header::HOST, value(host)?)
}

/// The assertion for a service, from the person's memory while it is young enough.
fn assertion(
    gateway: &Gateway,
    person: &Arc<Person>,
    service: &Service,
    passage: &Passage,
) -> Result<HeaderValue, NotSignedOn> {
    let now = gateway.store.clock().now();
    let mut known = person.assertions.lock();
    let usable = |a: &&Assertion| {
        a.service == *service.id() && a.address == passage.address && now < a.until
    };
    if let Some(assertion) = known.iter().find(usable) {
        return Ok(assertion.value.clone());
    }
    let whole = service.settings.assertion == AssertionContent::Membership;
    let claims = Claims {
        iss: String::new(),
        aud: service.id().to_string(),
        sub: person.account.id.clone(),
        name: person.account.full_name(),
        email: person.account.login.clone(),
        collectivite: person.collectivite_name.clone(),
        sid: person.root.clone(),
        iat: now,
        exp: now + ASSERTION_LIFETIME,
        second_factor: false,
        address: passage.address,
        member: whole.then(|| person.member.clone()),
    };
    let token = gateway
        .directory
        .sign(&claims)
        .map_err(|_| NotSignedOn("there is no signing key"))?;
    let value = value(&token)?;
    known.retain(|assertion| assertion.service != *service.id());
    known.push(Assertion {
        service: service.id().clone(),
        address: passage.address,
        until: now + ASSERTION_LIFETIME - ASSERTION_MARGIN,
        value: value.clone(),
    });
    Ok(value)
}

fn put(head: &mut RequestHeader, name: &str, text: &str) -> Result<(), NotSignedOn> {
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| NotSignedOn("an identity header has no name"))?;
    insert(head, name, value(text)?)
}

/// UTF-8 bytes; a control character in a name is no reason to let the request through without it.
fn value(text: &str) -> Result<HeaderValue, NotSignedOn> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| NotSignedOn("identity does not fit a header"))
}

fn insert(
    head: &mut RequestHeader,
    name: HeaderName,
    value: HeaderValue,
) -> Result<(), NotSignedOn> {
    head.insert_header(name, value)
        .map_err(|_| NotSignedOn("the header could not be set"))
}
