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
    /// Collectivités that ask to attach the person: id and name.
    proposals: Vec<(String, String)>,
    token: String,
}

/// One's own memberships.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let read = async {
        let memberships = portal.store.list_memberships(visitor.account()).await?;
        let proposals = portal.store.list_proposals(visitor.account()).await?;
        Ok::<_, Error>((Person::of(&portal, &visitor).await?, memberships, proposals))
    };
    let (person, memberships, proposals) = match read.await {
        Ok(read) => read,
        Err(error) => return page::unavailable(&error),
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
            proposals: proposals
                .into_iter()
                .map(|(id, name)| (id.to_string(), name))
                .collect(),
            token,
        },
    )
}

/// What a choice posts.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    rattachement: String,
    /// `oui` or `non` to a collectivité that asks; nothing to change to one's own.
    #[serde(default)]
    accepter: String,
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
    let (store, account) = (&portal.store, visitor.account());
    let done = match posted.form.accepter.as_str() {
        "" => {
            let switched = store.switch_membership(visitor.session(), &membership, account);
            switched.await.map(|()| "/")
        }
        answer => {
            let answered = store.answer_proposal(account, &membership, answer == "oui");
            answered.await.map(|()| "/rattachements")
        }
    };
    match done {
        Ok(address) => Redirect::to(address).into_response(),
        Err(Error::NotFound { .. }) => page::failure(
            StatusCode::NOT_FOUND,
            "Ce rattachement n’existe pas",
            "Revenez à «\u{a0}Mes services\u{a0}» et choisissez l’une de vos collectivités.",
        ),
        Err(error) => page::unavailable(&error),
    }
}
