//! The versions of a document, by whom and when, each to be written on again.

use super::author::Author;
use super::begun::begun;
use super::{desk, form_page};
use crate::content::versions::Version;
use crate::scope::class_of;
use crate::web::App;
use crate::web::pages::{failed, frame, shown};
use crate::web::templates::Frame;
use crate::web::view::{Moment, cut, document_href};
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
    /// Where it is read; none when it is withdrawn.
    href: Option<String>,
    desk: &'static str,
    versions: Vec<Row>,
}

struct Row {
    title: String,
    author: Option<String>,
    until: Moment,
    resume: String,
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
) -> Response {
    let begun = match begun(&app, &author, &id).await {
        Ok(begun) => begun,
        Err(answer) => return answer,
    };
    let frame = frame(&app, &author.visitor);
    let versions = match app.library.versions(&id).await {
        Ok(versions) => versions,
        Err(error) => return failed(frame, error),
    };
    let versions = versions
        .into_iter()
        .filter(|version| may_resume(&author, version));
    let page = HistoryPage {
        page_title: cut(&begun.document.title, 50),
        href: begun.published.as_ref().map(|one| document_href(&one.id)),
        title: begun.document.title,
        desk: desk::HREF,
        versions: versions.map(|version| row(&id, version)).collect(),
        frame,
    };
    shown(StatusCode::OK, &page)
}

/// A version of an import is written on by those who may read it, too.
pub(super) fn may_resume(author: &Author, version: &Version) -> bool {
    let class = class_of(&version.document);
    let may_read = version.author.is_some() || author.visitor.scope.permits(&class);
    may_read && author.may(&version.document).is_ok()
}

fn row(id: &str, version: Version) -> Row {
    Row {
        resume: format!("{}?version={}", form_page::href(id), version.change),
        title: version.document.title,
        author: version.author,
        until: Moment::of(version.until),
    }
}
