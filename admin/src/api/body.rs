//! Bodies: JSON, a table, a signed document, or none; each of its own `Content-Type` only.

use super::problem::Problem;
use crate::portal::Portal;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// How a body is read.
pub(crate) trait Body: Sized {
    /// Each `Content-Type` that it may have; none for a request without a body.
    const KINDS: &'static [&'static str];

    /// # Errors
    /// What is to be mended.
    fn read(bytes: Bytes) -> Result<Self, Problem>;
}

/// JSON.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> Body for Json<T> {
    const KINDS: &'static [&'static str] = &["application/json"];

    fn read(bytes: Bytes) -> Result<Self, Problem> {
        let read = serde_json::from_slice(&bytes);
        read.map(Self)
            .map_err(|error| Problem::mistake("", error.to_string()))
    }
}

/// A table.
#[derive(Debug)]
pub(crate) struct Csv(pub(crate) Bytes);

impl Body for Csv {
    const KINDS: &'static [&'static str] = &["text/csv"];

    fn read(bytes: Bytes) -> Result<Self, Problem> {
        Ok(Self(bytes))
    }
}

/// No body.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Body for Nothing {
    const KINDS: &'static [&'static str] = &[];

    fn read(_: Bytes) -> Result<Self, Problem> {
        Ok(Self)
    }
}

/// A signed document. What it is, is seen from its bytes, whatever the request says.
#[derive(Debug)]
pub(crate) struct Signed(pub(crate) Bytes);

impl Body for Signed {
    const KINDS: &'static [&'static str] = &["application/pdf", "image/png", "image/jpeg"];

    fn read(bytes: Bytes) -> Result<Self, Problem> {
        Ok(Self(bytes))
    }
}

/// The bytes of a request's body.
///
/// # Errors
/// 415, 413.
pub(super) async fn receive<B: Body>(
    request: Request,
    portal: &Arc<Portal>,
) -> Result<Bytes, Problem> {
    if !is_of_kind(request.headers(), B::KINDS) {
        return Err(wrong_kind(B::KINDS));
    }
    Bytes::from_request(request, portal)
        .await
        .map_err(|rejection| too_large(rejection.status()))
}

fn is_of_kind(headers: &HeaderMap, kinds: &[&str]) -> bool {
    let said = headers.get(header::CONTENT_TYPE);
    let said = said.and_then(|said| said.to_str().ok()).unwrap_or_default();
    let said = said.split(';').next().unwrap_or_default().trim();
    kinds.is_empty() || kinds.iter().any(|kind| said.eq_ignore_ascii_case(kind))
}

fn wrong_kind(kinds: &[&str]) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "Type de contenu non pris en charge",
        format!("Envoyez le corps en {}.", kinds.join(" ou ")),
    )
}

fn too_large(status: StatusCode) -> Problem {
    Problem::new(
        status,
        "unreadable-body",
        "Le corps ne se lit pas",
        "Il dépasse peut-être la taille permise.",
    )
}
