//! `/compte/second-facteur/codes`: ten recovery codes, shown once, for print.

use super::confirm::{self, Confirmation};
use super::list::on_day;
use super::{Change, holder};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::Visitor;
use accounts::Password;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

const FORM: Confirmation<'_> = Confirmation {
    title: "Créer des codes de secours",
    paragraphs: &[
        "Dix codes, à imprimer et à garder sous clé : chacun vous connecte une fois, le jour où votre second facteur est perdu ou en panne.",
        "Ils remplacent tous ceux que vous avez déjà, et ne sont affichés qu’une fois.",
    ],
    action: "/compte/second-facteur/codes",
    button: "Créer et afficher les codes",
    name: None,
    factor: "",
};

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct CodesPage {
    person: Option<Person>,
    codes: Vec<String>,
    host: String,
    day: String,
}

/// The password first.
pub(super) async fn form(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    confirm::show(&portal, &visitor, FORM, StatusCode::OK, None).await
}

/// Makes them and shows them; the page is kept nowhere.
pub(super) async fn renew(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    posted: Posted<Change>,
) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    let person = match Person::of(&portal, visitor).await {
        Ok(person) => person,
        Err(error) => return page::unavailable(&error),
    };
    let password = Password::from(posted.form.mot_de_passe.clone());
    let holder = holder(visitor, &headers);
    match portal.store.renew_recovery_codes(holder, &password).await {
        Ok(codes) => {
            let page = CodesPage {
                person: Some(person),
                codes,
                host: portal.own.host.clone(),
                day: on_day(portal.store.clock().now()),
            };
            page::answer(StatusCode::OK, &page)
        }
        Err(error) => confirm::refuse(&portal, visitor, FORM, error).await,
    }
}
