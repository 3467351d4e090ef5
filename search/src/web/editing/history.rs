//! The versions of a document, by whom and when, each to be read and written on again.

use super::author::Author;
use super::begun::begun;
use super::{desk, form_page};
use crate::content::versions::Version;
use crate::web::document_page::{DocumentView, Near};
use crate::web::links::visible_citations;
use crate::web::pages::{failed, frame, not_found, shown};
use crate::web::templates::Frame;
use crate::web::view::{Moment, cut};
use crate::web::{App, aside};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "editing/history.html")]
struct HistoryPage {
    frame: Frame,
    page_title: String,
    title: String,
    /// Where it is read; none when it is withdrawn, or reserved to others.
    href: Option<String>,
    desk: &'static str,
    versions: Vec<Row>,
}

struct Row {
    title: String,
    author: Option<String>,
    until: Moment,
    read: String,
    resume: String,
}

#[derive(Template)]
#[template(path = "editing/version.html")]
struct VersionPage {
    frame: Frame,
    page_title: String,
    until: Moment,
    history: String,
    resume: String,
    view: DocumentView,
}

/// Where the versions of a document are listed.
pub(super) fn href(id: &str) -> String {
    format!("{}/versions", form_page::href(id))
}

/// `GET /redaction/documents/{id}/versions`.
pub(super) async fn history(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let begun = begun(&app, &author, &id).await?;
    let frame = frame(&app, &author.visitor);
    let versions = match app.library.versions(&id).await {
        Ok(versions) => versions,
        Err(error) => return Err(failed(frame, error)),
    };
    let versions = versions
        .into_iter()
        .filter(|version| may_resume(&author, version));
    let page = HistoryPage {
        page_title: cut(&begun.document.title, 50),
        href: author.address(begun.published.as_ref()),
        title: begun.document.title,
        desk: desk::HREF,
        versions: versions.map(|version| row(&id, version)).collect(),
        frame,
    };
    Ok(shown(StatusCode::OK, &page))
}

/// `GET /redaction/documents/{id}/versions/{change}`.
pub(super) async fn version(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path((id, change)): Path<(String, String)>,
) -> Result<Response, Response> {
    // What may not be written on now has no former versions to show either.
    begun(&app, &author, &id).await?;
    let version = former(&app, &author, (&id, &change)).await?;
    let frame = frame(&app, &author.visitor);
    let (scope, document) = (author.visitor.scope.clone(), version.document.clone());
    let citations = aside(&app, move |bip| visible_citations(bip, &document, &scope)).await;
    let citations = match citations {
        Ok(citations) => citations,
        Err(error) => return Err(failed(frame, error)),
    };
    let near = Near {
        citations,
        ..Near::default()
    };
    let page = VersionPage {
        page_title: cut(&version.document.title, 44),
        until: Moment::of(version.until),
        history: href(&id),
        resume: resume(&id, &version),
        view: DocumentView::of(version.document, near, false),
        frame,
    };
    Ok(shown(StatusCode::OK, &page))
}

/// A former version, by the write that had brought it, for who may write it on.
pub(super) async fn former(
    app: &App,
    author: &Author,
    (id, change): (&str, &str),
) -> Result<Version, Response> {
    let frame = || frame(app, &author.visitor);
    let versions = app.library.versions(id).await;
    let mut versions = versions
        .map_err(|error| failed(frame(), error))?
        .into_iter();
    let version = versions.find(|version| version.change.to_string() == change);
    let version = version.filter(|version| may_resume(author, version));
    version.ok_or_else(|| not_found(frame()))
}

fn resume(id: &str, version: &Version) -> String {
    format!("{}?version={}", form_page::href(id), version.change)
}

/// A version of an import is written on by those who may read it, too.
fn may_resume(author: &Author, version: &Version) -> bool {
    let may_read = version.author.is_some() || author.reads(&version.document);
    may_read && author.may(&version.document).is_ok()
}

fn row(id: &str, version: Version) -> Row {
    Row {
        read: format!("{}/{}", href(id), version.change),
        resume: resume(id, &version),
        title: version.document.title,
        author: version.author,
        until: Moment::of(version.until),
    }
}
