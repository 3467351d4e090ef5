//! `/demande`: somebody who may not open a service asks the référents for it.

use crate::entrance::Entrance;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{Posted, Tokened};
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Role;
use serde::Deserialize;
use std::sync::Arc;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    service: String,
    niveau: String,
    message: String,
    jeton: String,
}

impl Tokened for Asked {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage<'a> {
    person: Option<Person>,
    token: String,
    service: &'a Entrance,
    referents: Vec<String>,
    /// Whether the person is the only référent, whom the centre de gestion answers.
    sole: bool,
}

/// The services that the collectivité has, by id.
fn find<'a>(portal: &'a Portal, visitor: &Visitor, id: &str) -> Option<&'a Entrance> {
    let member = visitor.0.member.as_ref()?;
    let entry = portal.directory.find(&member.collectivite)?;
    let entrance = portal.entrance(id)?;
    let opened = entry.collectivite.services.contains(&entrance.id);
    let answered = matches!(member.role, Role::Agent | Role::Referent);
    (opened && answered).then_some(entrance)
}

fn not_found() -> Response {
    page::failure(
        StatusCode::NOT_FOUND,
        "Ce service ne peut pas être demandé",
        "Il n’est pas ouvert à votre collectivité. Vos référents peuvent en parler avec le centre de gestion.",
    )
}

fn is_referent(visitor: &Visitor) -> bool {
    let member = visitor.0.member.as_ref();
    member.is_some_and(|member| member.role == Role::Referent)
}

/// The names of the référents who can answer: nobody answers themself.
fn answerers(portal: &Portal, visitor: &Visitor) -> Vec<String> {
    let member = visitor.0.member.as_ref();
    let entry = member.and_then(|member| portal.directory.find(&member.collectivite));
    entry.map_or_else(Vec::new, |entry| {
        let referents = entry.referents(portal.store.clock().now()).into_iter();
        referents
            .filter(|referent| referent.email != visitor.0.email)
            .map(|referent| referent.name)
            .collect()
    })
}

/// The form.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(service) = find(&portal, &visitor, &asked.service) else {
        return not_found();
    };
    let referents = answerers(&portal, &visitor);
    let sole = referents.is_empty() && is_referent(&visitor);
    match Person::of(&portal, &visitor).await {
        Ok(person) => page::answer(
            StatusCode::OK,
            &RequestPage {
                token: person.token.clone(),
                person: Some(person),
                service,
                referents,
                sole,
            },
        ),
        Err(error) => page::unavailable(&error),
    }
}

/// Sends it.
pub(crate) async fn submit(State(portal): State<Arc<Portal>>, posted: Posted<Asked>) -> Response {
    let Some(visitor) = &posted.visitor else {
        return Redirect::to("/connexion").into_response();
    };
    let asked = &posted.form;
    let (Some(service), Some(member)) = (find(&portal, visitor, &asked.service), &visitor.0.member)
    else {
        return not_found();
    };
    let Some(level) = service.read_level(&asked.niveau) else {
        return page::failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Ce niveau d’accès n’existe pas",
            "Revenez à la page précédente et choisissez ce dont vous avez besoin.",
        );
    };
    let message: String = asked.message.trim().chars().take(500).collect();
    let named = (&service.id, service.name.as_str());
    let sent = portal
        .store
        .request_access(visitor.account(), member, named, level, &message)
        .await;
    match sent {
        Ok(()) => {
            let done = match answerers(&portal, visitor).as_slice() {
                [] if is_referent(visitor) => "demande-au-cdg",
                [] => "demande-gardee",
                _ => "demande",
            };
            Redirect::to(&format!("/?fait={done}")).into_response()
        }
        Err(error) => page::unavailable(&error),
    }
}
