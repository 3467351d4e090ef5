//! `/referent/profils`: the collectivité's sets of rights.

use super::agents::last_part;
use super::preview::Pairs;
use super::{Referent, failed};
use crate::entrance::Entrance;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::Error;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Right;
use serde::Deserialize;
use std::sync::Arc;

pub(super) const ADDRESS: &str = "/referent/profils";

struct Shown {
    id: String,
    name: String,
    rights: String,
    members: i64,
}

/// A service, and the levels to choose from.
pub(super) struct ServiceChoice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) levels: Vec<LevelChoice>,
}

/// A level: « lecture », its name, chosen.
pub(super) struct LevelChoice {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

#[derive(Template)]
#[template(path = "referent/profiles.html")]
struct ProfilesPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    name: String,
    profiles: Vec<Shown>,
    services: Vec<ServiceChoice>,
}

/// « BIP (lecture), Net Cotisations (modification) ».
pub(super) fn sentence(referent: &Referent, portal: &Portal, rights: &[Right]) -> String {
    let services = referent.services(portal);
    let spelt = rights.iter().filter_map(|right| {
        let service = services
            .iter()
            .find(|service| service.id == right.service)?;
        let level = service.level_name(&right.level).to_lowercase();
        Some(format!("{} ({level})", service.name))
    });
    let spelt: Vec<_> = spelt.collect();
    if spelt.is_empty() {
        return "aucun droit".to_owned();
    }
    spelt.join(", ")
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// All of them, and the form for another.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(done): Query<Done>,
) -> Response {
    let done = match done.fait.as_str() {
        "ajout" => "Le profil est créé. Attribuez-le maintenant à des agents.",
        "changement" => "Le profil est modifié. Les accès de ses agents ont changé à l’instant.",
        "suppression" => "Le profil est supprimé.",
        _ => "",
    };
    list(
        &portal,
        &referent,
        done,
        &Pairs::default(),
        FieldErrors::default(),
    )
    .await
}

async fn list(
    portal: &Portal,
    referent: &Referent,
    done: &'static str,
    filled: &Pairs,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    let read = async {
        let profiles = referent.within(portal).list_profiles().await?;
        Ok::<_, Error>((profiles, referent.person(portal).await?))
    };
    let (profiles, person) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    let shown = profiles.iter().map(|profile| Shown {
        id: last_part(&profile.id).to_owned(),
        name: profile.name.clone(),
        rights: sentence(referent, portal, &profile.rights),
        members: profile.members,
    });
    page::answer(
        status,
        &ProfilesPage {
            token: person.token.clone(),
            person: Some(person),
            here: "profils",
            done,
            errors,
            name: filled.one("nom").to_owned(),
            profiles: shown.collect(),
            services: choices(portal, referent, &read_rights(portal, referent, filled)),
        },
    )
}

pub(super) fn choices(
    portal: &Portal,
    referent: &Referent,
    rights: &[Right],
) -> Vec<ServiceChoice> {
    let choice = |service: &&Entrance| {
        let right = rights.iter().find(|right| right.service == service.id);
        ServiceChoice {
            id: service.id.to_string(),
            name: service.name.clone(),
            levels: levels(service, right),
        }
    };
    referent.services(portal).iter().map(choice).collect()
}

/// « Aucun droit » and what the service offers.
fn levels(service: &Entrance, right: Option<&Right>) -> Vec<LevelChoice> {
    let chosen = right.map_or("aucun", |right| right.level.as_str());
    let offered = service.levels();
    let offered = offered.map(|(level, name)| (level.as_str().to_owned(), name.to_owned()));
    std::iter::once(("aucun".to_owned(), "Aucun droit".to_owned()))
        .chain(offered)
        .map(|(value, name)| LevelChoice {
            chosen: value == chosen,
            value,
            name,
        })
        .collect()
}

/// The fields `droit-…`, service|level, on services that the CIG opened.
pub(super) fn read_rights(portal: &Portal, referent: &Referent, fields: &Pairs) -> Vec<Right> {
    let services = referent.services(portal);
    let read = |cell: &str| {
        let (service, level) = cell.split_once('|')?;
        let mut services = services.iter();
        let offered = services.find(|offered| offered.id.as_str() == service)?;
        Some(Right {
            service: offered.id.clone(),
            level: offered.read_level(level)?,
        })
    };
    fields.prefixed("droit-").filter_map(read).collect()
}

pub(crate) fn read_name(name: &str, errors: &mut FieldErrors) -> Option<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 60 {
        errors.add(
            "nom",
            "Donnez au profil un nom de 60 caractères au plus, par exemple «\u{a0}Gestionnaire RH\u{a0}».",
        );
        return None;
    }
    Some(name)
}

pub(crate) fn name_in_use(errors: &mut FieldErrors) {
    errors.add(
        "nom",
        "Un profil porte déjà ce nom, ou un nom qui se lit de même. Choisissez-en un autre, ou modifiez celui qui existe.",
    );
}

/// Adds one. Nobody has it yet, so nobody gains or loses.
pub(crate) async fn add(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let (fields, mut errors) = (&posted.form, FieldErrors::default());
    let Some(name) = read_name(fields.one("nom"), &mut errors) else {
        return list(&portal, &referent, "", fields, errors).await;
    };
    match referent
        .within(&portal)
        .add_profile(&name, &read_rights(&portal, &referent, fields))
        .await
    {
        Ok(_) => Redirect::to("/referent/profils?fait=ajout").into_response(),
        Err(Error::Exists { .. }) => {
            name_in_use(&mut errors);
            list(&portal, &referent, "", fields, errors).await
        }
        Err(error) => failed(&error),
    }
}

/// Removes one that nobody has.
pub(crate) async fn remove(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    _posted: Posted<Pairs>,
) -> Response {
    let whole = referent.membership(&id).to_string();
    match referent.within(&portal).remove_profile(&whole).await {
        Ok(()) => Redirect::to("/referent/profils?fait=suppression").into_response(),
        Err(Error::NotFound { .. }) => crate::referent::failure(
            StatusCode::CONFLICT,
            "Ce profil ne peut pas être supprimé",
            "Des agents l’ont encore, ou il n’existe plus. Donnez-leur d’abord un autre profil.",
        ),
        Err(error) => failed(&error),
    }
}
