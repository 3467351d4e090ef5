//! `/`: « Mes services », those that are open and, below, those that are not, with the reason and
//! who can help. Decided as the gateway decides: by the same rules, on the same areas.

use crate::access;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::visitor::Visitor;
use accounts::Referent;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use policies::{Principal, Role, ServiceId, Situation};
use serde::Deserialize;
use std::sync::Arc;

struct Tile {
    name: String,
    description: String,
    url: String,
    level: String,
}

struct Closed {
    id: String,
    name: String,
    reason: String,
    /// Whether the référents can be asked for it, and whether they were.
    askable: bool,
    asked: bool,
}

#[derive(Template)]
#[template(path = "services.html")]
struct ServicesPage {
    person: Option<Person>,
    done: &'static str,
    opened: Vec<Tile>,
    closed: Vec<Closed>,
    referents: Vec<Referent>,
    /// Whether the person works for the CIG or a centre de gestion, which has no référents.
    overseer: bool,
    token: String,
    /// The address to confirm, if it is to be.
    unconfirmed: Option<String>,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// Shows them.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
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
    let member = visitor.0.member.as_deref();
    let entry = member.and_then(|member| portal.directory.find(&member.collectivite));
    let requested = match member {
        Some(member) => portal.store.list_requested(&member.id).await,
        None => Ok(Vec::new()),
    };
    let unconfirmed = portal.store.unconfirmed_since(visitor.account()).await;
    let (requested, unconfirmed) = match (requested, unconfirmed) {
        (Ok(requested), Ok(unconfirmed)) => (requested, unconfirmed),
        (Err(error), _) | (_, Err(error)) => return page::unavailable(&error),
    };
    let offered = entry
        .as_ref()
        .map_or(&[][..], |entry| &entry.collectivite.services);
    let now = portal.store.clock().now();
    let situation = visitor.0.situation(now);
    let (opened, closed) = sort(&portal, &principal, &situation, offered, &requested);
    let referents = entry.map_or_else(Vec::new, |entry| entry.referents(now));
    page::answer(
        StatusCode::OK,
        &ServicesPage {
            token: person.token.clone(),
            person: Some(person),
            done: said(&done.fait),
            unconfirmed: unconfirmed.map(|_| visitor.0.email.clone()),
            opened,
            closed,
            referents,
            overseer: member.is_some_and(|member| {
                matches!(member.role, Role::Correspondant | Role::Partenaire)
            }),
        },
    )
}

fn said(done: &str) -> &'static str {
    match done {
        "demande" => {
            "Votre demande est envoyée à vos référents. La réponse vous arrivera par courriel."
        }
        "demande-au-cdg" => {
            "Votre demande est envoyée à votre centre de gestion, car personne ne répond à sa propre demande. La réponse vous arrivera par courriel."
        }
        "demande-gardee" => {
            "Votre demande est gardée\u{a0}: votre collectivité n’a pas encore de référent pour y répondre. Prévenez le correspondant CIG de votre centre de gestion."
        }
        "adresse" => "Merci, votre adresse est confirmée.",
        _ => "",
    }
}

/// What is open, and what is not.
fn sort(
    portal: &Portal,
    principal: &Principal,
    situation: &Situation,
    offered: &[ServiceId],
    requested: &[ServiceId],
) -> (Vec<Tile>, Vec<Closed>) {
    let rulesets = portal.directory.rulesets();
    // The CIG's and the centres de gestion's own people have no référents who could answer.
    let answered = match principal {
        Principal::Member(member) => matches!(member.role, Role::Agent | Role::Referent),
        Principal::Anonymous => false,
    };
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    for entrance in &portal.entrances {
        let verdict = rulesets
            .of(principal)
            .and_then(|ruleset| access::open(ruleset, principal, entrance, situation));
        match verdict {
            Ok(opening) => opened.push(Tile {
                name: entrance.name.clone(),
                description: entrance.description.clone(),
                url: format!("{}{}", entrance.origin, entrance.path),
                level: opening.name(),
            }),
            Err(refusal) => closed.push(Closed {
                id: entrance.id.to_string(),
                name: entrance.name.clone(),
                reason: refusal.sentence().to_owned(),
                askable: refusal.is_want_of_right() && offered.contains(&entrance.id) && answered,
                asked: requested.contains(&entrance.id),
            }),
        }
    }
    (opened, closed)
}
