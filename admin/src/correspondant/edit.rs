//! `/cig/collectivites/{id}/modifier`: one collectivité changed; closed, opened again.

use super::opening::{body_name, read_insee};
use super::services::{self, ServiceChoice};
use super::{Correspondant, Supervisor, failed};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Alteration, Seats};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "cig/edit.html")]
struct EditPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    id: String,
    name: String,
    insee: String,
    version: i64,
    services: Vec<ServiceChoice>,
}

/// The form to change it.
pub(crate) async fn edit(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path(id): Path<String>,
) -> Response {
    let over = someone.over(&portal, &leave);
    match over.record().await {
        Ok(record) => {
            let services = services::standing(&portal, &someone, &record.seats);
            let insee = record.insee.unwrap_or_default();
            let seen = (record.collectivite.name, insee, record.version);
            form(
                &portal,
                &someone,
                id,
                seen,
                services,
                FieldErrors::default(),
            )
            .await
        }
        Err(error) => failed(&error),
    }
}

async fn form(
    portal: &Portal,
    someone: &Correspondant,
    id: String,
    (name, insee, version): (String, String, i64),
    services: Vec<ServiceChoice>,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    match someone.person(portal).await {
        Ok(person) => page::answer(
            status,
            &EditPage {
                token: person.token.clone(),
                person: Some(person),
                here: "collectivites",
                errors,
                id,
                name,
                insee,
                version,
                services,
            },
        ),
        Err(error) => failed(&error),
    }
}

/// What is to change of a record that was seen, its seats and its version; an empty code INSEE leaves
/// the one there is.
pub(crate) fn read_change(
    (name, insee): (&str, &str),
    choices: &[ServiceChoice],
    (now, version): (&[Seats], i64),
    errors: &mut FieldErrors,
) -> Option<Alteration> {
    let name = errors.read("nom", body_name(name));
    let insee = errors.read("insee", read_insee(insee)).flatten();
    let services = services::chosen(choices, now, errors);
    let name = name.filter(|_| errors.is_empty())?;
    Some(Alteration {
        name,
        insee,
        services,
        version,
    })
}

/// Changes it.
pub(crate) async fn change(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let over = someone.over(&portal, &leave);
    let now = match over.record().await {
        Ok(record) => record.seats,
        Err(error) => return failed(&error),
    };
    let (fields, mut errors) = (&posted.form, FieldErrors::default());
    let choices = services::typed(&portal, &someone, fields);
    let version = fields.one("version").parse().unwrap_or_default();
    let seen = (now.as_slice(), version);
    let (name, insee) = (fields.one("nom"), fields.one("insee"));
    let Some(alteration) = read_change((name, insee), &choices, seen, &mut errors) else {
        let typed = (name.to_owned(), insee.to_owned(), version);
        return form(&portal, &someone, id, typed, choices, errors).await;
    };
    match over.alter(&alteration).await {
        Ok(()) => {
            Redirect::to(&format!("/cig/collectivites/{id}?fait=modification")).into_response()
        }
        Err(error) => failed(&error),
    }
}

/// Closes it, or opens it again.
pub(crate) async fn set_state(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let closed = posted.form.one("pas") == "fermer";
    if closed && posted.form.one("confirme") != "oui" {
        return super::failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "La fermeture n’est pas confirmée",
            "Rien n’a changé. Revenez à la collectivité, cochez la case de confirmation, puis recommencez.",
        );
    }
    let version = posted.form.one("version").parse().unwrap_or_default();
    let over = someone.over(&portal, &leave);
    let done = if closed { "fermeture" } else { "reouverture" };
    match over.set_closed(closed, version, &someone.oversight).await {
        Ok(()) => Redirect::to(&format!("/cig/collectivites/{id}?fait={done}")).into_response(),
        Err(error) => failed(&error),
    }
}
