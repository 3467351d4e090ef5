//! `/cig/collectivites/{id}/modifier`: one collectivité changed; closed, opened again.

use super::opening::{body_name, read_insee, read_siret};
use super::services::{self, ServiceChoice};
use super::{Correspondant, Supervisor, failed, siret_taken};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Alteration, CollectiviteRecord, Error};
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
    identity: Identity,
    version: i64,
    services: Vec<ServiceChoice>,
}

/// What a collectivité is known by, as it is typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    pub(crate) name: String,
    /// Empty: the one that it has stays.
    pub(crate) siret: String,
    /// Empty: the one that it has stays.
    pub(crate) insee: String,
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
            let identity = Identity {
                name: record.collectivite.name,
                siret: record.siret.unwrap_or_default(),
                insee: record.insee.unwrap_or_default(),
            };
            let (seen, errors) = ((identity, record.version), FieldErrors::default());
            form(&portal, &someone, id, seen, services, errors).await
        }
        Err(error) => failed(&error),
    }
}

async fn form(
    portal: &Portal,
    someone: &Correspondant,
    id: String,
    (identity, version): (Identity, i64),
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
                identity,
                version,
                services,
            },
        ),
        Err(error) => failed(&error),
    }
}

/// What is to change of a record, and of the version of it that was seen.
pub(crate) fn read_change(
    identity: &Identity,
    choices: &[ServiceChoice],
    (now, version): (&CollectiviteRecord, i64),
    errors: &mut FieldErrors,
) -> Option<Alteration> {
    let name = errors.read("nom", body_name(&identity.name));
    let siret = Some(identity.siret.trim()).filter(|siret| !siret.is_empty());
    let siret = siret.and_then(|siret| errors.read("siret", read_siret(siret)));
    let insee = errors.read("insee", read_insee(&identity.insee)).flatten();
    let siret = siret.filter(|siret| now.siret.as_deref() != Some(siret.as_str()));
    let services = services::chosen(choices, &now.seats, errors);
    let name = name.filter(|_| errors.is_empty())?;
    Some(Alteration {
        name,
        siret,
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
        Ok(record) => record,
        Err(error) => return failed(&error),
    };
    let (fields, mut errors) = (&posted.form, FieldErrors::default());
    let choices = services::typed(&portal, &someone, fields);
    let version = fields.one("version").parse().unwrap_or_default();
    let seen = (&now, version);
    let identity = Identity {
        name: fields.one("nom").to_owned(),
        siret: fields.one("siret").to_owned(),
        insee: fields.one("insee").to_owned(),
    };
    let Some(alteration) = read_change(&identity, &choices, seen, &mut errors) else {
        let typed = (identity, version);
        return form(&portal, &someone, id, typed, choices, errors).await;
    };
    match over.alter(&alteration).await {
        Err(Error::Exists { .. }) => {
            let of_cdg = someone.oversight.affiliated_to().is_some();
            errors.add("siret", siret_taken(of_cdg));
            form(&portal, &someone, id, (identity, version), choices, errors).await
        }
        Ok(()) => {
            Redirect::to(&format!("/cig/collectivites/{id}?fait=modification")).into_response()
        }
        Err(error) => failed(&error),
    }
}

/// One référent is enough for its rules from now on: for who has nobody left to work with.
pub(crate) async fn end_two_people(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path(id): Path<String>,
    _: Posted<Pairs>,
) -> Response {
    match someone.over(&portal, &leave).end_two_people().await {
        Ok(()) => Redirect::to(&format!("/cig/collectivites/{id}?fait=seul")).into_response(),
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
