//! Who works on one collectivité: every page below `/cig/collectivites/{id}` asks for its leave here.

use super::{Correspondant, failed};
use crate::portal::Portal;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::Response;
use policies::Supervision;
use std::sync::Arc;

/// Somebody at work on the collectivité that the path names as `{id}`, with leave to. As an extractor it
/// answers everybody else.
pub(crate) struct Supervisor {
    pub(crate) someone: Correspondant,
    pub(crate) leave: Supervision,
}

impl FromRequestParts<Arc<Portal>> for Supervisor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        let someone = Correspondant::from_request_parts(parts, portal).await?;
        let named = RawPathParams::from_request_parts(parts, portal).await.ok();
        let id = named
            .iter()
            .flatten()
            .find_map(|(name, value)| (name == "id").then_some(value));
        // What does not read is nobody's.
        let leave = someone.supervise(portal, id.unwrap_or_default()).await;
        let leave = leave.map_err(|error| failed(&error))?;
        Ok(Self { someone, leave })
    }
}
