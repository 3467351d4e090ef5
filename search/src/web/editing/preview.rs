//! A draft as its readers will see it, what it changes, and what becomes of it: published now, at a moment, or
//! thrown away.

use super::author::Author;
use super::begun::{Begun, begun};
use super::known::Known;
use super::typed::read_date;
use super::{desk, form_page};
use crate::content::document::Document;
use crate::content::drafts::{Outcome, Seen};
use crate::content::versions::{Fate, Line, changed_lines};
use crate::error::Error;
use crate::paris;
use crate::web::document_page::{DocumentView, Near};
use crate::web::links::visible_citations;
use crate::web::pages::{failed, frame, shown};
use crate::web::templates::Frame;
use crate::web::view::{Moment, cut, document_href};
use crate::web::{App, aside};
use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::civil::{DateTime, Time};
use serde::Deserialize;

const OVERTAKEN: &str = "Ce document ou ce brouillon a changé depuis que vous avez ouvert cette page. Rien n’a été fait\u{a0}: relisez-le tel qu’il est maintenant, puis recommencez.";
const UNSORTED: &str = "Un thème ou la collection de ce brouillon n’est plus dans les listes de BIP, et aucune règle ne pourrait le nommer\u{a0}: choisissez «\u{a0}Modifier\u{a0}», puis un autre.";
/// Nobody plans further ahead, seconds.
const FURTHEST: i64 = 2 * 366 * 86_400;

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
    problem: String,
    date: String,
    time: String,
}

/// What the buttons of the page send: what their author saw, and when.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decided {
    base: i64,
    revision: i64,
    date: String,
    time: String,
    /// The plan is given up.
    cancel: Option<String>,
}

impl Decided {
    fn seen(&self) -> Seen {
        Seen {
            base: self.base,
            revision: self.revision,
        }
    }

    /// The moment that they say, or what is wrong with it.
    fn moment(&self, now: i64) -> Result<i64, &'static str> {
        let said = read_date(&self.date).zip(self.time.trim().parse::<Time>().ok());
        let moment = said.and_then(|(date, time)| paris::moment(DateTime::from_parts(date, time)));
        match moment {
            None => Err("Donnez un jour et une heure qui existent, comme 28/11/2026 et 08:00."),
            Some(moment) if moment <= now => {
                Err("Ce moment est passé\u{a0}: choisissez-en un à venir, ou publiez maintenant.")
            }
            Some(moment) if moment > now + FURTHEST => {
                Err("Choisissez un moment dans les deux ans.")
            }
            Some(moment) => Ok(moment),
        }
    }
}

/// Where a draft is looked at.
pub(super) fn href(id: &str) -> String {
    format!("{}/apercu", form_page::href(id))
}

/// `GET /redaction/documents/{id}/apercu`.
pub(super) async fn preview(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
) -> Response {
    match begun(&app, &author, &id).await {
        Ok(begun) => {
            page(
                &app,
                &author,
                begun,
                (StatusCode::OK, "", &Decided::default()),
            )
            .await
        }
        Err(answer) => answer,
    }
}

/// `POST …/publication`.
pub(super) async fn publish(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    Form(decided): Form<Decided>,
) -> Response {
    let begun = match as_seen(&app, &author, &id, &decided).await {
        Ok(begun) => begun,
        Err(answer) => return answer,
    };
    if is_unsorted(&app, &begun.document) {
        let told = (StatusCode::UNPROCESSABLE_ENTITY, UNSORTED, &decided);
        return page(&app, &author, begun, told).await;
    }
    let (name, now) = (&author.visitor.name, app.gate.now());
    let published = app.library.publish(&id, decided.seen(), name, now).await;
    done(&app, &author, begun, (published, &decided, "publie")).await
}

/// `POST …/programmation`.
pub(super) async fn plan(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    Form(decided): Form<Decided>,
) -> Response {
    let begun = match as_seen(&app, &author, &id, &decided).await {
        Ok(begun) => begun,
        Err(answer) => return answer,
    };
    let (publish_at, what) = match (&decided.cancel, decided.moment(app.gate.now())) {
        (Some(_), _) => (None, "deprogramme"),
        (None, Ok(moment)) => (Some(moment), "programme"),
        (None, Err(problem)) => {
            let told = (StatusCode::UNPROCESSABLE_ENTITY, problem, &decided);
            return page(&app, &author, begun, told).await;
        }
    };
    let (seen, by) = (decided.seen(), author.by());
    let planned = app.library.plan(&id, seen, by, publish_at).await;
    done(&app, &author, begun, (planned, &decided, what)).await
}

/// `POST …/abandon`.
pub(super) async fn abandon(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    Form(decided): Form<Decided>,
) -> Response {
    let begun = match as_seen(&app, &author, &id, &decided).await {
        Ok(begun) => begun,
        Err(answer) => return answer,
    };
    let gone = app.library.abandon_draft(&id, decided.revision).await;
    done(&app, &author, begun, (gone, &decided, "abandonne")).await
}

/// The draft, if it is the one that its author has seen: what they may was decided about that one.
async fn as_seen(
    app: &App,
    author: &Author,
    id: &str,
    decided: &Decided,
) -> Result<Begun, Response> {
    let begun = begun(app, author, id).await?;
    let revision = begun.draft.as_ref().map(|draft| draft.seen.revision);
    if revision == Some(decided.revision) && begun.base == decided.base {
        return Ok(begun);
    }
    let told = (StatusCode::CONFLICT, OVERTAKEN, decided);
    Err(page(app, author, begun, told).await)
}

/// Whether a draft has a theme or a collection that is no more.
fn is_unsorted(app: &App, document: &Document) -> bool {
    let themes = document.themes.iter().map(String::as_str);
    let known = app.gate.classification();
    known
        .unknown(themes, document.collection.as_deref())
        .is_some()
}

/// Says that it is done; shows the draft as it is now to whom somebody else was faster than.
async fn done(
    app: &App,
    author: &Author,
    begun: Begun,
    (outcome, decided, what): (Result<Outcome, Error>, &Decided, &str),
) -> Response {
    match outcome {
        Ok(Outcome::Done) => Redirect::to(&desk::told(what, &begun.document.id)).into_response(),
        Ok(Outcome::Overtaken) => match self::begun(app, author, &begun.document.id).await {
            Ok(begun) => {
                page(
                    app,
                    author,
                    begun,
                    (StatusCode::CONFLICT, OVERTAKEN, decided),
                )
                .await
            }
            Err(answer) => answer,
        },
        Err(error) => failed(frame(app, &author.visitor), error),
    }
}

async fn page(
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
    let unlinked = citations
        .iter()
        .filter(|(citation, target)| target.is_none() && citation.url.is_none());
    let unlinked = unlinked
        .filter_map(|(citation, _)| citation.label.clone())
        .collect();
    let near = Near {
        citations,
        ..Near::default()
    };
    let page = PreviewPage {
        page_title: cut(&document.title, 44),
        edit: form_page::href(&document.id),
        published: begun.published.as_ref().map(|one| document_href(&one.id)),
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
            .map(|one| changed_lines(&one, &document))
            .unwrap_or_default(),
        view: DocumentView::of(document, near, false),
        problem: problem.to_owned(),
        date: decided.date.clone(),
        time: decided.time.clone(),
        frame,
    };
    shown(status, &page)
}
