//! `/compte/second-facteur/retrait`: removing a factor, after a page that names it.

use super::confirm::{self, Confirmation};
use super::{Change, done, holder};
use crate::page;
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::Visitor;
use accounts::{Error, Factor, Password};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Which one, as the address says it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Named {
    facteur: String,
}

/// One of the visitor's own factors, whether it is the last one, and whether one is required.
struct Chosen {
    factor: Factor,
    last: bool,
    required: bool,
}

async fn find(portal: &Portal, visitor: &Visitor, id: &str) -> Result<Option<Chosen>, Error> {
    let factors = portal.store.list_factors(visitor.account()).await?;
    let memberships = portal.store.list_memberships(visitor.account()).await?;
    let roles = memberships.iter().map(|membership| membership.role);
    let (last, required) = (factors.len() == 1, portal.required.concerns(roles));
    let factor = factors.into_iter().find(|factor| factor.id == id);
    Ok(factor.map(|factor| Chosen {
        factor,
        last,
        required,
    }))
}

fn confirmation<'a>(factor: &'a Factor, paragraphs: &'a [&'a str]) -> Confirmation<'a> {
    Confirmation {
        title: "Retirer un second facteur",
        paragraphs,
        action: "/compte/second-facteur/retrait",
        button: "Retirer ce second facteur",
        name: None,
        factor: &factor.id,
    }
}

fn consequence(chosen: &Chosen) -> &'static str {
    match (chosen.last, chosen.required) {
        (true, true) => {
            "C’est le dernier, et votre fonction en exige un : ajoutez-en un autre avant de le retirer."
        }
        (true, false) => {
            "C’est le dernier : vos codes de secours disparaîtront avec lui, et votre compte ne sera plus protégé que par votre mot de passe."
        }
        (false, _) => "Il ne pourra plus servir à vous connecter.",
    }
}

/// Names it, and asks for the password.
pub(super) async fn form(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(named): Query<Named>,
) -> Response {
    let chosen = match find(&portal, &visitor, &named.facteur).await {
        Ok(Some(chosen)) => chosen,
        Ok(None) => return confirm::unknown(),
        Err(error) => return page::unavailable(&error),
    };
    let name = format!("Vous allez retirer « {}\u{a0}».", chosen.factor.name);
    let paragraphs = [name.as_str(), consequence(&chosen)];
    let form = confirmation(&chosen.factor, &paragraphs);
    confirm::show(&portal, &visitor, form, StatusCode::OK, None).await
}

/// Removes it.
pub(super) async fn submit(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    posted: Posted<Change>,
) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    let chosen = match find(&portal, visitor, &posted.form.facteur).await {
        Ok(Some(chosen)) => chosen,
        Ok(None) => return confirm::unknown(),
        Err(error) => return page::unavailable(&error),
    };
    let password = Password::from(posted.form.mot_de_passe.clone());
    let holder = holder(visitor, &headers);
    let (id, required) = (&chosen.factor.id, chosen.required);
    let removed = portal
        .store
        .remove_factor(holder, &password, id, required)
        .await;
    match removed {
        Ok(()) => done(&portal, None, "retrait"),
        Err(error) => {
            let name = format!("Vous allez retirer « {}\u{a0}».", chosen.factor.name);
            let paragraphs = [name.as_str(), consequence(&chosen)];
            let form = confirmation(&chosen.factor, &paragraphs);
            confirm::refuse(&portal, visitor, form, error).await
        }
    }
}
