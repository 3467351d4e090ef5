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

/// What a key that only asks may ask; elsewhere it is nobody's.
const QUESTIONS: [&str; 6] = [
    "/access/v1/evaluation",
    "/access/v1/evaluations",
    "/access/v1/search/subject",
    "/access/v1/search/resource",
    "/access/v1/search/action",
    "/api/v1/explain",
];

impl MaybeVisitor {
    /// Whether a key came that only asks, and this is none of its questions.
    pub(crate) fn is_out_of_place(parts: &Parts, portal: &Portal) -> bool {
        let claims = claims(parts, portal);
        claims.is_some_and(|claims| claims.asks_only && !is_question(parts))
    }
}

fn is_question(parts: &Parts) -> bool {
    QUESTIONS.contains(&parts.uri.path())
}

fn claims(parts: &Parts, portal: &Portal) -> Option<Claims> {
    let token = parts.headers.get(ASSERTION_HEADER)?.to_str().ok()?;
    let now = portal.store.clock().now();
    let keys = portal.directory.verifying_keys();
    keys.verify(token, portal.own.id.as_str(), now).ok()
}

impl FromRequestParts<Arc<Portal>> for MaybeVisitor {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Arc<Portal>,
    ) -> Result<Self, Infallible> {
        let claims = claims(parts, portal);
        let claims = claims.filter(|claims| !claims.asks_only || is_question(parts));
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
