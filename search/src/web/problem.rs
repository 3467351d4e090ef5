//! Problems as RFC 9457 spells them, for programs. People get pages.

use crate::error::Error;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, in words we wrote: no inner error is ever shown.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[serde(serialize_with = "number")]
    #[schema(value_type = u16, example = 400)]
    status: StatusCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub(super) fn unidentified() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "urn:convergences:problem:unidentified",
            "Vous n’êtes pas identifié",
            "BIP se consulte par Convergences\u{a0}: connectez-vous.",
        )
    }

    pub(super) fn no_rules() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "urn:convergences:problem:no-ruleset",
            "Accès refusé",
            "Aucune règle d’accès n’est connue pour votre collectivité.",
        )
    }

    pub(super) fn not_ready() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:convergences:problem:not-ready",
            "BIP se prépare",
            "L’index est en cours de construction, ce qui prend quelques secondes\u{a0}: réessayez dans un instant.",
        )
    }

    /// It goes away by itself.
    pub(super) fn is_passing(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    pub(super) fn parameter(detail: String) -> Self {
        let problem = Self::new(
            StatusCode::BAD_REQUEST,
            "urn:convergences:problem:invalid-parameter",
            "Paramètre à corriger",
            "",
        );
        Self {
            detail: Some(detail),
            ..problem
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "urn:convergences:problem:not-found",
            "Introuvable",
            "Cette ressource n’existe pas ou vous n’y avez pas accès.",
        )
    }

    pub(super) fn announced(title: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "urn:convergences:problem:announced",
            "Document fermé",
            &format!(
                "«\u{a0}{title}\u{a0}» est annoncé, mais vos droits ne permettent pas de le lire\u{a0}: demandez l’accès au référent de votre collectivité."
            ),
        )
    }

    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: &str) -> Self {
        Self {
            kind,
            title,
            status,
            detail: Some(detail.to_owned()),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(%error, cause, "A request failed");
        let problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "urn:convergences:problem:internal",
            "Erreur interne",
            "",
        );
        Self {
            detail: None,
            ..problem
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.is_passing() {
            let soon = HeaderValue::from_static("5");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        response
    }
}
