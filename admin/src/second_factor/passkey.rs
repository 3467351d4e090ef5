//! `/compte/second-facteur/cle`: adding a passkey. Only a script can talk to a device, so these
//! pages have one, of our own and from our own host; without it they say so.

use super::confirm::{self, Confirmation};
use super::{Change, done, holder};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted};
use crate::visitor::Visitor;
use accounts::{FactorError, Password};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

const HERE: &str = "/compte/second-facteur/cle";
const CREATE: &str = "/compte/second-facteur/cle/creation";
const SCRIPT: &str = include_str!("passkey.js");

const FORM: Confirmation<'_> = Confirmation {
    title: "Ajouter une clé d’accès",
    paragraphs: &[
        "Une clé d’accès est enregistrée dans votre ordinateur, votre téléphone ou une clé de sécurité USB. Elle se déverrouille par votre empreinte, votre visage ou un code PIN, qui ne quittent jamais l’appareil. Elle ne fonctionne que sur ce portail : un faux site ne peut pas s’en servir.",
        "Votre navigateur vous guidera à l’étape suivante ; JavaScript doit y être actif.",
    ],
    action: HERE,
    button: "Continuer",
    name: Some("Clé d’accès"),
    factor: "",
};

#[derive(Template)]
#[template(path = "factor_passkey.html")]
struct CreatePage {
    person: Option<Person>,
    token: String,
    /// For `navigator.credentials.create`.
    options: String,
}

/// The script of every page with a passkey.
pub(super) async fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, SCRIPT).into_response()
}

/// Where there can be no passkeys.
fn none() -> Response {
    page::failure(
        StatusCode::NOT_FOUND,
        "Les clés d’accès ne sont pas disponibles",
        "L’adresse de ce portail ne permet pas de les utiliser. Ajoutez plutôt une application d’authentification.",
    )
}

/// The password first.
pub(super) async fn form(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    if portal.party.is_none() {
        return none();
    }
    confirm::show(&portal, &visitor, FORM, StatusCode::OK, None).await
}

/// Prepares what the device is asked.
pub(super) async fn begin(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    posted: Posted<Change>,
) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    let Some(party) = &portal.party else {
        return none();
    };
    let name = confirm::name(&posted.form, "Clé d’accès");
    let password = Password::from(posted.form.mot_de_passe.clone());
    let holder = holder(visitor, &headers);
    let begun = portal
        .store
        .begin_passkey(holder, &password, name, party)
        .await;
    match begun {
        Ok(()) => Redirect::to(CREATE).into_response(),
        Err(error) => confirm::refuse(&portal, visitor, FORM, error).await,
    }
}

/// The page that asks the device.
pub(super) async fn show(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let (options, person) = match (
        portal.store.find_passkey_draft(visitor.session()).await,
        Person::of(&portal, &visitor).await,
    ) {
        (Ok(options), Ok(person)) => (options, person),
        (Err(error), _) | (_, Err(error)) => return page::unavailable(&error),
    };
    let Some(options) = options else {
        return Redirect::to(HERE).into_response();
    };
    let page = CreatePage {
        person: Some(person),
        token: posted::token(&portal, &visitor),
        options,
    };
    page::with_script(&portal, page::answer(StatusCode::OK, &page))
}

/// Adds the passkey that the device made.
pub(super) async fn confirm(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    posted: Posted<Change>,
) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    let Some(party) = &portal.party else {
        return none();
    };
    let holder = holder(visitor, &headers);
    let answer = &posted.form.reponse;
    match portal.store.confirm_passkey(holder, party, answer).await {
        Ok(token) => done(&portal, token.as_ref(), "ajout"),
        Err(FactorError::WrongProof) if answer.is_empty() => page::failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "La clé d’accès n’a pas été créée",
            "Votre navigateur n’a rien transmis : JavaScript doit y être actif. Vous pouvez aussi ajouter une application d’authentification, qui fonctionne sans.",
        ),
        Err(error) => confirm::refuse(&portal, visitor, FORM, error).await,
    }
}
