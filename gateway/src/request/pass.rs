//! The way itself: the steps before anything is sent behind, in their order.

use super::Passage;
use super::answer::Answer;
use super::authorize::{Stop, action, authorize};
use super::client::is_trusted;
use super::identify::{Identity, identify, identify_program};
use super::normalize::{Head, Reading, Rejection, normalize};
use super::protect::REQUEST_ID;
use super::respond::{failed, not_signed_in, stopped};
use super::route::route;
use super::tunnel::{is_websocket, judge};
use crate::gateway::Gateway;
use crate::own;
use crate::settings::SignOn;
use bytes::Bytes;
use http::{HeaderMap, header};
use pingora::http::RequestHeader;
use pingora::proxy::Session;
use policies::{Action, Permit, Reason};

/// Steps 1 to 4, and the sessions of step 5 that must be there before a peer is chosen.
///
/// # Errors
/// The answer that ends the way here.
pub(crate) async fn pass(
    gateway: &Gateway,
    session: &Session,
    passage: &mut Passage,
) -> Result<(), Answer> {
    if let Some(answer) = to_tls(gateway, session, passage) {
        return Err(answer);
    }
    let raw = raw_head(session);
    let rejected = |passage: &mut Passage, rejection: Rejection| {
        passage.outcome = rejection.reason;
        failed(gateway, passage, rejection.status)
    };
    let reading = match read(session, raw.as_ref()) {
        Ok(reading) => reading,
        Err(rejection) => return Err(rejected(passage, rejection)),
    };
    let request = session.req_header();
    if let Some(shared) = own::shared(&reading.path) {
        // On any host: the page that says « no such host » wants it too.
        return Err(shared);
    }
    if let Err(rejection) = route(&gateway.services, &reading, passage) {
        return Err(rejected(passage, rejection));
    }
    if let Some(answer) = own::answer(gateway, passage, request, &reading.path).await {
        return Err(answer);
    }
    if let Some(rejection) = too_large(request, passage) {
        return Err(rejected(passage, rejection));
    }
    passage.programs = is_for_programs(gateway, passage, &reading.path);
    passage.navigation &= !passage.programs;
    let called = request.headers.get(REQUEST_ID);
    passage.called = called.filter(|_| passage.programs).cloned();
    let identity = who(gateway, passage, &request.headers, &reading.host).await;
    passage.tunnel = is_websocket(session, passage);
    if passage.tunnel
        && let Some(service) = &passage.service
        && let Err(rejection) = judge(&request.headers, &service.origin)
    {
        return Err(rejected(passage, rejection));
    }
    let action = action(&request.method, passage.tunnel);
    let verdict = authorize(gateway, identity, action, passage);
    journal(gateway, passage, action, &verdict);
    match verdict {
        Ok(permit) => passage.permit = Some(permit),
        Err(stop) => return Err(stopped(gateway, passage, request, &stop)),
    }
    if let (Some(session), Some(route)) = (&passage.session, &passage.route) {
        let connections = &session.person.connections;
        connections.enlist();
        if passage.tunnel {
            connections.enlist_tunnel(action, route, passage.address);
        }
    }
    sign_in_to_form(gateway, passage).await
}

/// Whether the path is one of the API, which has no pages.
fn is_for_programs(gateway: &Gateway, passage: &Passage, path: &str) -> bool {
    let service = passage.service.as_ref();
    let at_portal = service.is_some_and(|it| it.id() == gateway.services.portal().id());
    at_portal
        && ["/api/", "/access/"]
            .iter()
            .any(|area| path.starts_with(area))
}

async fn who(gateway: &Gateway, passage: &Passage, headers: &HeaderMap, host: &str) -> Identity {
    if passage.programs
        && let Some(identity) = identify_program(&gateway.sessions, headers, host).await
    {
        return identity;
    }
    identify(&gateway.sessions, gateway.cookie, headers, host).await
}

async fn sign_in_to_form(gateway: &Gateway, passage: &mut Passage) -> Result<(), Answer> {
    let (Some(service), Some(session)) = (&passage.service, &passage.session) else {
        return Ok(());
    };
    let SignOn::Form(form) = &service.settings.sign_on else {
        return Ok(());
    };
    match gateway.forms.session(&session.person, service, form).await {
        Ok(legacy) => passage.legacy = Some(legacy),
        Err(trouble) => return Err(not_signed_in(gateway, passage, &trouble)),
    }
    Ok(())
}

fn journal(gateway: &Gateway, passage: &Passage, action: Action, verdict: &Result<Permit, Stop>) {
    if let Err(Stop::Refused(refusal)) = verdict
        && refusal.reason() == Reason::Failed
    {
        // Somebody must act: a rule or the store's content cannot be evaluated.
        tracing::error!(
            request.id = passage.reference(),
            rule.ids = refusal.rules().join(" "),
            "Could not decide"
        );
    }
    let (Some(session), Some(route)) = (&passage.session, &passage.route) else {
        return;
    };
    let (journaling, person) = (&gateway.journaling, &session.person);
    let from = || gateway.provenance(person, passage.address);
    match verdict {
        Ok(permit) => journaling.permitted(person, action, &route.id, (permit, from())),
        Err(Stop::Refused(refusal)) => {
            let refused = (refusal, &*from());
            journaling.refused(person, action, &route.id, refused, &passage.reference());
        }
        Err(Stop::LogIn | Stop::WrongKey | Stop::Unknown) => {}
    }
}

/// Where there are certificates, what comes in clear goes on in TLS before anything is typed.
fn to_tls(gateway: &Gateway, session: &Session, passage: &mut Passage) -> Option<Answer> {
    let secure = session
        .digest()
        .is_some_and(|digest| digest.ssl_digest.is_some());
    // A proxy of ours in front may have ended TLS itself.
    let proxied = is_trusted(session, &gateway.settings.trusted_proxies);
    if secure || proxied || gateway.settings.certificates.is_empty() {
        return None;
    }
    passage.outcome = "in clear";
    let reading = read(session, raw_head(session).as_ref())
        .ok()?
        .host
        .into_owned();
    let service = gateway.services.by_host(&reading)?;
    let Ok(target) = std::str::from_utf8(session.req_header().raw_path()) else {
        return Some(failed(gateway, passage, 400));
    };
    let safe = session.req_header().method.is_safe();
    let answer = Answer::redirect(format!("{}{target}", service.origin));
    Some(if safe {
        Answer {
            status: 308,
            ..answer
        }
    } else {
        failed(gateway, passage, 403)
    })
}

/// Bodies announced as too large are refused before they are read.
fn too_large(request: &RequestHeader, passage: &Passage) -> Option<Rejection> {
    let limit = passage.service.as_ref()?.settings.max_body;
    let announced: u64 = request
        .headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    (announced > limit).then_some(Rejection {
        status: 413,
        reason: "the body is too large",
    })
}

fn head(session: &Session) -> Head<'_> {
    let request = session.req_header();
    Head {
        method: &request.method,
        version: request.version,
        target: request.raw_path(),
        authority: request.uri.authority().map(http::uri::Authority::as_str),
        headers: &request.headers,
        raw: None,
    }
}

/// The head's bytes, only where the parsed head has dropped something.
fn raw_head(session: &Session) -> Option<Bytes> {
    let chunked = session
        .req_header()
        .headers
        .contains_key(header::TRANSFER_ENCODING);
    session
        .as_http1()
        .filter(|_| chunked)
        .map(pingora::protocols::http::v1::server::HttpSession::get_headers_raw_bytes)
}

fn read<'a>(session: &'a Session, raw: Option<&'a Bytes>) -> Result<Reading<'a>, Rejection> {
    normalize(Head {
        raw: raw.map(AsRef::as_ref),
        ..head(session)
    })
}
