//! Translates pingora's phases into the steps of `request/`, and does nothing else.

use crate::connection;
use crate::gateway::Gateway;
use crate::request::Passage;
use crate::request::answer::Answer;
use crate::request::client::{client_address, is_navigation};
use crate::request::fields::{edit_request, edit_response};
use crate::request::pass::pass;
use crate::request::protect::{clean, protect};
use crate::request::record::record;
use crate::request::respond::{self, failed};
use crate::request::sign_on::sign_on;
use crate::request::underway::{Ended, count_body, still_open};
use crate::settings::SignOn;
use async_trait::async_trait;
use bytes::Bytes;
use http::{StatusCode, header};
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::proxy::{FailToProxy, ProxyHttp, Session};
use pingora::upstreams::peer::{HttpPeer, HttpUpstreamRequestPolicy};
use pingora::{Error, ErrorSource, ErrorType, Result};
use std::sync::Arc;
use std::time::Duration;

/// A tunnel may be silent for this long.
const TUNNEL_SILENCE: Duration = Duration::from_mins(10);

/// The gateway, as pingora calls it.
pub(crate) struct Proxy(pub(crate) Arc<Gateway>);

#[expect(
    clippy::unnecessary_box_returns,
    reason = "pingora's `Result` holds a boxed error"
)]
fn stop(status: u16) -> Box<Error> {
    Error::new(ErrorType::HTTPStatus(status))
}

impl From<Ended> for Box<Error> {
    fn from(ended: Ended) -> Self {
        stop(ended.0)
    }
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
        connection::head_received(session);
        passage.address = client_address(session, &self.0.settings.trusted_proxies);
        passage.navigation = is_navigation(&session.req_header().headers);
        // Only where it is on: pingora has switched it off for connections it mistrusts. Without an
        // end of its own: `connection.rs` has one.
        if session.get_keepalive().is_some() {
            session.set_keepalive(Some(0));
        }
        session.set_read_timeout(Some(Duration::from_mins(1)));
        session.set_write_timeout(Some(Duration::from_mins(1)));
        session.set_total_drain_timeout(Some(Duration::from_secs(5)));
        Ok(())
    }

    async fn request_filter(&self, session: &mut Session, passage: &mut Passage) -> Result<bool> {
        match pass(&self.0, session, passage).await {
            Ok(()) => {
                if passage.tunnel {
                    session.set_read_timeout(Some(TUNNEL_SILENCE));
                    // pingora takes the end of the handshake's empty body for the end of the tunnel
                    // when the upstream's 101 is read first (cloudflare/pingora#946). A body that is
                    // still to come has no such end; `sign_on` sends none.
                    session
                        .req_header_mut()
                        .insert_header(header::CONTENT_LENGTH, "1")?;
                }
                Ok(false)
            }
            Err(answer) => {
                // What was not read to its end must not be followed by another request.
                if passage.service.is_none() && answer.status != 200 {
                    session.set_keepalive(None);
                }
                respond::send(&self.0, passage, session, answer).await?;
                Ok(true)
            }
        }
    }

    async fn upstream_peer(
        &self,
        _session: &mut Session,
        passage: &mut Passage,
    ) -> Result<Box<HttpPeer>> {
        let (Some(service), Some(_permit)) = (&passage.service, &passage.permit) else {
            return Err(stop(500));
        };
        let mut peer = Box::new(service.peer.clone());
        if passage.tunnel {
            peer.options.read_timeout = Some(TUNNEL_SILENCE);
            peer.options.http_upstream_request_policy = HttpUpstreamRequestPolicy::standard();
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
        let signed_on = edit_request(request, |fields| sign_on(&self.0, permit, passage, fields))?;
        signed_on.map_err(|not| {
            tracing::error!(
                request.id = passage.reference(),
                reason = not.0,
                "Could not sign on"
            );
            stop(502)
        })
    }

    async fn request_body_filter(
        &self,
        session: &mut Session,
        body: &mut Option<Bytes>,
        _end: bool,
        passage: &mut Passage,
    ) -> Result<()> {
        let bytes = body.as_ref().map_or(0, |chunk| chunk.len() as u64);
        count_body(passage, bytes)?;
        still_open(&self.0, passage, &session.req_header().method)?;
        Ok(())
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
        if !legacy.read(response, form) {
            return Ok(());
        }
        let again = legacy.expire();
        let safe = session.req_header().method.is_safe();
        passage.outcome = if safe {
            "legacy-expired"
        } else {
            "legacy-lost"
        };
        let at_entry = session.req_header().raw_path() == service.settings.entry.as_bytes();
        Err(stop(match (again, safe) {
            (true, true) => 307,
            (true, false) => 409,
            // We signed in a moment ago and are shown the door again: somebody left the application
            // by its own way out. Its front door opens again; if not even that, it is broken.
            (false, true) if !at_entry => 303,
            (false, _) => 502,
        }))
    }

    async fn response_filter(
        &self,
        session: &mut Session,
        response: &mut ResponseHeader,
        passage: &mut Passage,
    ) -> Result<()> {
        still_open(&self.0, passage, &session.req_header().method)?;
        let interim = response.status.is_informational()
            && response.status != StatusCode::SWITCHING_PROTOCOLS;
        edit_response(response, |fields| {
            if interim {
                // The answer itself is still to come; this is a word about the request's body.
                fields.clear();
                return;
            }
            clean(&self.0, passage, fields);
            protect(&self.0, passage, fields);
        });
        Ok(())
    }

    fn response_body_filter(
        &self,
        session: &mut Session,
        _body: &mut Option<Bytes>,
        _end: bool,
        passage: &mut Passage,
    ) -> Result<Option<Duration>> {
        still_open(&self.0, passage, &session.req_header().method)?;
        Ok(None)
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
            tracing::warn!(request.id = passage.reference(), %error, "Could not forward");
        }
        if status > 0 && session.response_written().is_none() {
            // pingora closes the connection after this answer: the client must be told, or its
            // next request runs into the close.
            session.set_keepalive(None);
            let answer = if status == 303 {
                let entry = passage
                    .service
                    .as_ref()
                    .map(|service| format!("{}{}", service.origin, service.settings.entry));
                Answer::redirect(entry.unwrap_or_default())
            } else if status == 307 {
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
                tracing::debug!(request.id = passage.reference(), %error, "Could not answer");
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
