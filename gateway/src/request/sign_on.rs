//! Step 5: what the service behind is told. First everything a client could forge is taken off,
//! whether we send it or not; then ours is put on. Both happen here, after pingora has removed the
//! names that a client's `Connection` nominates: earlier, a client could have ours removed.

use super::Passage;
use super::client::FORWARDED_FOR;
use super::fields::take_off;
use super::protect::REQUEST_ID;
use crate::gateway::Gateway;
use crate::person::{Assertion, Person};
use crate::services::{Service, Services};
use crate::settings::{AssertionContent, IdentityHeaders, SignOn};
use accounts::SessionCookie;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use policies::{ASSERTION_HEADER, Claims, GroupId, Permit, ServiceRoleId};
use std::sync::Arc;

/// Seconds an assertion lives, and how long before its end it is replaced.
const ASSERTION_LIFETIME: i64 = 60;
const ASSERTION_MARGIN: i64 = 15;

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const ASSERTION: HeaderName = HeaderName::from_static(ASSERTION_HEADER);
/// How many fields are put on at most.
const OURS: usize = 10;

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
    fields: &mut HeaderMap,
) -> Result<(), NotSignedOn> {
    let service = passage.service.as_ref().ok_or(NotSignedOn("no service"))?;
    if permit.service() != service.id() {
        return Err(NotSignedOn("the permit is another service's"));
    }
    fields.reserve(OURS);
    strip(&gateway.services, fields);
    if passage.programs {
        fields.remove(header::AUTHORIZATION);
    }
    if passage.tunnel {
        // The length that stands there is `proxy.rs`' own.
        fields.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    forward_cookies(gateway, service, passage, fields)?;
    describe_client(gateway, service, passage, fields)?;
    let Some(session) = &passage.session else {
        return Ok(());
    };
    if let SignOn::Headers(names) = &service.settings.sign_on {
        name_person(gateway, names, &session.person, service, fields)?;
    }
    if service.settings.assertion != AssertionContent::None {
        let value = assertion(gateway, &session.person, service, passage)?;
        fields.insert(ASSERTION, value);
    }
    Ok(())
}

/// Takes off what a client must not say.
fn strip(services: &Services, fields: &mut HeaderMap) {
    let forged = |header: &HeaderName| {
        let name = header.as_str();
        // `_` and `-` are one to CGI, WSGI and PHP.
        !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            || name.starts_with("x-forwarded-")
            || name.starts_with("x-original-")
            || name.starts_with("x-convergences-")
            || FORWARDING.contains(&name)
            || services.is_identity_header(header)
    };
    take_off(fields, forged);
}

/// The browser's cookies without ours (the portal alone reads which log-in waits), in one line; for a login form, the application's own ones
/// from our jar instead.
fn forward_cookies(
    gateway: &Gateway,
    service: &Service,
    passage: &Passage,
    fields: &mut HeaderMap,
) -> Result<(), NotSignedOn> {
    if let SignOn::Form(_) = service.settings.sign_on {
        fields.remove(header::COOKIE);
        fields.remove(header::AUTHORIZATION);
        // Nobody signed in: a public page of the application, without a session of its own.
        if let Some(legacy) = &passage.legacy {
            fields.insert(header::COOKIE, value(legacy.jar.header())?);
        }
        return Ok(());
    }
    let at_portal = service.id() == gateway.services.portal().id();
    let ours = |pair: &[u8]| {
        let name = pair
            .split(|&byte| byte == b'=')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        let read = [gateway.cookie.pending_name(), gateway.cookie.way_name()];
        if at_portal && read.iter().any(|read| read.as_bytes() == name) {
            return false;
        }
        SessionCookie::RESERVED
            .iter()
            .any(|reserved| reserved.as_bytes() == name)
    };
    // Bytes: a service may have set an accent, which must not cost it its other cookies.
    let mut joined = Vec::new();
    for field in fields.get_all(header::COOKIE) {
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
    fields.remove(header::COOKIE);
    if !joined.is_empty() {
        fields.insert(header::COOKIE, value(joined)?);
    }
    Ok(())
}

fn describe_client(
    gateway: &Gateway,
    service: &Service,
    passage: &Passage,
    fields: &mut HeaderMap,
) -> Result<(), NotSignedOn> {
    if let Some(address) = passage.address {
        fields.insert(FORWARDED_FOR, value(address.to_string())?);
    }
    let scheme = if gateway.settings.public.tls {
        "https"
    } else {
        "http"
    };
    fields.insert(FORWARDED_PROTO, HeaderValue::from_static(scheme));
    fields.insert(FORWARDED_HOST, service.public_host.clone());
    fields.insert(REQUEST_ID, value(passage.reference())?);
    // Ours, not the client's spelling of it.
    fields.insert(header::HOST, service.upstream_host.clone());
    Ok(())
}

/// Says who asks, to a service that reads it in headers.
fn name_person(
    gateway: &Gateway,
    names: &IdentityHeaders,
    person: &Person,
    service: &Service,
    fields: &mut HeaderMap,
) -> Result<(), NotSignedOn> {
    let account = &person.account;
    if let Some(user) = &names.user {
        fields.insert(user, value(account.login.clone())?);
    }
    if let Some(name) = &names.name {
        fields.insert(name, value(account.full_name())?);
    }
    if let Some(email) = &names.email {
        fields.insert(email, value(account.login.clone())?);
    }
    if let Some(groups) = &names.groups {
        let ids: Vec<&str> = person.member.groups.iter().map(GroupId::as_str).collect();
        fields.insert(groups, value(ids.join(","))?);
    }
    if let Some(header) = &names.roles {
        let ids: Vec<&str> = roles(gateway, person, service)
            .map(ServiceRoleId::as_str)
            .collect();
        fields.insert(header, value(ids.join(","))?);
    }
    Ok(())
}

/// What the service is told: of its own roles, those that it declares and the person has, while the
/// service is open to the collectivité.
fn roles<'a>(
    gateway: &Gateway,
    person: &'a Person,
    service: &'a Service,
) -> impl Iterator<Item = &'a ServiceRoleId> {
    let entry = gateway.directory.find(&person.member.collectivite);
    let open = entry.is_some_and(|entry| entry.collectivite.services.contains(service.id()));
    let declared = move |id: &&ServiceRoleId| {
        let mut roles = service.settings.roles.iter();
        open && roles.any(|role| role.id == **id)
    };
    person.member.roles_on(service.id()).filter(declared)
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
        second_factor: person.second_factor,
        key: person.is_key(),
        asks_only: person.asks_only,
        address: passage.address,
        roles: roles(gateway, person, service).cloned().collect(),
        member: whole.then(|| person.member.clone()),
    };
    let token = gateway
        .directory
        .sign(&claims)
        .map_err(|_| NotSignedOn("there is no signing key"))?;
    let value = value(token)?;
    known.retain(|assertion| assertion.service != *service.id());
    known.push(Assertion {
        service: service.id().clone(),
        address: passage.address,
        until: now + ASSERTION_LIFETIME - ASSERTION_MARGIN,
        value: value.clone(),
    });
    Ok(value)
}

/// UTF-8 bytes; a control character in a name is no reason to let the request through without it.
fn value(bytes: impl Into<Vec<u8>>) -> Result<HeaderValue, NotSignedOn> {
    HeaderValue::from_maybe_shared(Bytes::from(bytes.into()))
        .map_err(|_| NotSignedOn("identity does not fit a header"))
}
