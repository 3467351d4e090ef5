//! `/rattachements`: somebody who works for several collectivités chooses for which one now.

use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted, Tokened};
use crate::visitor::Visitor;
use accounts::Error;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::MembershipId;
use serde::Deserialize;
use std::sync::Arc;

struct Choice {
    id: String,
    collectivite: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "memberships.html")]
struct MembershipsPage {
    person: Option<Person>,
    memberships: Vec<Choice>,
    token: String,
}

/// One's own memberships.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let (person, memberships) = match (
        Person::of(&portal, &visitor).await,
        portal.store.list_memberships(visitor.account()).await,
    ) {
        (Ok(person), Ok(memberships)) => (person, memberships),
        (Err(error), _) | (_, Err(error)) => return page::unavailable(&error),
    };
    let current = visitor.0.member.as_ref().map(|member| member.id.clone());
    let memberships = memberships
        .into_iter()
        .map(|membership| Choice {
            current: current.as_ref() == Some(&membership.id),
            id: membership.id.to_string(),
            collectivite: membership.collectivite_name,
        })
        .collect();
    let token = posted::token(&portal, &visitor);
    page::answer(
        StatusCode::OK,
        &MembershipsPage {
            person: Some(person),
            memberships,
            token,
        },
    )
}

/// What a choice posts.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    rattachement: String,
    #[serde(default)]
    jeton: String,
}

impl Tokened for Chosen {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

/// Lets the session stand for another membership of the same person.
pub(crate) async fn submit(State(portal): State<Arc<Portal>>, posted: Posted<Chosen>) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    let membership = MembershipId::from(posted.form.rattachement);
    match portal
        .store
        .switch_membership(visitor.session(), &membership, visitor.account())
        .await
    {
        Ok(()) => Redirect::to("/").into_response(),
        Err(Error::NotFound { .. }) => page::failure(
            StatusCode::NOT_FOUND,
            "Ce rattachement n’existe pas",
            "Revenez à « Mes services » et choisissez l’une de vos collectivités.",
        ),
        Err(error) => page::unavailable(&error),
    }
}
