//! `/oubli`: asking for another password. The answer is the same for every address, and comes before
//! the letter is written: neither says whether there is an account.

use crate::fields::{self, FieldErrors};
use crate::login::address;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{Posted, Tokened};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

/// This page.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    Router::new().route("/oubli", get(show).post(submit))
}

#[derive(Template)]
#[template(path = "forgotten.html")]
struct ForgottenPage {
    person: Option<Person>,
    errors: FieldErrors,
    login: String,
    sent: bool,
}

fn answer(status: StatusCode, errors: FieldErrors, login: String, sent: bool) -> Response {
    let page = ForgottenPage {
        person: None,
        errors,
        login,
        sent,
    };
    page::answer(status, &page)
}

async fn show() -> Response {
    answer(StatusCode::OK, FieldErrors::default(), String::new(), false)
}

/// What the form posts.
#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    identifiant: String,
}

impl Tokened for Request {
    /// Whoever asks has no session to act for.
    fn token(&self) -> Option<&str> {
        None
    }
}

async fn submit(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    posted: Posted<Request>,
) -> Response {
    let typed = posted.form.identifiant;
    let Ok(login) = fields::address(&typed) else {
        let mut errors = FieldErrors::default();
        let text =
            "Saisissez votre adresse électronique professionnelle, au format nom@domaine.fr.";
        errors.add("identifiant", text);
        return answer(StatusCode::UNPROCESSABLE_ENTITY, errors, typed, false);
    };
    match portal
        .store
        .note_reset_request(&login, address(&headers))
        .await
    {
        Ok(false) => {}
        Ok(true) => {
            let (store, login) = (portal.store.clone(), login.clone());
            tokio::spawn(async move {
                if let Err(error) = store.post_password_reset(&login).await {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "Could not write a letter for a forgotten password");
                }
            });
        }
        Err(error) => return page::unavailable(&error),
    }
    answer(StatusCode::OK, FieldErrors::default(), login, true)
}
