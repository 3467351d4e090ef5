//! What people seek in BIP and do not find: what to write next, or which synonym is missing.

use super::author::Author;
use crate::content::unanswered::Unanswered;
use crate::web::App;
use crate::web::address::Address;
use crate::web::pages::{failed, frame, shown};
use crate::web::templates::Frame;
use crate::web::view::Day;
use askama::Template;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

/// Where it is.
const HREF: &str = "/redaction/recherches";
/// Questions of the page.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "editing/unanswered.html")]
struct UnansweredPage {
    frame: Frame,
    questions: Vec<(Unanswered, Day, String)>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Settled {
    question: String,
}

/// `GET /redaction/recherches`.
pub(super) async fn list(State(app): State<App>, Extension(author): Extension<Author>) -> Response {
    let frame = frame(&app, &author.visitor);
    let questions = match app.library.list_unanswered(MOST, app.gate.now()).await {
        Ok(questions) => questions,
        Err(error) => return failed(frame, error),
    };
    let questions = questions.into_iter().map(|one| {
        let asked = Address {
            q: one.typed.clone(),
            page: 1,
            ..Address::default()
        };
        (one.clone(), Day::of(one.last_at), asked.href())
    });
    let page = UnansweredPage {
        questions: questions.collect(),
        frame,
    };
    shown(StatusCode::OK, &page)
}

/// `POST /redaction/recherches`: a question is dealt with.
pub(super) async fn settle(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Form(settled): Form<Settled>,
) -> Response {
    match app.library.settle_unanswered(&settled.question).await {
        Ok(()) => Redirect::to(HREF).into_response(),
        Err(error) => failed(frame(&app, &author.visitor), error),
    }
}
