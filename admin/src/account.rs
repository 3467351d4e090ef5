//! « Mon compte »: what a person manages of the own account. One file a page.

mod access;
mod devices;
mod history;
mod keys;
mod password;
mod profile;
mod records;

use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{Posted, Tokened};
use crate::visitor::Visitor;
use accounts::Error;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

/// These pages.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/compte", get(profile::show).post(profile::submit))
        .route(
            "/compte/mot-de-passe",
            get(password::show).post(password::submit),
        )
        .route(
            "/compte/appareils",
            get(devices::show).post(devices::submit),
        )
        .route("/compte/cles", get(keys::show))
        .route("/compte/cles/nouvelle", get(keys::form).post(keys::add))
        .route(
            "/compte/cles/revocation",
            get(keys::confirm).post(keys::revoke),
        )
        .route("/compte/historique", get(history::show))
        .route("/compte/acces", get(access::show))
        .route("/compte/donnees", get(records::show).post(records::submit))
        .route("/compte/donnees/export.json", get(records::export))
        .route("/compte/donnees/detail", get(records::detail))
}

/// What was just done, in the address that a form leads to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Done {
    fait: String,
}

/// The person a form acts for; somebody whose session has ended logs in first.
fn acting<T: Tokened>(posted: &Posted<T>) -> Result<&Visitor, Box<Response>> {
    let visitor = posted.visitor.as_ref();
    visitor.ok_or_else(|| Box::new(Redirect::to("/connexion").into_response()))
}

async fn person(portal: &Portal, visitor: &Visitor) -> Result<Option<Person>, Error> {
    Ok(Some(Person::of(portal, visitor).await?))
}

/// A page, or why it cannot be made.
fn shown(page: Result<impl askama::Template, Error>, status: StatusCode) -> Response {
    match page {
        Ok(page) => page::answer(status, &page),
        Err(error) => page::unavailable(&error),
    }
}
