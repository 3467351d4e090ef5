//! `/referent/agents/nouveau`: three fields and a profile.

use super::agents::{Choice, last_part, row};
use super::{Referent, failed};
use crate::fields::{self, FieldErrors};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{Posted, Tokened};
use accounts::{Error, NewPerson};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// What the form posts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filled {
    jeton: String,
    prenom: String,
    nom: String,
    courriel: String,
    profil: String,
    groupe: Vec<String>,
    /// « C’est une autre personne », « cette adresse est bien la sienne ».
    confirme: String,
}

impl Tokened for Filled {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

/// Somebody who may be the same person.
struct Alike {
    id: String,
    name: String,
    login: String,
    standing: String,
}

#[derive(Template)]
#[template(path = "referent/enrol.html")]
struct EnrolPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    filled: Filled,
    errors: FieldErrors,
    alike: Vec<Alike>,
    generic: bool,
    profiles: Vec<(Choice, String)>,
    groups: Vec<Choice>,
}

/// The empty form.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    form(
        &portal,
        &referent,
        Filled::default(),
        FieldErrors::default(),
        Vec::new(),
    )
    .await
}

async fn form(
    portal: &Portal,
    referent: &Referent,
    filled: Filled,
    errors: FieldErrors,
    alike: Vec<Alike>,
) -> Response {
    let generic = fields::is_generic(filled.courriel.trim());
    let again = !errors.is_empty() || !alike.is_empty() || (generic && !filled.nom.is_empty());
    let status = if again {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let read = async {
        let within = referent.within(portal);
        let person = referent.person(portal).await?;
        let profiles = within.list_profiles().await?;
        let groups = within.list_groups().await?;
        let offered = profiles.iter().map(|profile| {
            let chosen = profile.id == filled.profil;
            let choice = (profile.id.clone(), profile.name.clone(), chosen);
            (
                choice,
                super::profiles::sentence(referent, portal, &profile.rights),
            )
        });
        let groups = groups.iter().map(|group| {
            let chosen = filled.groupe.iter().any(|id| id == group.id.as_str());
            (group.id.to_string(), group.name.clone(), chosen)
        });
        Ok::<_, Error>(EnrolPage {
            token: person.token.clone(),
            person: Some(person),
            here: "agents",
            errors,
            alike,
            generic,
            profiles: offered.collect(),
            groups: groups.collect(),
            filled: filled.clone(),
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// Takes the person on.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Filled>,
) -> Response {
    let filled = posted.form;
    let mut errors = FieldErrors::default();
    let given_name = errors.read("prenom", fields::name(&filled.prenom, "le prénom"));
    let family_name = errors.read("nom", fields::name(&filled.nom, "le nom"));
    let login = errors.read("courriel", fields::address(&filled.courriel));
    let (Some(given_name), Some(family_name), Some(login)) = (given_name, family_name, login)
    else {
        return form(&portal, &referent, filled, errors, Vec::new()).await;
    };
    let new = NewPerson {
        given_name,
        family_name,
        login,
        profile: (!filled.profil.is_empty()).then(|| filled.profil.clone()),
        groups: filled.groupe.iter().map(|id| id.as_str().into()).collect(),
    };
    if filled.confirme.is_empty() {
        match find_alike(&portal, &referent, &new).await {
            Ok(alike) if !alike.is_empty() || fields::is_generic(&new.login) => {
                return form(&portal, &referent, filled, errors, alike).await;
            }
            Ok(_) => {}
            Err(error) => return failed(&error),
        }
    }
    match referent.within(&portal).enrol(&new).await {
        Ok(id) => {
            let to = format!("/referent/agents/{}?fait=invite", last_part(id.as_str()));
            Redirect::to(&to).into_response()
        }
        Err(Error::Exists { .. }) => {
            errors.add(
                "courriel",
                "Cette adresse est déjà celle d’un agent de votre collectivité. Cherchez-le dans la liste, y compris parmi les supprimés.",
            );
            form(&portal, &referent, filled, errors, Vec::new()).await
        }
        Err(error) => failed(&error),
    }
}

async fn find_alike(
    portal: &Portal,
    referent: &Referent,
    new: &NewPerson,
) -> Result<Vec<Alike>, Error> {
    let within = referent.within(portal);
    let found = within
        .find_alike(&new.given_name, &new.family_name, &new.login)
        .await?;
    let alike = found.iter().map(|entry| {
        let row = row(entry, &[]);
        Alike {
            id: row.id,
            name: row.name,
            login: row.login,
            standing: row.standing,
        }
    });
    Ok(alike.collect())
}
