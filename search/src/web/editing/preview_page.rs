//! The page of a draft: as its readers will see it, who they are, what it changes, and what can be done with it.

use super::author::Author;
use super::begun::Begun;
use super::known::Known;
use super::preview::Decided;
use super::{desk, form_page};
use crate::content::document::{Citation, Document, Relation};
use crate::content::drafts::Seen;
use crate::content::versions::{Fate, Line, changed_for_authors};
use crate::web::document_page::{DocumentView, Near};
use crate::web::links::visible_citations;
use crate::web::pages::{failed, frame, shown};
use crate::web::templates::Frame;
use crate::web::view::{Moment, cut, document_href};
use crate::web::{App, aside};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

#[derive(Template)]
#[template(path = "editing/preview.html")]
struct PreviewPage {
    frame: Frame,
    page_title: String,
    view: DocumentView,
    /// The address of the form.
    edit: String,
    /// The address of what is published.
    published: Option<String>,
    seen: Seen,
    author: String,
    saved: Moment,
    planned: Option<Moment>,
    /// That moment has passed, and nothing was published.
    is_stuck: bool,
    /// Who will read it.
    readers: String,
    /// The document has become another since the draft was begun.
    is_overtaken: bool,
    /// Lines that say a text that BIP does not hold.
    unlinked: Vec<String>,
    /// What becomes another in what is published.
    changes: Vec<Vec<Line>>,
    /// The form that was just saved, by its address; empty for none.
    form: String,
    problem: String,
    date: String,
    time: String,
}

/// Shows a draft; leads to the desk when there is none any more.
pub(super) async fn page(
    app: &App,
    author: &Author,
    begun: Begun,
    (status, problem, decided): (StatusCode, &str, &Decided),
) -> Response {
    let frame = frame(app, &author.visitor);
    let Some(draft) = begun.draft else {
        return Redirect::to(&desk::told("disparu", &begun.document.id)).into_response();
    };
    let is_stuck = draft.is_stuck(app.gate.now());
    let scope = author.visitor.scope.clone();
    let document = draft.document.clone();
    let citations = aside(app, move |bip| visible_citations(bip, &document, &scope)).await;
    let citations = match citations {
        Ok(citations) => citations,
        Err(error) => return failed(frame, error),
    };
    let document = Document {
        updated: draft.document.updated.or(Some(author.visitor.today)),
        ..draft.document
    };
    let unlinked = unlinked(&document, &citations);
    let near = Near {
        citations,
        ..Near::default()
    };
    let page = PreviewPage {
        page_title: cut(&document.title, 44),
        edit: form_page::href(&document.id),
        published: author.address(begun.published.as_ref()),
        seen: Seen {
            base: begun.base,
            revision: draft.seen.revision,
        },
        author: draft.author,
        saved: Moment::of(draft.saved_at),
        is_stuck,
        planned: draft.publish_at.map(Moment::of),
        readers: Known::of(app).readers(&document),
        is_overtaken: draft.seen.base != begun.base,
        unlinked,
        changes: begun
            .published
            .map(|one| changed_for_authors(&one, &document))
            .unwrap_or_default(),
        view: DocumentView::of(document, near, false),
        form: decided.saved.clone(),
        problem: problem.to_owned(),
        date: decided.date.clone(),
        time: decided.time.clone(),
        frame,
    };
    shown(status, &page)
}

/// The lines of a document's texts that lead nowhere.
fn unlinked(document: &Document, shown: &[(Citation, Option<Document>)]) -> Vec<String> {
    let leads = |one: &Citation| {
        let target = |(_, target): &(Citation, Option<Document>)| {
            target.as_ref().map(|target| target.id.clone())
        };
        one.url.is_some() || one.to.is_some() && shown.iter().any(|it| target(it) == one.to)
    };
    let cited = document.references.iter();
    let cited = cited.filter(|one| one.relation == Relation::Cites && !leads(one));
    let lines = cited.map(|one| {
        let address = one.to.as_deref().map(document_href).unwrap_or_default();
        let label = one.label.as_deref().unwrap_or_default();
        format!("{label} {address}").trim().to_owned()
    });
    lines.collect()
}
