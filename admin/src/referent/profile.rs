//! `/referent/profils/{id}`: one profile. A change shows first who gains and who loses.

use super::agents::last_part;
use super::preview::{self, Pairs, Proposal};
use super::profiles::{ADDRESS, ServiceChoice, choices, name_in_use, read_name, read_rights};
use super::{Referent, failed, places};
use crate::access::{self, Prospect};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{Error, Profile, RollFilter};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Right;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/profile.html")]
struct ProfilePage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    id: String,
    name: String,
    version: i64,
    members: i64,
    services: Vec<ServiceChoice>,
}

pub(crate) async fn find(portal: &Portal, referent: &Referent, id: &str) -> Result<Profile, Error> {
    let whole = referent.membership(id).to_string();
    let profiles = referent.within(portal).list_profiles().await?;
    profiles
        .into_iter()
        .find(|profile| profile.id == whole)
        .ok_or(Error::NotFound {
            what: "profile",
            id: whole,
        })
}

/// One, to be changed.
pub(crate) async fn edit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    match find(&portal, &referent, &id).await {
        Ok(profile) => form(&portal, &referent, &profile, FieldErrors::default()).await,
        Err(error) => failed(&error),
    }
}

async fn form(
    portal: &Portal,
    referent: &Referent,
    profile: &Profile,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    match referent.person(portal).await {
        Ok(person) => page::answer(
            status,
            &ProfilePage {
                token: person.token.clone(),
                person: Some(person),
                here: "profils",
                errors,
                id: last_part(&profile.id).to_owned(),
                name: profile.name.clone(),
                version: profile.version,
                members: profile.members,
                services: choices(portal, referent, &profile.rights),
            },
        ),
        Err(error) => failed(&error),
    }
}

/// Shows what a change does to everybody who has the profile, then saves it.
pub(crate) async fn change(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let (fields, mut errors) = (&posted.form, FieldErrors::default());
    let before = match find(&portal, &referent, &id).await {
        Ok(profile) => profile,
        Err(error) => return failed(&error),
    };
    let name = read_name(fields.one("nom"), &mut errors);
    let rights = read_rights(&portal, &referent, fields);
    let rights = with_closed(&portal, &referent, &before, rights);
    let after = Profile {
        name: name.clone().unwrap_or_else(|| fields.one("nom").to_owned()),
        rights,
        version: fields.one("version").parse().unwrap_or_default(),
        ..before.clone()
    };
    if name.is_none() {
        return form(&portal, &referent, &after, errors).await;
    }
    let address = format!("{ADDRESS}/{id}");
    if fields.was_shown(&portal, &referent, &address) {
        return match referent.within(&portal).change_profile(&after).await {
            Ok(()) => Redirect::to("/referent/profils?fait=changement").into_response(),
            Err(Error::Exists { .. }) => {
                name_in_use(&mut errors);
                form(&portal, &referent, &after, errors).await
            }
            Err(error) => places::failed_for(&portal, &error),
        };
    }
    let prospects = match prospects(&portal, &referent, &before, &after).await {
        Ok(prospects) => prospects,
        Err(error) => return failed(&error),
    };
    let title = format!(
        "Vérifier le changement du profil «\u{a0}{}\u{a0}»",
        before.name
    );
    let proposal = Proposal {
        title: &title,
        address: &address,
        back: &address,
        fields,
        prospects,
        even_for_nobody: true,
    };
    let tried = referent.within(&portal).try_profile(&after).await;
    preview::show(&portal, &referent, proposal, tried).await
}

/// What a profile gives on services that are closed for now cannot be chosen, and stays.
pub(crate) fn with_closed(
    portal: &Portal,
    referent: &Referent,
    before: &Profile,
    mut rights: Vec<Right>,
) -> Vec<Right> {
    let services = referent.services(portal);
    let closed = before
        .rights
        .iter()
        .filter(|right| services.iter().all(|s| s.id != right.service));
    rights.extend(closed.cloned());
    rights
}

/// Everybody who has the profile, with its rights before and after.
pub(crate) async fn prospects(
    portal: &Portal,
    referent: &Referent,
    before: &Profile,
    after: &Profile,
) -> Result<Vec<Prospect>, Error> {
    let within = referent.within(portal);
    let filter = RollFilter {
        profile: Some(before.id.clone()),
        ..RollFilter::default()
    };
    let holders = within.holders(within.list_all(&filter).await?).await?;
    let now = portal.store.clock().now();
    let prospect = |holder: &accounts::Holder| Prospect {
        name: holder.entry.full_name(),
        before: preview::member(referent, holder, Some(before), now),
        after: preview::member(referent, holder, Some(after), now),
        means: access::BY_PROFILE,
        ends: Vec::new(),
    };
    Ok(holders.iter().map(prospect).collect())
}
