//! `/compte/appareils`: the open sessions, and ending them.

use super::{Done, acting, person, shown};
use crate::date;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted, Tokened};
use crate::visitor::Visitor;
use accounts::Error;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

struct Shown {
    session: String,
    name: String,
    started: String,
    seen: String,
    this: bool,
}

#[derive(Template)]
#[template(path = "account/devices.html")]
struct DevicesPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    devices: Vec<Shown>,
}

async fn make(portal: &Portal, visitor: &Visitor, done: &str) -> Result<DevicesPage, Error> {
    let devices = portal
        .store
        .list_devices(visitor.account(), portal.limits)
        .await?;
    let devices = devices.into_iter().map(|device| Shown {
        this: device.session == visitor.session(),
        session: device.session,
        name: if device.name.is_empty() {
            "Appareil inconnu".to_owned()
        } else {
            device.name
        },
        started: date::long(device.started_at),
        seen: date::long(device.seen_at),
    });
    Ok(DevicesPage {
        person: person(portal, visitor).await?,
        here: "appareils",
        token: posted::token(portal, visitor),
        done: match done {
            "fin" => {
                "La session est terminée\u{a0}: tous les services ouverts depuis elle sont fermés."
            }
            "autres" => "Toutes les autres sessions sont terminées.",
            _ => "",
        },
        devices: devices.collect(),
    })
}

pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    shown(make(&portal, &visitor, &done.fait).await, StatusCode::OK)
}

/// What a button posts: one session, or none for all others.
#[derive(Deserialize)]
pub(super) struct End {
    session: Option<String>,
    #[serde(default)]
    jeton: String,
}

impl Tokened for End {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

pub(super) async fn submit(State(portal): State<Arc<Portal>>, posted: Posted<End>) -> Response {
    let visitor = match acting(&posted) {
        Ok(visitor) => visitor,
        Err(response) => return *response,
    };
    let (account, here) = (visitor.account(), visitor.session());
    let (ended, done) = if let Some(session) = &posted.form.session {
        (portal.store.end_device(account, session).await, "fin")
    } else {
        let ended = portal.store.end_other_devices(account, here).await;
        (ended.map(drop), "autres")
    };
    match ended {
        // One that has ended meanwhile is ended.
        Ok(()) | Err(Error::NotFound { .. }) => {
            Redirect::to(&format!("/compte/appareils?fait={done}")).into_response()
        }
        Err(error) => page::unavailable(&error),
    }
}
