//! The way of a request, in seven steps, one file each in `request/`:
//!
//! | step | pingora phase | takes → gives | else |
//! |---|---|---|---|
//! | 1 [`normalize`](request::normalize) | `request_filter` | raw head → one reading of method, host and path; ambiguity is refused, never repaired | 400, 405, 414, 421, 431 |
//! | 2 [`route`](request::route) | `request_filter` | host, path → a service and its area | 404, 421 |
//! | 3 [`identify`](request::identify) | `request_filter` | cookie → nobody, somebody, a dead cookie, or « cannot be known » | 503, never anonymous |
//! | 4 [`authorize`](request::authorize) | `request_filter` | principal × action × area × situation → `Permit` or `Refusal` | log-in page or 401; 403 page |
//! | 5 [`sign_on`](request::sign_on) | `upstream_peer`, `upstream_request_filter` | `&Permit` → peer, identity headers, assertion, legacy session | no permit: no peer |
//! | 6 [`respond`](request::respond) | `response_filter`, `fail_to_proxy` | security headers; the one place where errors become answers | 502, 503, 504 |
//! | 7 [`record`](request::record) | `logging` | one log line, metrics, journal | never fails the request |
//!
//! [`proxy`] translates pingora's phases into these steps and does nothing else. Beside the way:
//! [`sessions`] (who is logged in, in memory), [`services`] (what lies behind), [`own`] (the few
//! addresses the gateway answers itself), [`connection`] (what guards a connection),
//! [`slots`] (how many there may be), [`arrival`] (their place in TLS), [`listen`].

mod arrival;
mod connection;
mod error;
mod finder;
mod forms;
mod gateway;
mod journaling;
mod listen;
mod metrics;
mod own;
mod pages;
mod person;
mod proxy;
pub mod request;
mod services;
mod sessions;
mod settings;
mod slots;
mod tls;

pub use error::Error;
pub use finder::finder;
pub use gateway::Gateway;
pub use listen::{Edge, Listeners, check_certificates};
pub use services::{Entrance, entrances};
pub use settings::{
    AreaSettings, AssertionContent, CertificateFiles, ConnectionLimits, IdentityHeaders, LoginForm,
    Network, OnlineService, PublicAddress, Settings, SignOn, Timeouts, Upstream,
};
