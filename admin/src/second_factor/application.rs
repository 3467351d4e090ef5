//! `/compte/second-facteur/application`: adding an application that shows one-time codes, on a
//! telephone (by the picture) or on the computer (by the key).

use super::confirm::{self, Confirmation};
use super::picture::Picture;
use super::{Change, done, holder};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted};
use crate::visitor::Visitor;
use accounts::{FactorError, Password};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

const HERE: &str = "/compte/second-facteur/application";
const CODE: &str = "/compte/second-facteur/application/code";

const FORM: Confirmation<'_> = Confirmation {
    title: "Ajouter une application d’authentification",
    paragraphs: &[
        "L’application affiche un code à six chiffres, renouvelé toutes les 30 secondes. Elle peut être sur votre téléphone, professionnel ou personnel, ou sur votre ordinateur (KeePassXC, par exemple) : vous n’avez pas besoin de téléphone.",
        "Toute application compatible avec la norme TOTP convient.",
    ],
    action: HERE,
    button: "Continuer",
    name: Some("Application d’authentification"),
    factor: "",
};

#[derive(Template)]
#[template(path = "factor_application.html")]
struct CodePage<'a> {
    person: Option<Person>,
    token: String,
    error: Option<&'a str>,
    picture: Option<Picture>,
    /// In groups of four.
    key: String,
    uri: &'a str,
}

/// The password first.
pub(super) async fn form(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    confirm::show(&portal, &visitor, FORM, StatusCode::OK, None).await
}

/// Makes a secret.
pub(super) async fn begin(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    posted: Posted<Change>,
) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    let name = confirm::name(&posted.form, "Application d’authentification");
    let password = Password::from(posted.form.mot_de_passe.clone());
    let holder = holder(visitor, &headers);
    match portal.store.begin_totp(holder, &password, name).await {
        Ok(()) => Redirect::to(CODE).into_response(),
        Err(error) => confirm::refuse(&portal, visitor, FORM, error).await,
    }
}

/// The secret, and the field for its first code.
pub(super) async fn show(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    code_page(&portal, &visitor, StatusCode::OK, None).await
}

async fn code_page(
    portal: &Portal,
    visitor: &Visitor,
    status: StatusCode,
    error: Option<&str>,
) -> Response {
    let (login, session) = (&visitor.0.email, visitor.session());
    let (draft, person) = match (
        portal.store.find_totp_draft(session, login).await,
        Person::of(portal, visitor).await,
    ) {
        (Ok(draft), Ok(person)) => (draft, person),
        (Err(error), _) | (_, Err(error)) => return page::unavailable(&error),
    };
    let Some(draft) = draft else {
        return Redirect::to(HERE).into_response();
    };
    let mut key = String::new();
    for (index, letter) in draft.key.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            key.push(' ');
        }
        key.push(letter);
    }
    let page = CodePage {
        person: Some(person),
        token: posted::token(portal, visitor),
        error,
        picture: Picture::of(&draft.uri),
        key,
        uri: &draft.uri,
    };
    page::answer(status, &page)
}

/// Adds the application that shows the right code.
pub(super) async fn confirm(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    posted: Posted<Change>,
) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    let holder = holder(visitor, &headers);
    match portal.store.confirm_totp(holder, &posted.form.code).await {
        Ok(token) => done(&portal, token.as_ref(), "ajout"),
        Err(FactorError::WrongProof) => {
            let text = "Ce code ne correspond pas. Saisissez celui que l’application affiche maintenant ; si cela se répète, vérifiez que l’heure de l’appareil est exacte.";
            code_page(
                &portal,
                visitor,
                StatusCode::UNPROCESSABLE_ENTITY,
                Some(text),
            )
            .await
        }
        Err(error) => confirm::refuse(&portal, visitor, FORM, error).await,
    }
}
