//! A draft as its readers will see it, what it changes, and what becomes of it: published now, at a moment, or
//! thrown away.

use super::author::Author;
use super::begun::{Begun, begun};
use super::preview_page::page;
use super::typed::read_date;
use super::{desk, form_page};
use crate::content::document::Document;
use crate::content::drafts::{Outcome, Seen};
use crate::error::Error;
use crate::paris;
use crate::web::App;
use crate::web::pages::{failed, frame};
use axum::Extension;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::civil::{DateTime, Time};
use serde::Deserialize;

const OVERTAKEN: &str = "Ce document ou ce brouillon a changé depuis que vous avez ouvert cette page. Rien n’a été fait\u{a0}: relisez-le tel qu’il est maintenant, puis recommencez.";
const UNSORTED: &str = "Un thème ou la collection de ce brouillon n’est plus dans les listes de BIP, et aucune règle ne pourrait le nommer\u{a0}: choisissez «\u{a0}Modifier\u{a0}», puis un autre.";
/// Nobody plans further ahead, seconds.
const FURTHEST: i64 = 2 * 366 * 86_400;

/// What the buttons of the page send: what their author saw, and when.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decided {
    base: i64,
    revision: i64,
    pub(super) date: String,
    pub(super) time: String,
    /// The plan is given up.
    cancel: Option<String>,
    /// The form that was just saved, by its address; empty for none.
    #[serde(skip)]
    pub(super) saved: String,
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

/// Where a draft is looked at that was just saved: as a new `fiche` or `actualite`, or as a `document`.
pub(super) fn saved(id: &str, what: &str) -> String {
    format!("{}?enregistre={what}", href(id))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Saved {
    enregistre: String,
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
    Query(saved): Query<Saved>,
) -> Result<Response, Response> {
    let decided = Decided {
        saved: match saved.enregistre.as_str() {
            "" => String::new(),
            "document" => form_page::href(&id),
            kind => format!("/redaction/nouveau?kind={kind}"),
        },
        ..Decided::default()
    };
    let begun = begun(&app, &author, &id).await?;
    Ok(page(&app, &author, begun, (StatusCode::OK, "", &decided)).await)
}

/// `POST …/publication`.
pub(super) async fn publish(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    Form(decided): Form<Decided>,
) -> Result<Response, Response> {
    let begun = as_seen(&app, &author, &id, &decided).await?;
    if is_unsorted(&app, &begun.document) {
        let told = (StatusCode::UNPROCESSABLE_ENTITY, UNSORTED, &decided);
        return Ok(page(&app, &author, begun, told).await);
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
) -> Result<Response, Response> {
    let begun = as_seen(&app, &author, &id, &decided).await?;
    if decided.cancel.is_none() && is_unsorted(&app, &begun.document) {
        let told = (StatusCode::UNPROCESSABLE_ENTITY, UNSORTED, &decided);
        return Ok(page(&app, &author, begun, told).await);
    }
    let (publish_at, what) = match (&decided.cancel, decided.moment(app.gate.now())) {
        (Some(_), _) => (None, "deprogramme"),
        (None, Ok(moment)) => (Some(moment), "programme"),
        (None, Err(problem)) => {
            let told = (StatusCode::UNPROCESSABLE_ENTITY, problem, &decided);
            return Ok(page(&app, &author, begun, told).await);
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
) -> Result<Response, Response> {
    let begun = as_seen(&app, &author, &id, &decided).await?;
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
) -> Result<Response, Response> {
    let id = &begun.document.id;
    match outcome {
        Ok(Outcome::Done) => Ok(Redirect::to(&desk::told(what, id)).into_response()),
        Ok(Outcome::Overtaken) => {
            let begun = self::begun(app, author, id).await?;
            let told = (StatusCode::CONFLICT, OVERTAKEN, decided);
            Ok(page(app, author, begun, told).await)
        }
        Err(error) => Err(failed(frame(app, &author.visitor), error)),
    }
}
