//! What applications send: JSON of the standard, read with what is missing told.

use crate::api::problem::Problem;
use crate::date;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::question::{Wanted, When};
use axum::body::Bytes;
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A subject or a resource.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Thing {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) id: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Named {
    name: String,
}

/// The circumstances; now, from nowhere in particular, unless said.
#[derive(Clone, Debug, Default, Deserialize)]
struct Circumstances {
    /// RFC 3339.
    time: Option<String>,
    /// The name of a network of the collectivité.
    network: Option<String>,
    #[serde(default)]
    second_factor: bool,
}

/// A question.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    subject: Option<Thing>,
    action: Option<Named>,
    resource: Option<Thing>,
    context: Option<Circumstances>,
}

/// Reads a body.
///
/// # Errors
/// 400: what is not JSON of that form.
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| bad(&error.to_string()))
}

pub(super) fn bad(detail: &str) -> Problem {
    let status = StatusCode::BAD_REQUEST;
    Problem::new(status, "bad-request", "Demande à corriger", detail)
}

impl Thing {
    /// What somebody wants to do with it; `None` for what is not here.
    pub(super) fn wanted(&self, portal: &Portal, action: &str) -> Option<Wanted> {
        let fits = match action {
            "lire" => self.kind == "document",
            _ => self.kind == "route",
        };
        fits.then(|| Wanted::of(portal, action, &self.id)).flatten()
    }
}

impl Asked {
    /// With what others have in common with it.
    pub(super) fn or(self, common: &Self) -> Self {
        Self {
            subject: self.subject.or_else(|| common.subject.clone()),
            action: self.action.or_else(|| common.action.clone()),
            resource: self.resource.or_else(|| common.resource.clone()),
            context: self.context.or_else(|| common.context.clone()),
        }
    }

    pub(super) fn subject(&self) -> Result<&Thing, Problem> {
        self.subject.as_ref().ok_or_else(|| bad("subject manque."))
    }

    pub(super) fn resource(&self) -> Result<&Thing, Problem> {
        self.resource
            .as_ref()
            .ok_or_else(|| bad("resource manque."))
    }

    pub(super) fn action(&self) -> Result<&str, Problem> {
        let action = self.action.as_ref().ok_or_else(|| bad("action manque."))?;
        Ok(&action.name)
    }

    pub(super) fn when(&self, portal: &Portal, referent: &Referent) -> Result<When<'_>, Problem> {
        let context = self.context.as_ref();
        let time = context.and_then(|context| context.time.as_deref());
        let at = match time {
            None => portal.store.clock().now(),
            Some(text) => date::parse_rfc3339(text).ok_or_else(|| {
                bad("context.time est un instant, comme 2026-11-27T10:00:00+01:00.")
            })?,
        };
        let network = context.and_then(|context| context.network.as_deref());
        let mut known = referent.entry.networks.iter();
        if network.is_some_and(|name| !known.any(|network| *network.name == *name)) {
            return Err(bad(
                "context.network est le nom d’un réseau confirmé de la collectivité.",
            ));
        }
        Ok(When {
            at,
            network,
            second_factor: context.is_some_and(|context| context.second_factor),
        })
    }
}
