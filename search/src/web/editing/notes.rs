//! The notes of the CIG on a text or a decision: a new one, another text of one, one taken away.

use super::author::Author;
use super::faults::Faults;
use super::typed::{length, one_line, tidied};
use crate::content::document::Document;
use crate::content::drafts::Outcome;
use crate::content::notes::{Note, holds, is_annotated};
use crate::web::note_view::NoteView;
use crate::web::pages::{failed, frame, not_found, shown};
use crate::web::templates::Frame;
use crate::web::view::{cut, document_href};
use crate::web::{App, aside};
use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

const LONGEST_PASSAGE: usize = 2_000;
const LONGEST_BODY: usize = 10_000;
const UNSAVED: &str = "La difficulté est passagère, et votre note est toujours ci-dessous\u{a0}: publiez-la de nouveau dans un instant.";
const OVERTAKEN: &str = "Cette note a été changée ou retirée depuis que vous avez ouvert la page. Rien n’a été fait\u{a0}: relisez les notes ci-dessous, puis recommencez.";

#[derive(Template)]
#[template(path = "editing/notes.html")]
struct NotesPage {
    frame: Frame,
    page_title: String,
    title: String,
    href: String,
    action: String,
    notes: Vec<(NoteView, Note)>,
    /// What is being written: of the note with this number, a new one with 0.
    written: Written,
    faults: Faults,
    problem: &'static str,
}

/// As a browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    number: i64,
    revision: i64,
    passage: String,
    body: String,
    /// The note is taken away.
    remove: Option<String>,
}

impl Written {
    fn faults(&self, document: &Document) -> Faults {
        let mut faults = Faults::default();
        if self.body.trim().is_empty() {
            faults.add("body", "Écrivez la note.");
        } else if length(&self.body) > LONGEST_BODY {
            faults.add(
                "body",
                format!("Raccourcissez la note à {LONGEST_BODY} signes."),
            );
        }
        if length(&self.passage) > LONGEST_PASSAGE {
            faults.add(
                "passage",
                format!("Raccourcissez le passage à {LONGEST_PASSAGE} signes."),
            );
        } else if !holds(&document.plain_body(), self.passage.trim()) {
            faults.add("passage", "Ce passage n’est pas dans le texte\u{a0}: copiez-le de la page du document, ou laissez le champ vide pour annoter tout le texte.");
        }
        faults
    }

    fn note(&self, author: &Author, now: i64) -> Note {
        Note {
            number: self.number,
            passage: one_line(&tidied(&self.passage)),
            body: tidied(&self.body),
            author: author.visitor.name.clone(),
            written_at: now,
            revision: self.revision,
        }
    }
}

/// Where the notes of a document are written.
pub(in crate::web) fn href(id: &str) -> String {
    format!("/redaction/notes{}", document_href(id))
}

/// `GET /redaction/notes/documents/{id}`.
pub(super) async fn notes(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let document = annotated(&app, &author, id).await?;
    let told = (StatusCode::OK, Written::default(), Faults::default(), "");
    Ok(page(&app, &author, &document, told).await)
}

/// `POST /redaction/notes/documents/{id}`.
pub(super) async fn write(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    Form(written): Form<Written>,
) -> Result<Response, Response> {
    let document = annotated(&app, &author, id).await?;
    if written.remove.is_none() {
        let faults = written.faults(&document);
        if !faults.0.is_empty() {
            let told = (StatusCode::UNPROCESSABLE_ENTITY, written, faults, "");
            return Ok(page(&app, &author, &document, told).await);
        }
    }
    let (library, id) = (&app.library, &document.id);
    let note = written.note(&author, app.gate.now());
    let done = match (&written.remove, written.number) {
        (Some(_), number) => library.remove_note(id, (number, written.revision)).await,
        (None, 0) => library.add_note(id, &note).await,
        (None, _) => library.revise_note(id, &note).await,
    };
    let told = match done {
        Ok(Outcome::Done) => return Ok(Redirect::to(&document_href(id)).into_response()),
        Ok(Outcome::Overtaken) => {
            // What was typed becomes a new note, to be sent knowingly.
            let written = Written {
                number: 0,
                remove: None,
                ..written
            };
            (StatusCode::CONFLICT, written, Faults::default(), OVERTAKEN)
        }
        Err(error) => {
            tracing::error!(%error, "A note was not saved");
            let passing = StatusCode::SERVICE_UNAVAILABLE;
            (passing, written, Faults::default(), UNSAVED)
        }
    };
    Ok(page(&app, &author, &document, told).await)
}

/// A text or decision that the author may read and write about.
async fn annotated(app: &App, author: &Author, id: String) -> Result<Document, Response> {
    let scope = author.visitor.scope.clone();
    let frame = || frame(app, &author.visitor);
    let found = aside(app, move |bip| bip.find_document(&id, &scope)).await;
    let found = found.map_err(|error| failed(frame(), error))?;
    let document = found
        .filter(is_annotated)
        .ok_or_else(|| not_found(frame()))?;
    author.check(app, [&document])?;
    Ok(document)
}

async fn page(
    app: &App,
    author: &Author,
    document: &Document,
    (status, written, faults, problem): (StatusCode, Written, Faults, &'static str),
) -> Response {
    let frame = frame(app, &author.visitor);
    let notes = match app.library.notes(&document.id).await {
        Ok(notes) => notes,
        Err(error) => return failed(frame, error),
    };
    let page = NotesPage {
        page_title: cut(&document.title, 44),
        title: document.title.clone(),
        href: document_href(&document.id),
        action: href(&document.id),
        notes: notes
            .into_iter()
            .map(|note| (NoteView::of(&note, document), note))
            .collect(),
        written,
        faults,
        problem,
        frame,
    };
    shown(status, &page)
}
