//! `/deconnexion`: ends the portal session, and with it every session opened from it.

use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted, Tokened};
use crate::visitor::MaybeVisitor;
use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "logged_out.html")]
struct LoggedOutPage {
    person: Option<Person>,
    /// For the button of somebody who is still logged in.
    token: Option<String>,
}

/// What the button posts.
#[derive(Deserialize)]
pub(crate) struct Leave {
    #[serde(default)]
    jeton: String,
}

impl Tokened for Leave {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

/// Ends everything. Somebody whose session has ended already is told the same.
pub(crate) async fn submit(State(portal): State<Arc<Portal>>, posted: Posted<Leave>) -> Response {
    if let Some(visitor) = &posted.visitor
        && let Err(error) = portal
            .store
            .end_session(visitor.session(), visitor.account())
            .await
    {
        return page::unavailable(&error);
    }
    let cleared = portal.cookie.clear(portal.cookie.name());
    (
        [(header::SET_COOKIE, cleared)],
        Redirect::to("/deconnexion"),
    )
        .into_response()
}

/// Says that all is closed, or offers to close it: whom every other page is refused finds the way
/// out here. Never closes anything itself.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> Response {
    let token = visitor.map(|visitor| posted::token(&portal, &visitor));
    let person = None;
    page::answer(StatusCode::OK, &LoggedOutPage { person, token })
}
