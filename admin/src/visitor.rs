//! Who is there, by the gateway's assertion and nothing else.

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

impl FromRequestParts<Arc<Portal>> for MaybeVisitor {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Arc<Portal>,
    ) -> Result<Self, Infallible> {
        let token = parts
            .headers
            .get(ASSERTION_HEADER)
            .and_then(|value| value.to_str().ok());
        let claims = token.and_then(|token| {
            let now = portal.store.clock().now();
            portal
                .directory
                .verifying_keys()
                .verify(token, portal.own.id.as_str(), now)
                .ok()
        });
        Ok(Self(claims.map(Visitor)))
    }
}

impl FromRequestParts<Arc<Portal>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        let Ok(MaybeVisitor(visitor)) = MaybeVisitor::from_request_parts(parts, portal).await;
        visitor.ok_or_else(|| Redirect::to("/connexion").into_response())
    }
}
