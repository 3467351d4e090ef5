//! « Ce qui a changé »: the former versions of a document, of which a person sees those that they might have
//! read.

use super::identity::Visitor;
use super::pages::{failed, frame, not_found, shown};
use super::templates::Frame;
use super::view::{Day, cut, document_href};
use super::{App, aside};
use crate::content::document::Document;
use crate::content::versions::{Fate, Line, Version, changed_lines};
use crate::scope::{Scope, class_of};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    frame: Frame,
    page_title: String,
    title: String,
    href: String,
    steps: Vec<Step>,
}

/// From one version to the next.
struct Step {
    /// When the newer came.
    day: Day,
    groups: Vec<Vec<Line>>,
}

/// The address of this page for a document.
pub(super) fn href(id: &str) -> String {
    format!("{}/changements", document_href(id))
}

/// `GET /documents/{id}/changements`.
pub(super) async fn changes(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let frame = frame(&app, &visitor);
    let Ok(Path(id)) = id else {
        return not_found(frame);
    };
    let (asked, scope) = (id.clone(), visitor.scope.clone());
    let document = match aside(&app, move |bip| bip.find_document(&asked, &scope)).await {
        Ok(Some(document)) => document,
        Ok(None) => return not_found(frame),
        Err(error) => return failed(frame, error),
    };
    let versions = match app.library.versions(&id).await {
        Ok(versions) => permitted(versions, &visitor.scope),
        Err(error) => return failed(frame, error),
    };
    let page = ChangesPage {
        page_title: cut(&document.title, 34),
        title: document.title.clone(),
        href: document_href(&document.id),
        steps: steps(&document, &versions),
        frame,
    };
    shown(StatusCode::OK, &page)
}

/// Those that the person may read, as they were then.
pub(super) fn permitted(mut versions: Vec<Version>, scope: &Scope) -> Vec<Version> {
    versions.retain(|version| scope.permits(&class_of(&version.document)));
    versions
}

fn steps(document: &Document, versions: &[Version]) -> Vec<Step> {
    let newer = std::iter::once(document).chain(versions.iter().map(|version| &version.document));
    let steps = newer.zip(versions).map(|(newer, older)| Step {
        day: Day::of(older.until),
        groups: changed_lines(&older.document, newer),
    });
    steps.filter(|step| !step.groups.is_empty()).collect()
}
