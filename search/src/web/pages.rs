//! The pages: search, help, one document, and nowhere. They work without script, and every state is a link.

use super::address::Address;
use super::changes_page::permitted;
use super::document_page::{Near, document_page};
use super::editing::Writable;
use super::identity::Visitor;
use super::links::visible_citations;
use super::problem::Problem;
use super::search_page::search_page;
use super::templates::{AnnouncedPage, FailedPage, Frame, HelpPage, NotFoundPage, NotReadyPage};
use super::view::document_href;
use super::{App, aside};
use crate::bip::Bip;
use crate::content::document::Document;
use crate::error::Error;
use crate::scope::Scope;
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use std::time::Duration;
use tokio::time::timeout;

/// What completes the question while it is typed; the page works without it.
const SCRIPT: &str = include_str!("suggest.js");
/// How long a document waits for what it was before.
const PATIENCE: Duration = Duration::from_millis(200);
/// How many documents of each sort stand near another on its page.
const NEAR: usize = 8;

/// `GET /`. A reference alone leads to its text, an empty field to the address without it.
pub(super) async fn search(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let asked = Address::read(&query);
    if Address::has_blanks(&query) && asked.faults.is_empty() {
        return Redirect::to(&asked.href()).into_response();
    }
    let frame = frame(&app, &visitor);
    let question = asked.question();
    match aside(&app, move |bip| bip.search(&question, &visitor.scope)).await {
        Ok(results) => match &results.direct {
            Some(id) if asked.list.is_none() && asked.page == 1 && !asked.has_filters() => {
                Redirect::to(&direct(id, &asked.q)).into_response()
            }
            _ => {
                // What those who write try themselves tells them nothing.
                if results.matching == 0 && !asked.has_filters() && !frame.may_write {
                    note_unanswered(&app, &asked.q);
                }
                shown(StatusCode::OK, &search_page(frame, asked, results))
            }
        },
        Err(error) => failed(frame, error),
    }
}

/// Has a question without answer counted, while its page is made. Under a flood most are not: nobody waits.
fn note_unanswered(app: &App, question: &str) {
    let Ok(turn) = app.noting.clone().try_acquire_owned() else {
        return;
    };
    let (app, question) = (app.clone(), question.to_owned());
    tokio::spawn(async move {
        if let Err(error) = app.library.note_unanswered(&question, app.gate.now()).await {
            tracing::warn!(%error, "A question without answer was not written down");
        }
        drop(turn);
    });
}

#[derive(Serialize)]
struct From<'a> {
    q: &'a str,
}

fn direct(id: &str, q: &str) -> String {
    let from = serde_html_form::to_string(From { q }).unwrap_or_default();
    format!("{}?{from}", document_href(id))
}

/// `GET /aide`.
pub(super) async fn help(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let frame = frame(&app, &visitor);
    shown(StatusCode::OK, &HelpPage { frame })
}

/// `GET /suggestions.js`.
pub(super) async fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, SCRIPT).into_response()
}

/// `GET /documents/{id}`: absent and forbidden are the same page.
pub(super) async fn document(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let frame = frame(&app, &visitor);
    let Ok(Path(id)) = id else {
        return not_found(frame);
    };
    let asked = Address::read(&query.unwrap_or_default());
    // Without its store BIP shows its documents all the same, and as fast.
    let (versions, notes) = tokio::join!(
        timeout(PATIENCE, app.library.versions(&id)),
        timeout(PATIENCE, app.library.notes(&id))
    );
    let versions = versions.ok().and_then(Result::ok).unwrap_or_default();
    let notes = notes.ok().and_then(Result::ok).unwrap_or_default();
    let has_changed = !permitted(versions, &visitor.scope).is_empty();
    let found = aside(&app, move |bip| {
        let Some(document) = bip.find_document(&id, &visitor.scope)? else {
            let announced = bip.find_announced(&id, &visitor.scope)?;
            return Ok(announced.map_or(Found::Nothing, Found::Announced));
        };
        let near = near(bip, &document, &visitor.scope)?;
        let writable = Writable::of(&document, &visitor.scope);
        Ok(Found::Document(Box::new((document, near, writable))))
    });
    match found.await {
        Ok(Found::Document(found)) => {
            let (document, near, writable) = *found;
            let of = (&asked, has_changed, writable);
            let page = document_page(frame, document, (near, notes), of);
            shown(StatusCode::OK, &page)
        }
        Ok(Found::Announced(title)) => {
            shown(StatusCode::FORBIDDEN, &AnnouncedPage { frame, title })
        }
        Ok(Found::Nothing) => not_found(frame),
        Err(error) => failed(frame, error),
    }
}

/// What there is at the address of a document.
enum Found {
    Document(Box<(Document, Near, Writable)>),
    /// Closed to the person, but announced by its title.
    Announced(String),
    Nothing,
}

fn near(bip: &Bip, document: &Document, scope: &Scope) -> Result<Near, Error> {
    Ok(Near {
        citations: visible_citations(bip, document, scope)?,
        citing: bip.citing(&document.id, NEAR, scope)?,
        changing: bip.changing(&document.id, NEAR, scope)?,
        related: bip.related(document, NEAR, scope)?,
        neighbours: bip.neighbours(document, scope)?,
    })
}

/// Every other address.
pub(super) async fn nowhere(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    uri: Uri,
) -> Response {
    if uri.path().starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    not_found(frame(&app, &visitor))
}

pub(super) fn frame(app: &App, visitor: &Visitor) -> Frame {
    Frame {
        portal: app.portal.to_string(),
        name: visitor.name.clone(),
        collectivite: visitor.collectivite.clone(),
        today: visitor.today.into(),
        may_write: visitor.may_write(),
    }
}

/// While there is no index.
pub(super) fn not_ready(app: &App) -> Response {
    let page = NotReadyPage {
        portal: app.portal.to_string(),
    };
    let mut response = shown(StatusCode::SERVICE_UNAVAILABLE, &page);
    let soon = HeaderValue::from_static("5");
    response.headers_mut().insert(header::RETRY_AFTER, soon);
    response
}

pub(super) fn not_found(frame: Frame) -> Response {
    shown(StatusCode::NOT_FOUND, &NotFoundPage { frame })
}

pub(super) fn failed(frame: Frame, error: Error) -> Response {
    // Logged where problems are made, once.
    let _ = Problem::from(error);
    shown(StatusCode::INTERNAL_SERVER_ERROR, &FailedPage { frame })
}

pub(super) fn shown(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Problem::from(Error::from(error)).into_response(),
    }
}
