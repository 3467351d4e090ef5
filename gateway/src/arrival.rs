//! Connections in TLS hold their place from before the handshake on, which pingora lets anybody begin
//! and leaves a minute for. What is known of them travels with the stream, as the one thing that
//! pingora carries from there to each request.

use crate::slots::{Slot, Slots};
use async_trait::async_trait;
use pingora::http::ResponseHeader;
use pingora::listeners::PreTlsProcess;
use pingora::protocols::l4::stream::Stream;
use pingora::protocols::raw_connect::ProxyDigest;
use pingora::protocols::{GetProxyDigest as _, GetSocketDigest};
use pingora::{Error, ErrorType};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

/// A connection in TLS.
#[derive(Debug)]
pub(crate) struct Arrival {
    _slot: Slot,
    heard: AtomicBool,
}

impl Arrival {
    /// That of a stream, where it has one.
    pub(crate) fn of(digest: &ProxyDigest) -> Option<&Self> {
        digest.user_data.as_ref()?.downcast_ref()
    }

    /// Whether a request has come.
    pub(crate) fn is_heard(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }

    pub(crate) fn hear(&self) {
        self.heard.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl PreTlsProcess for Slots {
    async fn process(&self, stream: &mut Stream) -> pingora::Result<()> {
        let slot = self.take(address(stream));
        let arrival = Arrival {
            _slot: slot.ok_or_else(|| Error::new(ErrorType::AcceptError))?,
            heard: AtomicBool::new(false),
        };
        let unused = Box::new(ResponseHeader::build_no_case(200, Some(0))?);
        stream.set_proxy_digest(ProxyDigest::new(unused, Some(Box::new(arrival))));
        Ok(())
    }
}

/// Where a connection comes from.
pub(crate) fn address(io: &(impl GetSocketDigest + ?Sized)) -> Option<IpAddr> {
    let digest = io.get_socket_digest()?;
    Some(digest.peer_addr()?.as_inet()?.ip())
}
