//! Translates pingora's phases into the steps of `request/`, and does nothing else.

use crate::connection;
use crate::gateway::Gateway;
use crate::own;
use crate::request::authorize::{Stop, action, authorize};
use crate::request::identify::identify;
use crate::request::normalize::{Head, Reading, Rejection, normalize};
use crate::request::record::record;
use crate::request::respond::{self, Answer};
use crate::request::route::route;
use crate::request::sign_on::sign_on;
use crate::request::{Passage, respond::failed};
use crate::settings::{Network, SignOn};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, header};
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::proxy::{FailToProxy, ProxyHttp, Session};
use pingora::upstreams::peer::HttpPeer;
use pingora::{Error, ErrorSource, ErrorType, Result};
use policies::Action;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// A tunnel may be silent for this long.
const TUNNEL_SILENCE: Duration = Duration::from_secs(600);

/// The gateway, as pingora calls it.
pub(crate) struct Proxy(pub(crate) Arc<Gateway>);

fn stop(status: u16) -> Box<Error> {
    Error::new(ErrorType::HTTPStatus(status))
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

impl Proxy {
    /// Steps 1 to 4, and the sessions of step 5 that must be there before a peer is chosen.
    async fn pass(&self, session: &Session, passage: &mut Passage) -> Result<(), Answer> {
        let gateway = &*self.0;
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
        if let Err(rejection) = route(&gateway.services, &reading, passage) {
            return Err(rejected(passage, rejection));
        }
        if let Some(answer) = own::answer(gateway, passage, request, &reading.path).await {
            return Err(answer);
        }
        if let Some(rejection) = too_large(request, passage) {
            return Err(rejected(passage, rejection));
        }
        let identity = identify(
            &gateway.sessions,
            gateway.cookie,
            &request.headers,
            &reading.host,
        )
        .await;
        passage.tunnel = session.is_upgrade_req();
        let action = action(&request.method, passage.tunnel);
        let now = gateway.store.clock().now();
        let rulesets = gateway.directory.rulesets();
        let verdict = authorize(
            &rulesets,
            &gateway.anonymous,
            identity,
            action,
            now,
            passage,
        );
        self.journal(passage, action, &verdict);
        match verdict {
            Ok(permit) => passage.permit = Some(permit),
            Err(stop) => return Err(respond::stopped(gateway, passage, request, &stop)),
        }
        if let Some(session) = &passage.session {
            session.person.connections.enlist(passage.tunnel);
        }
        self.sign_in_to_form(passage).await
    }

    async fn sign_in_to_form(&self, passage: &mut Passage) -> Result<(), Answer> {
        let (Some(service), Some(session)) = (&passage.service, &passage.session) else {
            return Ok(());
        };
        let SignOn::Form(form) = &service.settings.sign_on else {
            return Ok(());
        };
        match self.0.forms.session(&session.person, service, form).await {
            Ok(legacy) => passage.legacy = Some(legacy),
            Err(trouble) => return Err(respond::not_signed_in(&self.0, passage, &trouble)),
        }
        Ok(())
    }

    fn journal(
        &self,
        passage: &Passage,
        action: Action,
        verdict: &std::result::Result<policies::Permit, Stop>,
    ) {
        let (Some(session), Some(route)) = (&passage.session, &passage.route) else {
            return;
        };
        let journaling = &self.0.journaling;
        match verdict {
            Ok(permit) => journaling.permitted(&session.person, action, &route.id, permit),
            Err(Stop::Refused(refusal)) => {
                journaling.refused(
                    &session.person,
                    action,
                    &route.id,
                    refusal,
                    &passage.reference(),
                );
            }
            Err(Stop::LogIn | Stop::Unknown) => {}
        }
    }
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

/// Whether a page is expected: Fetch Metadata says so, or, where there is none, `Accept` does.
fn is_navigation(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => headers.get_all(header::ACCEPT).iter().any(|accept| {
            accept
                .to_str()
                .is_ok_and(|accept| accept.contains("text/html"))
        }),
    }
}

/// Who is at the other end: the connection's address, or what a trusted proxy says it is.
fn client_address(session: &Session, trusted: &[Network]) -> Option<IpAddr> {
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
        client = hop.trim().parse::<IpAddr>().ok()?.to_canonical();
        if !trusted.iter().any(|network| network.contains(client)) {
            break;
        }
    }
    Some(client)
}

#[async_trait]
impl ProxyHttp for Proxy {
    type CTX = Passage;

    fn new_ctx(&self) -> Passage {
        Passage::new()
    }

    async fn early_request_filter(
        &self,
        session: &mut Session,
        passage: &mut Passage,
    ) -> Result<()> {
        connection::head_received();
        passage.address = client_address(session, &self.0.settings.trusted_proxies);
        passage.navigation = is_navigation(&session.req_header().headers);
        // Only where it is on: pingora has switched it off for connections it mistrusts.
        if session.get_keepalive().is_some() {
            session.set_keepalive(Some(60));
        }
        let silence = if session.is_upgrade_req() {
            TUNNEL_SILENCE
        } else {
            Duration::from_secs(60)
        };
        session.set_read_timeout(Some(silence));
        session.set_write_timeout(Some(Duration::from_secs(60)));
        session.set_total_drain_timeout(Some(Duration::from_secs(5)));
        Ok(())
    }

    async fn request_filter(&self, session: &mut Session, passage: &mut Passage) -> Result<bool> {
        match self.pass(session, passage).await {
            Ok(()) => Ok(false),
            Err(answer) => {
                // What is not understood must not be followed by another request.
                if answer.status == 400 {
                    session.set_keepalive(None);
                }
                respond::send(&self.0, passage, session, answer).await?;
                Ok(true)
            }
        }
    }

    async fn upstream_peer(
        &self,
        session: &mut Session,
        passage: &mut Passage,
    ) -> Result<Box<HttpPeer>> {
        let (Some(service), Some(_permit)) = (&passage.service, &passage.permit) else {
            return Err(stop(500));
        };
        let mut peer = Box::new(service.peer.clone());
        if session.is_upgrade_req() {
            peer.options.read_timeout = Some(TUNNEL_SILENCE);
        }
        Ok(peer)
    }

    async fn upstream_request_filter(
        &self,
        _session: &mut Session,
        request: &mut RequestHeader,
        passage: &mut Passage,
    ) -> Result<()> {
        let Some(permit) = &passage.permit else {
            return Err(stop(500));
        };
        sign_on(&self.0, permit, passage, request).map_err(|not| {
            tracing::error!(request.id = %passage.id, reason = not.0, "Could not sign on");
            stop(502)
        })
    }

    async fn request_body_filter(
        &self,
        _session: &mut Session,
        body: &mut Option<Bytes>,
        _end: bool,
        passage: &mut Passage,
    ) -> Result<()> {
        let Some(service) = &passage.service else {
            return Err(stop(500));
        };
        passage.body += body.as_ref().map_or(0, |chunk| chunk.len() as u64);
        if passage.body > service.settings.max_body && !passage.tunnel {
            return Err(stop(413));
        }
        still_open(passage)
    }

    async fn upstream_response_filter(
        &self,
        session: &mut Session,
        response: &mut ResponseHeader,
        passage: &mut Passage,
    ) -> Result<()> {
        let (Some(service), Some(legacy)) = (&passage.service, &passage.legacy) else {
            return Ok(());
        };
        let SignOn::Form(form) = &service.settings.sign_on else {
            return Ok(());
        };
        for cookie in response
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
        {
            legacy.jar.take(cookie);
        }
        response.remove_header(&header::SET_COOKIE);
        let to = response
            .headers
            .get(header::LOCATION)
            .and_then(|to| to.to_str().ok());
        if !(response.status.is_redirection() && to.is_some_and(|to| names_page(to, &form.page))) {
            return Ok(());
        }
        let again = legacy.expire();
        let safe = session.req_header().method.is_safe();
        passage.outcome = if safe {
            "legacy-expired"
        } else {
            "legacy-lost"
        };
        Err(stop(match (again, safe) {
            (true, true) => 307,
            (true, false) => 409,
            // We signed in a moment ago and are shown the door again.
            (false, _) => 502,
        }))
    }

    async fn response_filter(
        &self,
        _session: &mut Session,
        response: &mut ResponseHeader,
        passage: &mut Passage,
    ) -> Result<()> {
        respond::clean(&self.0, passage, response)?;
        respond::protect(&self.0, passage, response)
    }

    fn response_body_filter(
        &self,
        _session: &mut Session,
        _body: &mut Option<Bytes>,
        _end: bool,
        passage: &mut Passage,
    ) -> Result<Option<Duration>> {
        still_open(passage).map(|()| None)
    }

    async fn fail_to_proxy(
        &self,
        session: &mut Session,
        error: &Error,
        passage: &mut Passage,
    ) -> FailToProxy {
        let status = match error.etype() {
            ErrorType::HTTPStatus(status) => *status,
            ErrorType::ConnectTimedout | ErrorType::ReadTimedout
                if *error.esource() == ErrorSource::Upstream =>
            {
                504
            }
            ErrorType::WriteError | ErrorType::ReadError | ErrorType::ConnectionClosed
                if *error.esource() == ErrorSource::Downstream =>
            {
                0
            }
            _ if *error.esource() == ErrorSource::Upstream => 502,
            _ if *error.esource() == ErrorSource::Downstream => 400,
            _ => 500,
        };
        if passage.outcome == "forwarded" {
            passage.outcome = "failed";
        }
        if status >= 500 {
            tracing::warn!(request.id = %passage.id, %error, "Could not forward");
        }
        if status > 0 && session.response_written().is_none() {
            let answer = if status == 307 {
                let target = String::from_utf8_lossy(session.req_header().raw_path()).into_owned();
                let origin = passage
                    .service
                    .as_ref()
                    .map_or("", |service| &service.origin);
                Answer {
                    status,
                    ..Answer::redirect(format!("{origin}{target}"))
                }
            } else {
                failed(&self.0, passage, status)
            };
            if let Err(error) = respond::send(&self.0, passage, session, answer).await {
                tracing::debug!(request.id = %passage.id, %error, "Could not answer");
            }
        }
        FailToProxy {
            error_code: status,
            can_reuse_downstream: false,
        }
    }

    async fn logging(&self, session: &mut Session, _error: Option<&Error>, passage: &mut Passage) {
        connection::answered();
        let status = session
            .response_written()
            .map_or(0, |response| response.status.as_u16());
        record(&self.0, passage, status);
    }

    fn suppress_error_log(&self, _session: &Session, _passage: &Passage, _error: &Error) -> bool {
        // One line per request: `logging` writes it.
        true
    }
}

/// A redirection to the login page, whatever follows its path.
fn names_page(location: &str, page: &str) -> bool {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    path == page || path.ends_with(page) || path == page.trim_start_matches('/')
}

/// No byte passes after the person was put out.
fn still_open(passage: &Passage) -> Result<()> {
    match &passage.session {
        Some(session) if session.person.connections.is_cut() => Err(stop(401)),
        _ => Ok(()),
    }
}
