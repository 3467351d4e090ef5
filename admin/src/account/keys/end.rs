//! `/compte/cles/revocation`: the end of a key.

use super::{ADDRESS, Shown, shown};
use crate::account;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted, Tokened};
use crate::referent::failed;
use crate::visitor::Visitor;
use accounts::Error;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "account/key_end.html")]
struct EndPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    key: Shown,
}

/// Which key.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    cle: String,
    jeton: String,
}

impl Tokened for Which {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

/// Asks whether it is meant.
pub(crate) async fn confirm(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(which): Query<Which>,
) -> Response {
    let read = async {
        let keys = portal.store.list_api_keys(visitor.account());
        let key = keys.await?.into_iter().find(|key| key.id == which.cle);
        let key = key.ok_or_else(|| Error::NotFound {
            what: "key",
            id: which.cle.clone(),
        })?;
        Ok(EndPage {
            token: posted::token(&portal, &visitor),
            person: account::person(&portal, &visitor).await?,
            here: "cles",
            key: shown(key),
        })
    };
    match read.await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => gone(&error),
    }
}

/// Ends one.
pub(crate) async fn revoke(State(portal): State<Arc<Portal>>, posted: Posted<Which>) -> Response {
    let visitor = match account::acting(&posted) {
        Ok(visitor) => visitor,
        Err(response) => return *response,
    };
    let (account, key) = (visitor.account(), &posted.form.cle);
    match portal.store.revoke_api_key(account, key).await {
        Ok(()) => Redirect::to(&format!("{ADDRESS}?fait=revocation")).into_response(),
        Err(error) => gone(&error),
    }
}

fn gone(error: &Error) -> Response {
    match error {
        Error::NotFound { .. } => page::failure(
            StatusCode::NOT_FOUND,
            "Cette clé n’existe plus",
            "Elle a expiré, ou elle a déjà été révoquée. Revenez à la liste de vos clés.",
        ),
        error => failed(error),
    }
}
