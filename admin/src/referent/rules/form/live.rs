//! What a rule says while its form is filled in: its sentence, and its Cedar beside it.

use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::rules::names;
use crate::referent::{Referent, failed};
use accounts::Error;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use policies::{Model, Names};
use serde::Serialize;
use std::sync::Arc;

const SCRIPT: &str = include_str!("live.js");

/// The rule as it is written so far.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Live {
    pub(crate) sentence: String,
    pub(crate) cedar: String,
    /// What it lacks; empty when it is one.
    pub(crate) missing: String,
}

impl Live {
    /// Of what is filled in, and what it is in Cedar.
    pub(crate) fn of(
        read: Result<Model, FieldErrors>,
        names: &Names,
        cedar: impl Fn(&Model) -> Result<String, policies::Error>,
    ) -> Result<Self, policies::Error> {
        Ok(match read {
            Ok(model) => Self {
                sentence: model.sentence(names),
                cedar: cedar(&model)?,
                missing: String::new(),
            },
            Err(errors) => Self {
                missing: errors
                    .iter()
                    .next()
                    .map_or_else(String::new, |error| error.text.clone()),
                ..Self::default()
            },
        })
    }
}

/// What the rule says so far. Fields: the form's.
pub(crate) async fn say(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    match live(&portal, &referent, &posted.form).await {
        Ok(live) => Json(live).into_response(),
        Err(error) => failed(&error),
    }
}

/// The same for a page; nothing of a form that nobody has begun.
async fn live(portal: &Portal, referent: &Referent, fields: &Pairs) -> Result<Live, Error> {
    if fields.one("effet").is_empty() {
        return Ok(Live::default());
    }
    let read = super::read(portal, referent, fields).await?;
    let models: Vec<_> = read.iter().cloned().collect();
    let names = names(portal, referent, &models).await?;
    let owner = referent.purview.collectivite();
    Ok(Live::of(read, &names, |model| model.to_cedar(owner))?)
}

/// The same where something that was chosen is there no more: the form shows the rest, to be mended.
pub(super) async fn so_far(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
) -> Result<Live, Error> {
    match live(portal, referent, fields).await {
        Err(Error::NotFound { what: "choice", .. }) => Ok(Live::default()),
        live => live,
    }
}

/// What asks for it while somebody fills the form in.
pub(crate) fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, SCRIPT).into_response()
}
