//! Who is there, by the gateway's assertion and nothing else.

use crate::api::is_question;
use crate::portal::Portal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{ASSERTION_HEADER, Claims};
use std::convert::Infallible;
use std::sync::Arc;

/// Somebody who is logged in. As an extractor it sends everybody else to the log-in page.
#[derive(Clone, Debug)]
pub(crate) struct Visitor(pub(crate) Claims);

/// Somebody, or nobody.
#[derive(Clone, Debug)]
pub(crate) struct MaybeVisitor(pub(crate) Option<Visitor>);

impl Visitor {
    /// The portal session.
    pub(crate) fn session(&self) -> &str {
        &self.0.sid
    }

    /// The account.
    pub(crate) fn account(&self) -> &str {
        &self.0.sub
    }
}

/// Who a request comes from.
pub(crate) enum Arrival {
    Nobody,
    /// A key that only asks, and this is none of its questions.
    OutOfPlace,
    Somebody(Box<Visitor>),
}

impl Arrival {
    pub(crate) fn of(parts: &Parts, portal: &Portal) -> Self {
        let token = parts.headers.get(ASSERTION_HEADER);
        let claims = token.and_then(|token| {
            let now = portal.store.clock().now();
            let keys = portal.directory.verifying_keys();
            let token = token.to_str().ok()?;
            keys.verify(token, portal.own.id.as_str(), now).ok()
        });
        match claims {
            None => Self::Nobody,
            Some(claims) if claims.asks_only && !is_question(parts.uri.path()) => Self::OutOfPlace,
            Some(claims) => Self::Somebody(Box::new(Visitor(claims))),
        }
    }
}

impl FromRequestParts<Arc<Portal>> for MaybeVisitor {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Arc<Portal>,
    ) -> Result<Self, Infallible> {
        Ok(Self(match Arrival::of(parts, portal) {
            Arrival::Somebody(visitor) => Some(*visitor),
            Arrival::Nobody | Arrival::OutOfPlace => None,
        }))
    }
}

impl FromRequestParts<Arc<Portal>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        let Ok(MaybeVisitor(visitor)) = MaybeVisitor::from_request_parts(parts, portal).await;
        visitor.ok_or_else(|| Redirect::to("/connexion").into_response())
    }
}
