//! `/compte/mot-de-passe`: another password, with the one in force.

use super::{Done, acting, person, shown};
use crate::fields::FieldErrors;
use crate::login::address;
use crate::page::{self, Person};
use crate::password_link::{DIFFERENT, explain};
use crate::portal::Portal;
use crate::posted::{self, Posted, Tokened};
use crate::visitor::Visitor;
use accounts::{Error, LEAST_ALONE, Password, PasswordError, PasswordProof};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    login: String,
    least: usize,
}

async fn make(
    portal: &Portal,
    visitor: &Visitor,
    errors: FieldErrors,
) -> Result<PasswordPage, Error> {
    Ok(PasswordPage {
        person: person(portal, visitor).await?,
        here: "mot-de-passe",
        token: posted::token(portal, visitor),
        done: "",
        errors,
        login: visitor.0.email.clone(),
        least: LEAST_ALONE,
    })
}

pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let mut page = make(&portal, &visitor, FieldErrors::default()).await;
    if let (Ok(page), "change") = (&mut page, done.fait.as_str()) {
        page.done = "Votre mot de passe est changé. Un message vous le confirme.";
    }
    shown(page, StatusCode::OK)
}

/// What the form posts.
#[derive(Deserialize)]
pub(super) struct Change {
    #[serde(default)]
    actuel: String,
    #[serde(default)]
    mot_de_passe: String,
    #[serde(default)]
    confirmation: String,
    /// There when the other sessions are to end.
    autres: Option<String>,
    #[serde(default)]
    jeton: String,
}

impl Tokened for Change {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

pub(super) async fn submit(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    mut posted: Posted<Change>,
) -> Response {
    let take = std::mem::take::<String>;
    let (current, new, again) = (
        Password::from(take(&mut posted.form.actuel)),
        Password::from(take(&mut posted.form.mot_de_passe)),
        Password::from(take(&mut posted.form.confirmation)),
    );
    let visitor = match acting(&posted) {
        Ok(visitor) => visitor,
        Err(response) => return *response,
    };
    let mut errors = FieldErrors::default();
    if new != again {
        errors.add("confirmation", DIFFERENT);
        let page = make(&portal, visitor, errors).await;
        return shown(page, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let proof = PasswordProof {
        password: &current,
        session: visitor.session(),
        address: address(&headers),
    };
    let account = match portal.store.find_account(&visitor.0.email).await {
        Ok(Some(account)) => account,
        Ok(None) => return Redirect::to("/connexion").into_response(),
        Err(error) => return page::unavailable(&error),
    };
    let end_others = posted.form.autres.is_some();
    let error = match portal
        .store
        .change_password(&account, proof, &new, end_others)
        .await
    {
        Ok(()) => return Redirect::to("/compte/mot-de-passe?fait=change").into_response(),
        Err(error) => error,
    };
    match refuse(&mut errors, error) {
        Ok(status) => shown(make(&portal, visitor, errors).await, status),
        Err(error) => page::unavailable(&error),
    }
}

/// Why it was not changed, and the status that says so.
fn refuse(errors: &mut FieldErrors, error: PasswordError) -> Result<StatusCode, Error> {
    match error {
        PasswordError::Wrong => {
            errors.add(
                "actuel",
                "Ce n’est pas votre mot de passe actuel\u{a0}: vérifiez-le, puis recommencez.",
            );
            Ok(StatusCode::UNPROCESSABLE_ENTITY)
        }
        PasswordError::Wait(seconds) => {
            let minutes = (seconds + 59) / 60;
            errors.add(
                "actuel",
                format!(
                    "Trop d’essais ont échoué\u{a0}: attendez {minutes} min, puis recommencez."
                ),
            );
            Ok(StatusCode::TOO_MANY_REQUESTS)
        }
        error => explain(errors, "mot_de_passe", error),
    }
}
