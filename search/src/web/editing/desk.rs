//! « Rédaction »: the drafts, and what was written here and published or withdrawn, the last first.

use super::author::Author;
use super::{form_page, history, preview};
use crate::content::document::Document;
use crate::content::drafts::Draft;
use crate::content::publication::Authored;
use crate::web::App;
use crate::web::pages::{failed, frame, shown};
use crate::web::templates::Frame;
use crate::web::view::{Moment, kind_name};
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

/// Where it is.
pub(super) const HREF: &str = "/redaction";
/// Of a page of what was written.
const PAGE: i64 = 20;
/// More drafts than anybody has at a time.
const MOST_DRAFTS: i64 = 200;

#[derive(Template)]
#[template(path = "editing/desk.html")]
struct DeskPage {
    frame: Frame,
    /// What was just done.
    told: String,
    /// The document that it was done with, to be read.
    told_of: Option<String>,
    drafts: Vec<DraftRow>,
    written: Vec<WrittenRow>,
    page: i64,
    has_more: bool,
}

struct DraftRow {
    title: String,
    kind: &'static str,
    href: String,
    author: String,
    saved: Moment,
    planned: Option<Moment>,
    /// Its moment has passed: the document had become another, or its author may not any more.
    is_stuck: bool,
}

struct WrittenRow {
    title: String,
    kind: &'static str,
    /// Where it is read; none when it is withdrawn, or reserved to others.
    href: Option<String>,
    is_withdrawn: bool,
    edit: String,
    history: String,
    author: String,
    at: Moment,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done.
    #[serde(skip_serializing_if = "String::is_empty")]
    fait: String,
    /// With which document.
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    page: String,
}

/// The address of the desk once something was done with a document.
pub(super) fn told(what: &str, id: &str) -> String {
    let asked = Asked {
        fait: what.to_owned(),
        id: id.to_owned(),
        page: String::new(),
    };
    let query = serde_html_form::to_string(asked).unwrap_or_default();
    format!("{HREF}?{query}")
}

/// `GET /redaction`.
pub(super) async fn desk(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Query(asked): Query<Asked>,
) -> Response {
    let page = asked.page.parse().unwrap_or(1).clamp(1, 10_000);
    let found = async {
        let drafts = app.library.list_drafts(MOST_DRAFTS).await?;
        let written = app
            .library
            .list_written((page - 1) * PAGE, PAGE + 1)
            .await?;
        Ok((drafts, written))
    };
    let frame = frame(&app, &author.visitor);
    let (drafts, mut written) = match found.await {
        Ok(found) => found,
        Err(error) => return failed(frame, error),
    };
    let has_more = written.len() > usize::try_from(PAGE).unwrap_or_default();
    written.truncate(usize::try_from(PAGE).unwrap_or_default());
    let now = app.gate.now();
    // What an import brought is for those who may read it.
    let is_open =
        |one: &Document, is_ours: bool| author.may(one).is_ok() && (is_ours || author.reads(one));
    let address = |one: &Authored| author.address((!one.is_withdrawn).then_some(&one.document));
    let drafts = drafts
        .into_iter()
        .filter(|draft| is_open(&draft.document, !draft.is_of_import));
    let written: Vec<_> = written
        .into_iter()
        .filter(|one| is_open(&one.document, one.is_ours))
        .collect();
    let told_of = written
        .iter()
        .find(|one| asked.fait == "publie" && one.document.id == asked.id);
    let page = DeskPage {
        told: done(&asked.fait).to_owned(),
        told_of: told_of.and_then(address),
        drafts: drafts.map(|draft| draft_row(draft, now)).collect(),
        written: written
            .iter()
            .map(|one| written_row(one, address(one)))
            .collect(),
        page,
        has_more,
        frame,
    };
    shown(StatusCode::OK, &page)
}

fn done(what: &str) -> &'static str {
    match what {
        "publie" => "Le document est publié\u{a0}: ses lecteurs le voient.",
        "programme" => "La publication est programmée.",
        "deprogramme" => "La publication n’est plus programmée. Le brouillon est gardé.",
        "abandonne" => "Le brouillon est effacé.",
        "disparu" => "Ce brouillon n’existe plus\u{a0}: il a été publié ou effacé.",
        "retire" => {
            "Le document est retiré\u{a0}: plus personne ne le trouve ni ne le lit. Ses versions sont gardées."
        }
        _ => "",
    }
}

fn draft_row(draft: Draft, now: i64) -> DraftRow {
    DraftRow {
        is_stuck: draft.is_stuck(now),
        href: preview::href(&draft.document.id),
        kind: kind_name(draft.document.kind),
        title: draft.document.title,
        author: draft.author,
        saved: Moment::of(draft.saved_at),
        planned: draft.publish_at.map(Moment::of),
    }
}

fn written_row(written: &Authored, href: Option<String>) -> WrittenRow {
    let id = &written.document.id;
    WrittenRow {
        href,
        is_withdrawn: written.is_withdrawn,
        edit: form_page::href(id),
        history: history::href(id),
        kind: kind_name(written.document.kind),
        author: written.author.clone(),
        at: Moment::of(written.at),
        title: written.document.title.clone(),
    }
}
