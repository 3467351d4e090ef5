//! `/compte`: name and login, and the correction of one's own name.

use super::{Done, acting, person, shown};
use crate::fields::{self, FieldErrors};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted, Tokened};
use crate::visitor::Visitor;
use accounts::Error;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "account/profile.html")]
struct ProfilePage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    login: String,
    given_name: String,
    family_name: String,
}

async fn make(portal: &Portal, visitor: &Visitor) -> Result<ProfilePage, Error> {
    let account = portal.store.find_account(&visitor.0.email).await?;
    let account = account.ok_or_else(|| Error::NotFound {
        what: "account",
        id: visitor.account().to_owned(),
    })?;
    Ok(ProfilePage {
        person: person(portal, visitor).await?,
        here: "profil",
        token: posted::token(portal, visitor),
        done: "",
        errors: FieldErrors::default(),
        login: account.login,
        given_name: account.given_name,
        family_name: account.family_name,
    })
}

pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let mut page = make(&portal, &visitor).await;
    if let (Ok(page), "nom") = (&mut page, done.fait.as_str()) {
        page.done = "Votre nom est corrigé.";
    }
    shown(page, StatusCode::OK)
}

/// What the form posts.
#[derive(Deserialize)]
pub(super) struct Names {
    #[serde(default)]
    prenom: String,
    #[serde(default)]
    nom: String,
    #[serde(default)]
    jeton: String,
}

impl Tokened for Names {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

pub(super) async fn submit(State(portal): State<Arc<Portal>>, posted: Posted<Names>) -> Response {
    let visitor = match acting(&posted) {
        Ok(visitor) => visitor,
        Err(response) => return *response,
    };
    let mut errors = FieldErrors::default();
    let given = errors.read("prenom", fields::name(&posted.form.prenom, "votre prénom"));
    let family = errors.read("nom", fields::name(&posted.form.nom, "votre nom"));
    let (Some(given), Some(family)) = (given, family) else {
        let mut page = make(&portal, visitor).await;
        if let Ok(page) = &mut page {
            page.given_name.clone_from(&posted.form.prenom);
            page.family_name.clone_from(&posted.form.nom);
            page.errors = errors;
        }
        return shown(page, StatusCode::UNPROCESSABLE_ENTITY);
    };
    match portal
        .store
        .correct_own_name(visitor.account(), &given, &family)
        .await
    {
        Ok(()) => Redirect::to("/compte?fait=nom").into_response(),
        Err(error) => page::unavailable(&error),
    }
}
