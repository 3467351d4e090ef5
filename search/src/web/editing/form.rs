//! The form of a document: a new one, a draft, or what is published and is to be revised. Saving makes a draft;
//! what is published stays as it is.

use super::author::Author;
use super::begun::{Begun, begun, fresh, is_written, save_new};
use super::fields::Fields;
use super::form_page::{Filled, form};
use super::history::former;
use super::known::Known;
use super::preview;
use super::references::{cite, lines};
use crate::content::document::Document;
use crate::content::drafts::{Outcome, Seen};
use crate::content::versions::changed_for_authors;
use crate::error::Error;
use crate::web::pages::{failed, frame, not_found};
use crate::web::{App, aside};
use axum::Extension;
use axum::extract::{Path, Query, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Nature;
use serde::Deserialize;

const UNSAVED: &str = "Le brouillon n’a pas pu être enregistré\u{a0}: la difficulté est passagère, et votre texte est toujours ci-dessous. Enregistrez-le de nouveau dans un instant.";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    kind: String,
}

impl Wanted {
    /// A document of the wanted kind, if it is one that is written here.
    fn fresh(&self, author: &Author) -> Option<Document> {
        let kind = match self.kind.as_str() {
            "" => Nature::Fiche,
            kind => Nature::parse(kind)?,
        };
        Some(fresh(author, kind)).filter(is_written)
    }
}

/// `GET /redaction/nouveau?kind=fiche`.
pub(super) async fn blank(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let Some(document) = wanted.fresh(&author) else {
        return not_found(frame(&app, &author.visitor));
    };
    let fields = Fields::of(&document, Seen::default(), String::new(), &Known::of(&app));
    form(&app, &author, &document, Filled::with(fields))
}

/// `POST /redaction/nouveau?kind=fiche`.
pub(super) async fn create(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Query(wanted): Query<Wanted>,
    RawForm(sent): RawForm,
) -> Result<Response, Response> {
    let sent = wanted.fresh(&author).zip(read(&sent));
    let (before, fields) = sent.ok_or_else(|| not_found(frame(&app, &author.visitor)))?;
    let document = match fields.read(&before, &Known::of(&app)) {
        Ok(document) => document,
        Err(faults) => return Ok(form(&app, &author, &before, Filled::wrong(fields, faults))),
    };
    author.check(&app, [&document])?;
    let saved = async {
        let document = cited(&app, &author, document, &fields).await?;
        save_new(&app, &author, document).await
    };
    Ok(match saved.await {
        Ok(id) => Redirect::to(&preview::saved(&id, before.kind.as_str())).into_response(),
        Err(error) => unsaved(&app, &author, &before, (fields, error)),
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Resumed {
    /// The write that had brought a former version, to be written on again.
    version: Option<String>,
}

/// `GET /redaction/documents/{id}`, or of a former version of it with `?version=`.
pub(super) async fn open(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    Query(resumed): Query<Resumed>,
) -> Result<Response, Response> {
    let begun = begun(&app, &author, &id).await?;
    let notice = before_writing(&begun, resumed.version.is_some());
    let document = match resumed.version {
        None => begun.document,
        Some(change) => former(&app, &author, (&id, &change)).await?.document,
    };
    let (scope, written) = (author.visitor.scope.clone(), document.clone());
    let lines = aside(&app, move |bip| lines(bip, &written, &scope)).await;
    let lines = lines.map_err(|error| failed(frame(&app, &author.visitor), error))?;
    let mut fields = Fields::of(&document, begun.seen, lines, &Known::of(&app));
    // A draft that is to be dated anew may keep its date after all.
    if let (None, Some(day)) = (document.updated, begun.dated) {
        fields.updated = day.to_string();
    }
    let filled = Filled {
        notice,
        ..Filled::with(fields)
    };
    Ok(form(&app, &author, &document, filled))
}

/// What an author should know before they write on.
fn before_writing(begun: &Begun, is_former: bool) -> String {
    let mut notice = String::new();
    if is_former {
        notice.push_str(
            "Vous reprenez une version antérieure. Rien ne change tant que vous n’enregistrez pas.",
        );
        if begun.draft.is_some() {
            notice.push_str(" Un brouillon existe\u{a0}: enregistrer le remplace.");
        }
    }
    let draft = begun.draft.as_ref();
    if draft.is_some_and(|draft| draft.publish_at.is_some()) {
        notice.push_str(" La publication du brouillon est programmée. L’enregistrer annule la programmation\u{a0}: vous la confirmerez ensuite.");
    }
    notice.trim_start().to_owned()
}

/// `POST /redaction/documents/{id}`.
pub(super) async fn save(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    RawForm(sent): RawForm,
) -> Result<Response, Response> {
    let begun = begun(&app, &author, &id).await?;
    let fields = read(&sent).ok_or_else(|| not_found(frame(&app, &author.visitor)))?;
    let before = &begun.document;
    let document = match fields.read(before, &Known::of(&app)) {
        Ok(document) => document,
        Err(faults) => return Ok(form(&app, &author, before, Filled::wrong(fields, faults))),
    };
    author.check(&app, [&document])?;
    let mine = document.clone();
    let saved = async {
        if fields.seen() != begun.seen {
            return Ok(Outcome::Overtaken);
        }
        let document = cited(&app, &author, document, &fields).await?;
        let (by, now) = (author.by(), app.gate.now());
        app.library
            .save_draft(&document, fields.seen(), by, now)
            .await
    };
    match saved.await {
        Ok(Outcome::Done) => Ok(Redirect::to(&preview::saved(&id, "document")).into_response()),
        Ok(Outcome::Overtaken) => overtaken(&app, &author, &id, (fields, &mine)).await,
        Err(error) => Ok(unsaved(&app, &author, before, (fields, error))),
    }
}

/// Shows what an author typed whose draft somebody else saved, published or threw away meanwhile, to be saved
/// knowingly.
async fn overtaken(
    app: &App,
    author: &Author,
    id: &str,
    (mut fields, mine): (Fields, &Document),
) -> Result<Response, Response> {
    let begun = begun(app, author, id).await?;
    let whom = match &begun.draft {
        Some(draft) => format!("{} a enregistré ce brouillon", draft.author),
        None => "Ce document a changé".to_owned(),
    };
    (fields.base, fields.revision) = (begun.seen.base, begun.seen.revision);
    let notice = format!(
        "{whom} pendant que vous écriviez. Votre texte est ci-dessous, il n’est pas encore enregistré\u{a0}: l’enregistrer de nouveau remplacera l’autre, comme le montre la comparaison. Pour garder l’autre, choisissez «\u{a0}Annuler\u{a0}»."
    );
    let filled = Filled {
        notice,
        changes: changed_for_authors(&begun.document, mine),
        status: StatusCode::CONFLICT,
        ..Filled::with(fields)
    };
    Ok(form(app, author, &begun.document, filled))
}

/// Shows what an author typed and what the store did not take.
fn unsaved(
    app: &App,
    author: &Author,
    before: &Document,
    (fields, error): (Fields, Error),
) -> Response {
    tracing::error!(%error, "A draft was not saved");
    let filled = Filled {
        notice: UNSAVED.to_owned(),
        status: StatusCode::SERVICE_UNAVAILABLE,
        ..Filled::with(fields)
    };
    form(app, author, before, filled)
}

fn read(sent: &[u8]) -> Option<Fields> {
    serde_html_form::from_bytes(sent).ok()
}

/// A document with the texts that its author wrote, as links.
async fn cited(
    app: &App,
    author: &Author,
    mut document: Document,
    fields: &Fields,
) -> Result<Document, Error> {
    let (scope, written) = (author.visitor.scope.clone(), fields.references.clone());
    aside(app, move |bip| {
        cite(bip, &mut document, &written, &scope)?;
        Ok(document)
    })
    .await
}
