//! `/adresse/…`: whether mail still reaches a person, by the link of a letter; opening the page confirms
//! nothing, its button does. And `/compte/adresse`: the same for whoever is logged in.

use crate::page::{self, Person, TextPage};
use crate::password_link::secret;
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, Link, LinkState, Purpose};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// These pages.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/adresse/{token}", get(show).post(confirm))
        .route("/compte/adresse", post(confirm_own))
}

#[derive(Template)]
#[template(path = "address.html")]
struct AddressPage {
    person: Option<Person>,
    token: String,
    link: Link,
}

async fn show(State(portal): State<Arc<Portal>>, Path(token): Path<String>) -> Response {
    let found = portal.store.find_link(&token).await;
    secret(match found {
        Ok(Some(link)) if link.purpose == Purpose::Address && link.state == LinkState::Open => {
            let person = None;
            page::answer(
                StatusCode::OK,
                &AddressPage {
                    person,
                    token,
                    link,
                },
            )
        }
        Ok(Some(link)) if link.purpose == Purpose::Address => closed(link.state),
        Ok(_) => unknown(),
        Err(error) => page::unavailable(&error),
    })
}

/// Where it comes from is not asked: only who knows the secret of the address can send it.
async fn confirm(State(portal): State<Arc<Portal>>, Path(token): Path<String>) -> Response {
    secret(match portal.store.confirm_address(&token).await {
        Ok(Ok(())) => page::answer(
            StatusCode::OK,
            &TextPage {
                person: None,
                title: "Merci, votre adresse est confirmée",
                paragraphs: &["Vous n’avez rien d’autre à faire. Vos accès restent les mêmes."],
                exit: page::SERVICES,
            },
        ),
        Ok(Err(state)) => closed(state),
        Err(Error::NotFound { .. }) => unknown(),
        Err(error) => page::unavailable(&error),
    })
}

/// Whoever is logged in says so.
async fn confirm_own(State(portal): State<Arc<Portal>>, posted: Posted<Pairs>) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    match portal.store.confirm_own_address(visitor.account()).await {
        Ok(()) => Redirect::to("/?fait=adresse").into_response(),
        Err(error) => page::unavailable(&error),
    }
}

fn closed(state: LinkState) -> Response {
    if let LinkState::Used(_) = state {
        return page::failure(
            StatusCode::GONE,
            "Votre adresse est déjà confirmée",
            "Vous n’avez rien d’autre à faire. Vos accès restent les mêmes.",
        );
    }
    page::failure(
        StatusCode::GONE,
        "Ce lien ne sert plus",
        "Vos accès restent les mêmes. Connectez-vous\u{a0}: si votre adresse est encore à confirmer, la page «\u{a0}Mes services\u{a0}» vous le propose.",
    )
}

fn unknown() -> Response {
    page::failure(
        StatusCode::NOT_FOUND,
        "Ce lien n’existe pas",
        "L’adresse est peut-être incomplète\u{a0}: ouvrez le lien depuis le message reçu, ou copiez-le en entier.",
    )
}
