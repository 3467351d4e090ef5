//! What applications send: JSON of the standard, read with what is missing told.

use crate::api::problem::Problem;
use crate::date;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::question::{Wanted, When};
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A subject or a resource, as far as it is said.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Thing {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<String>,
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
/// 400: what is not JSON of that form, or not said to be JSON.
pub(super) fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, Problem> {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !kind.is_some_and(|kind| kind.starts_with(b"application/json")) {
        return Err(bad("Content-Type est application/json."));
    }
    serde_json::from_slice(body).map_err(|error| bad(&error.to_string()))
}

pub(super) fn bad(detail: &str) -> Problem {
    let status = StatusCode::BAD_REQUEST;
    Problem::new(status, "bad-request", "Demande à corriger", detail)
}

fn missing(what: &str) -> Problem {
    bad(&format!("{what} manque."))
}

impl Thing {
    /// What is not said of it, others have in common with it.
    fn or(self, common: Option<&Self>) -> Self {
        let of =
            |part: fn(&Self) -> &Option<String>| common.and_then(|common| part(common).clone());
        Self {
            kind: self.kind.or_else(|| of(|common| &common.kind)),
            id: self.id.or_else(|| of(|common| &common.id)),
        }
    }
}

/// What somebody wants to do with a thing; `None` for what is not here.
pub(super) fn wanted(portal: &Portal, action: &str, (kind, id): (&str, &str)) -> Option<Wanted> {
    let fits = match action {
        "lire" => kind == "document",
        _ => kind == "route",
    };
    fits.then(|| Wanted::of(portal, action, id)).flatten()
}

impl Asked {
    /// With what others have in common with it.
    pub(super) fn or(self, common: &Self) -> Self {
        let things = |own: Option<Thing>, common: Option<&Thing>| match own {
            Some(own) => Some(own.or(common)),
            None => common.cloned(),
        };
        Self {
            subject: things(self.subject, common.subject.as_ref()),
            action: self.action.or_else(|| common.action.clone()),
            resource: things(self.resource, common.resource.as_ref()),
            context: self.context.or_else(|| common.context.clone()),
        }
    }

    /// The type and the id of the subject.
    pub(super) fn subject(&self) -> Result<(&str, &str), Problem> {
        let id = self.subject.as_ref().and_then(|thing| thing.id.as_deref());
        Ok((
            self.subject_type()?,
            id.ok_or_else(|| missing("subject.id"))?,
        ))
    }

    pub(super) fn subject_type(&self) -> Result<&str, Problem> {
        let kind = self
            .subject
            .as_ref()
            .and_then(|thing| thing.kind.as_deref());
        kind.ok_or_else(|| missing("subject.type"))
    }

    /// The type and the id of the resource.
    pub(super) fn resource(&self) -> Result<(&str, &str), Problem> {
        let id = self.resource.as_ref().and_then(|thing| thing.id.as_deref());
        Ok((
            self.resource_type()?,
            id.ok_or_else(|| missing("resource.id"))?,
        ))
    }

    pub(super) fn resource_type(&self) -> Result<&str, Problem> {
        let kind = self
            .resource
            .as_ref()
            .and_then(|thing| thing.kind.as_deref());
        kind.ok_or_else(|| missing("resource.type"))
    }

    pub(super) fn action(&self) -> Result<&str, Problem> {
        let action = self.action.as_ref().ok_or_else(|| missing("action.name"))?;
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
