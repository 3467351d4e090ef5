//! `/referent/agents/nouveau`: three fields and a profile.

use super::agents::{Choice, last_part, row};
use super::{Referent, failed, places};
use crate::fields::{self, FieldErrors};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, NewPerson, RollEntry, Within};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{GroupId, MembershipId};
use std::sync::Arc;

/// The form as it was filled in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filled {
    pub(crate) prenom: String,
    pub(crate) nom: String,
    pub(crate) courriel: String,
    pub(crate) profil: String,
    pub(crate) groups: Vec<GroupId>,
    /// « C’est une autre personne », « cette adresse est bien la sienne ».
    pub(crate) confirmed: bool,
}

/// What became of it.
#[derive(Debug)]
pub(crate) enum Enrolled {
    /// On the roll, and invited.
    Done(MembershipId),
    /// Nothing was done: fields are to be mended.
    Invalid(FieldErrors),
    /// Nothing was done: these may be the same person, or the address an office's. To be confirmed.
    Doubtful(Vec<RollEntry>),
}

impl From<&Pairs> for Filled {
    fn from(fields: &Pairs) -> Self {
        let text = |name| fields.one(name).to_owned();
        Self {
            prenom: text("prenom"),
            nom: text("nom"),
            courriel: text("courriel"),
            profil: text("profil"),
            groups: fields.prefixed("groupe-").map(GroupId::from).collect(),
            confirmed: !fields.one("confirme").is_empty(),
        }
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
            let chosen = filled.groups.contains(&group.id);
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
    posted: Posted<Pairs>,
) -> Response {
    let filled = Filled::from(&posted.form);
    match enrol(referent.within(&portal), &filled).await {
        Ok(Enrolled::Done(id)) => {
            let to = format!("/referent/agents/{}?fait=invite", last_part(id.as_str()));
            Redirect::to(&to).into_response()
        }
        Ok(Enrolled::Invalid(errors)) => form(&portal, &referent, filled, errors, Vec::new()).await,
        Ok(Enrolled::Doubtful(entries)) => {
            let alike = entries.iter().map(alike).collect();
            form(&portal, &referent, filled, FieldErrors::default(), alike).await
        }
        Err(Error::Full(seats)) => {
            let lacking = places::lacking(&portal, &seats).join("\u{a0}; ");
            let mut errors = FieldErrors::default();
            errors.add(
                "profil-0",
                format!("Il n’y a pas assez de places pour ce profil ({lacking}). Choisissez un autre profil, ou demandez des places à votre centre de gestion."),
            );
            form(&portal, &referent, filled, errors, Vec::new()).await
        }
        Err(error) => failed(&error),
    }
}

/// Takes on whom the form or a program describes.
pub(crate) async fn enrol(within: Within<'_>, filled: &Filled) -> Result<Enrolled, Error> {
    let mut errors = FieldErrors::default();
    let given_name = errors.read("prenom", fields::name(&filled.prenom, "le prénom"));
    let family_name = errors.read("nom", fields::name(&filled.nom, "le nom"));
    let login = errors.read("courriel", fields::address(&filled.courriel));
    let (Some(given_name), Some(family_name), Some(login)) = (given_name, family_name, login)
    else {
        return Ok(Enrolled::Invalid(errors));
    };
    let new = NewPerson {
        given_name,
        family_name,
        login,
        profile: (!filled.profil.is_empty()).then(|| filled.profil.clone()),
        groups: filled.groups.clone(),
    };
    if !filled.confirmed {
        let found = within.find_alike(&new.given_name, &new.family_name, &new.login);
        let found = found.await?;
        if !found.is_empty() || fields::is_generic(&new.login) {
            return Ok(Enrolled::Doubtful(found));
        }
    }
    match within.enrol(&new).await {
        Ok(id) => Ok(Enrolled::Done(id)),
        Err(Error::Exists { .. }) => {
            errors.add("courriel", super::invitation::ON_THE_ROLL);
            Ok(Enrolled::Invalid(errors))
        }
        Err(error) => Err(error),
    }
}

fn alike(entry: &RollEntry) -> Alike {
    let row = row(entry, &[]);
    Alike {
        id: row.id,
        name: row.name,
        login: row.login,
        standing: row.standing,
    }
}
