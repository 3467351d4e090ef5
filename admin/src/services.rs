//! `/`: « Mes services », those that are open and, below, those that are not, with the reason and
//! who can help. Decided as the gateway decides: by the same rules, on the same areas.

use crate::access;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::visitor::Visitor;
use accounts::Referent;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use policies::Principal;
use std::sync::Arc;

struct Tile {
    name: String,
    description: String,
    url: String,
    level: &'static str,
}

struct Closed {
    name: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "services.html")]
struct ServicesPage {
    person: Option<Person>,
    opened: Vec<Tile>,
    closed: Vec<Closed>,
    referents: Vec<Referent>,
}

/// Shows them.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let person = match Person::of(&portal, &visitor).await {
        Ok(person) => person,
        Err(error) => return page::unavailable(&error),
    };
    let Ok(principal) = visitor.0.principal() else {
        return page::failure(
            StatusCode::FORBIDDEN,
            "Vos droits ne peuvent pas être lus",
            "Reconnectez-vous.",
        );
    };
    let rulesets = portal.directory.rulesets();
    let situation = visitor.0.situation(portal.store.clock().now());
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    for entrance in &portal.entrances {
        let verdict = rulesets
            .of(&principal)
            .and_then(|ruleset| access::open(ruleset, &principal, entrance, &situation));
        match verdict {
            Ok(opening) => opened.push(Tile {
                name: entrance.name.clone(),
                description: entrance.description.clone(),
                url: format!("{}{}", entrance.origin, entrance.path),
                level: access::level_name(Some(opening.level)),
            }),
            Err(refusal) => {
                closed.push(Closed {
                    name: entrance.name.clone(),
                    reason: refusal.sentence().to_owned(),
                });
            }
        }
    }
    let referents = match &principal {
        Principal::Member(member) => portal.directory.find(&member.collectivite),
        Principal::Anonymous => None,
    };
    let referents = referents
        .map(|entry| entry.referents.clone())
        .unwrap_or_default();
    page::answer(
        StatusCode::OK,
        &ServicesPage {
            person: Some(person),
            opened,
            closed,
            referents,
        },
    )
}
