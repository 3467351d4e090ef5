//! Answers to what was done, so that they can be kept and given again; times as programs read them.

use super::problem::Problem;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    status: u16,
    version: Option<i64>,
    location: Option<String>,
    body: Option<Value>,
}

impl Answer {
    /// 204.
    pub(crate) fn nothing() -> Self {
        Self {
            status: 204,
            version: None,
            location: None,
            body: None,
        }
    }

    /// 202: it waits for somebody else.
    pub(crate) fn accepted() -> Self {
        Self {
            status: 202,
            ..Self::nothing()
        }
    }

    /// 200.
    ///
    /// # Errors
    /// None in practice.
    pub(crate) fn of(body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_value(body);
        let body = body.map_err(|error| accounts::Error::Unreadable(error.to_string()))?;
        Ok(Self {
            status: 200,
            body: Some(body),
            ..Self::nothing()
        })
    }

    /// 201: made, and to be found there.
    pub(crate) fn created(self, location: String) -> Self {
        Self {
            status: 201,
            location: Some(location),
            ..self
        }
    }

    /// With the version that a change of it names.
    pub(crate) fn version(self, version: i64) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = match &self.body {
            Some(body) => (status, axum::Json(body)).into_response(),
            None => status.into_response(),
        };
        let headers = response.headers_mut();
        let tag = self.version.map(|version| format!("\"{version}\""));
        for (name, value) in [(header::ETAG, tag), (header::LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}
