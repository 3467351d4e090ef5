//! The pages: search, one document, and nowhere. They work without script, and every state is a link.

use super::identity::Visitor;
use super::parameters::Address;
use super::problem::Problem;
use super::templates::{FailedPage, Frame, NotFoundPage, document_page, search_page};
use super::view::visible_citations;
use super::{App, aside};
use crate::error::Error;
use crate::query::Query;
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};

/// `GET /`.
pub(super) async fn search(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = Address::read(&query.unwrap_or_default());
    let frame = frame(&app, &visitor);
    let (query, window) = (Query::parse(&asked.q), asked.window());
    let correct = asked.exact.is_none();
    match aside(move || app.bip.search(&query, &window, &visitor.scope, correct)).await {
        Ok(results) => shown(StatusCode::OK, &search_page(frame, asked, results)),
        Err(error) => failed(frame, error),
    }
}

/// `GET /documents/{id}`: absent and forbidden are the same page.
pub(super) async fn document(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let frame = frame(&app, &visitor);
    let Ok(Path(id)) = id else {
        return not_found(frame);
    };
    let found = aside(move || {
        let Some(document) = app.bip.find_document(&id, &visitor.scope)? else {
            return Ok(None);
        };
        let citations = visible_citations(&app.bip, &document, &visitor.scope)?;
        Ok(Some((document, citations)))
    });
    match found.await {
        Ok(Some((document, citations))) => {
            shown(StatusCode::OK, &document_page(frame, document, &citations))
        }
        Ok(None) => not_found(frame),
        Err(error) => failed(frame, error),
    }
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

fn frame(app: &App, visitor: &Visitor) -> Frame {
    Frame {
        portal: app.portal.to_string(),
        name: visitor.name.clone(),
        collectivite: visitor.collectivite.clone(),
    }
}

fn not_found(frame: Frame) -> Response {
    shown(StatusCode::NOT_FOUND, &NotFoundPage { frame })
}

fn failed(frame: Frame, error: Error) -> Response {
    // Logged where problems are made, once.
    let _ = Problem::from(error);
    shown(StatusCode::INTERNAL_SERVER_ERROR, &FailedPage { frame })
}

fn shown(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Problem::from(Error::from(error)).into_response(),
    }
}
