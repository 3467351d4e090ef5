//! The page of the form: what stands in it beside its fields.

use super::author::Author;
use super::faults::Faults;
use super::fields::{AUDIENCES, Fields, REPEALED};
use super::known::Known;
use super::{desk, preview};
use crate::content::document::Document;
use crate::content::versions::{Fate, Line};
use crate::web::App;
use crate::web::pages::{frame, shown};
use crate::web::templates::Frame;
use crate::web::view::{cut, document_href, kind_name};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use policies::Nature;

#[derive(Template)]
#[template(path = "editing/form.html")]
struct FormPage {
    frame: Frame,
    heading: String,
    page_title: String,
    kind: Nature,
    /// Where it is sent.
    action: String,
    /// Where one goes who gives up.
    back: String,
    fields: Fields,
    faults: Faults,
    themes: Vec<String>,
    collections: Vec<String>,
    states: Vec<String>,
    collectivites: Vec<String>,
    /// What its author should know before writing on.
    notice: String,
    /// What saving would change in the draft that somebody else saved meanwhile.
    changes: Vec<Vec<Line>>,
}

/// What stands in the form.
pub(super) struct Filled {
    pub(super) fields: Fields,
    pub(super) faults: Faults,
    /// What its author should know; empty for nothing.
    pub(super) notice: String,
    /// What saving would change in the draft that somebody else saved meanwhile.
    pub(super) changes: Vec<Vec<Line>>,
    pub(super) status: StatusCode,
}

impl Filled {
    pub(super) fn with(fields: Fields) -> Self {
        Self {
            fields,
            faults: Faults::default(),
            notice: String::new(),
            changes: Vec::new(),
            status: StatusCode::OK,
        }
    }

    /// With what is wrong.
    pub(super) fn wrong(fields: Fields, faults: Faults) -> Self {
        Self {
            faults,
            status: StatusCode::UNPROCESSABLE_ENTITY,
            ..Self::with(fields)
        }
    }
}

/// The form of a document.
pub(super) fn form(app: &App, author: &Author, document: &Document, filled: Filled) -> Response {
    let (known, fields) = (Known::of(app), filled.fields);
    let is_new = document.id.is_empty();
    let (action, heading) = if is_new {
        let kind = kind_name(document.kind).to_lowercase();
        let action = format!("/redaction/nouveau?kind={}", document.kind.as_str());
        (action, format!("Nouvelle {kind}"))
    } else {
        let heading = format!("Réviser «\u{a0}{}\u{a0}»", document.title);
        (href(&document.id), heading)
    };
    let back = match (is_new, fields.revision) {
        (true, _) => desk::HREF.to_owned(),
        (false, 0) => author
            .address(Some(document))
            .unwrap_or_else(|| desk::HREF.to_owned()),
        (false, _) => preview::href(&document.id),
    };
    let mut offered = vec![REPEALED.to_owned()];
    offered.extend(document.state.clone().filter(|state| state != REPEALED));
    let page = FormPage {
        frame: frame(app, &author.visitor),
        page_title: cut(&heading, 50),
        heading,
        kind: document.kind,
        action,
        back,
        themes: known.themes(),
        collections: known.collections(),
        collectivites: known.names(),
        states: offered,
        fields,
        faults: filled.faults,
        notice: filled.notice,
        changes: filled.changes,
    };
    shown(filled.status, &page)
}

/// Where a document is written on.
pub(in crate::web) fn href(id: &str) -> String {
    format!("/redaction{}", document_href(id))
}
