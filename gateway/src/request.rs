//! One request on its way: what each step found, for the steps after it.

pub(crate) mod answer;
pub mod authorize;
pub(crate) mod client;
pub(crate) mod fields;
pub mod identify;
pub(crate) mod log_in;
pub mod normalize;
pub(crate) mod pass;
pub(crate) mod protect;
pub mod record;
pub mod respond;
pub mod route;
pub mod sign_on;
pub(crate) mod tunnel;
pub(crate) mod underway;

use crate::forms::LegacySession;
use crate::services::Service;
use crate::sessions::Session;
use http::HeaderValue;
use policies::{Permit, Route};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::time::Instant;

/// What is known of a request so far. Fields are filled in by the steps, in their order.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is what another step found, and none rules another out"
)]
pub(crate) struct Passage {
    pub(crate) id: uuid::Uuid,
    pub(crate) started: Instant,
    /// The person's address, or the nearest trusted proxy's word for it.
    pub(crate) address: Option<IpAddr>,
    /// Whether the request expects a page (a navigation) or anything else.
    pub(crate) navigation: bool,
    /// Whether it asks for the API of the portal: programs come with keys, and get no pages.
    pub(crate) programs: bool,
    /// What a program calls its request (`X-Request-ID`), and the answer too.
    pub(crate) called: Option<HeaderValue>,
    pub(crate) service: Option<Arc<Service>>,
    pub(crate) route: Option<Arc<Route>>,
    pub(crate) session: Option<Session>,
    /// A cookie of ours that opens nothing any more: cleared with the answer.
    pub(crate) dead_cookie: bool,
    pub(crate) permit: Option<Permit>,
    /// How often everything had been decided again when this was: see `Gateway::reviews`.
    pub(crate) reviews: u64,
    pub(crate) legacy: Option<Arc<LegacySession>>,
    /// Whether the request asks to leave HTTP for a WebSocket.
    pub(crate) tunnel: bool,
    /// Bytes of the body so far.
    pub(crate) body: u64,
    /// What the way ended with when it did not end behind.
    pub(crate) outcome: &'static str,
}

impl Passage {
    pub(crate) fn new() -> Self {
        Self {
            id: uuid::Uuid::new_v4(),
            started: Instant::now(),
            address: None,
            navigation: false,
            programs: false,
            called: None,
            service: None,
            route: None,
            session: None,
            dead_cookie: false,
            permit: None,
            reviews: 0,
            legacy: None,
            tunnel: false,
            body: 0,
            outcome: "forwarded",
        }
    }

    /// The reference that pages show and logs carry.
    pub(crate) fn reference(&self) -> String {
        let (head, _) = self.id.as_bytes().split_at(6);
        data_encoding::HEXLOWER.encode(head)
    }
}
