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
use policies::Level;
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
}

/// The services that the collectivité has, by id.
fn find<'a>(portal: &'a Portal, visitor: &Visitor, id: &str) -> Option<&'a Entrance> {
    let member = visitor.0.member.as_ref()?;
    let entry = portal.directory.find(&member.collectivite)?;
    let entrance = portal.entrance(id)?;
    let opened = entry.collectivite.services.contains(&entrance.id);
    opened.then_some(entrance)
}

fn not_found() -> Response {
    page::failure(
        StatusCode::NOT_FOUND,
        "Ce service ne peut pas être demandé",
        "Il n’est pas ouvert à votre collectivité. Vos référents peuvent en parler avec le centre de gestion.",
    )
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
    let entry = visitor
        .0
        .member
        .as_ref()
        .and_then(|member| portal.directory.find(&member.collectivite));
    let referents = entry.map_or_else(Vec::new, |entry| {
        let referents = entry.referents(portal.store.clock().now()).into_iter();
        referents.map(|referent| referent.name).collect()
    });
    match Person::of(&portal, &visitor).await {
        Ok(person) => page::answer(
            StatusCode::OK,
            &RequestPage {
                token: person.token.clone(),
                person: Some(person),
                service,
                referents,
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
    let level = service.read_level(&asked.niveau);
    let level = level.unwrap_or(Level::Lecture);
    let message: String = asked.message.trim().chars().take(500).collect();
    let named = (&service.id, service.name.as_str());
    let sent = portal
        .store
        .request_access(visitor.account(), member, named, level, &message)
        .await;
    match sent {
        Ok(()) => {
            let entry = portal.directory.find(&member.collectivite);
            let now = portal.store.clock().now();
            let answered = entry.is_some_and(|entry| !entry.referents(now).is_empty());
            let done = if answered {
                "demande"
            } else {
                "demande-gardee"
            };
            Redirect::to(&format!("/?fait={done}")).into_response()
        }
        Err(error) => page::unavailable(&error),
    }
}
