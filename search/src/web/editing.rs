//! « Rédaction »: the correspondants of the CIG write, publish and withdraw sheets and news. Every address is
//! behind one door, and every document is decided about before it is touched.

mod author;
mod begun;
mod desk;
mod faults;
mod fields;
mod form;
mod form_page;
mod history;
mod known;
mod notes;
mod preview;
mod preview_page;
mod references;
mod typed;
mod unanswered;
mod withdrawal;

use super::App;
use crate::content::document::Document;
use crate::content::notes::is_annotated;
use crate::scope::{Scope, class_of};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

/// The longest text with every sign escaped, bytes: what is too long is told beside its field.
const LARGEST: usize = 8 << 20;

pub(super) use form_page::href;
pub(super) use notes::href as notes_href;

/// What a person may write about a document: all of it, notes beside it, or nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Writable {
    Whole,
    Notes,
    Nothing,
}

impl Writable {
    pub(super) fn of(document: &Document, scope: &Scope) -> Self {
        match scope.may_write(&class_of(document)) {
            Ok(_) if begun::is_written(document) => Self::Whole,
            Ok(_) if is_annotated(document) => Self::Notes,
            _ => Self::Nothing,
        }
    }
}

/// What keeps a text while it is typed; the page works without it.
const SCRIPT: &str = include_str!("editing/keep.js");

/// `GET /redaction/texte.js`.
async fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, SCRIPT).into_response()
}

/// Every address of it.
pub(super) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/redaction", get(desk::desk))
        .route("/redaction/texte.js", get(script))
        .route("/redaction/nouveau", get(form::blank).post(form::create))
        .route(
            "/redaction/documents/{id}",
            get(form::open).post(form::save),
        )
        .route("/redaction/documents/{id}/apercu", get(preview::preview))
        .route(
            "/redaction/documents/{id}/publication",
            post(preview::publish),
        )
        .route(
            "/redaction/documents/{id}/programmation",
            post(preview::plan),
        )
        .route("/redaction/documents/{id}/abandon", post(preview::abandon))
        .route(
            "/redaction/documents/{id}/retrait",
            get(withdrawal::confirm).post(withdrawal::withdraw),
        )
        .route("/redaction/documents/{id}/versions", get(history::history))
        .route(
            "/redaction/documents/{id}/versions/{change}",
            get(history::version),
        )
        .route(
            "/redaction/notes/documents/{id}",
            get(notes::notes).post(notes::write),
        )
        .route(
            "/redaction/recherches",
            get(unanswered::list).post(unanswered::settle),
        )
        .layer(DefaultBodyLimit::max(LARGEST))
        .route_layer(from_fn_with_state(app.clone(), author::admit))
}
