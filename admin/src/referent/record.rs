//! `/referent/agents/{id}/fiche`: the collectivité's record of somebody, to be corrected.

use super::agents::{Choice, profile_choices};
use super::preview::{self, Pairs};
use super::{Referent, failed, not_attributed, places};
use crate::access::{self, Prospect};
use crate::fields::{self, FieldErrors};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{Correction, Error};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/record.html")]
struct RecordPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    id: String,
    given_name: String,
    family_name: String,
    version: i64,
    profiles: Vec<Choice>,
    groups: Vec<Choice>,
}

/// The person's record, to be changed.
pub(crate) async fn edit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    let within = referent.within(&portal);
    let read = async {
        let entry = within.get(&referent.membership(&id)).await?;
        let groups = within.groups_of(&entry.id).await?;
        Ok::<_, Error>(Correction {
            given_name: entry.given_name,
            family_name: entry.family_name,
            profile: entry.profile,
            groups,
            version: entry.version,
        })
    };
    match read.await {
        Ok(record) => form(&portal, &referent, &id, record, FieldErrors::default()).await,
        Err(error) => failed(&error),
    }
}

async fn form(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    record: Correction,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    let read = async {
        let within = referent.within(portal);
        let (profiles, groups) = (within.list_profiles().await?, within.list_groups().await?);
        let person = referent.person(portal).await?;
        let chosen = record.profile.clone().unwrap_or_default();
        let groups = groups.iter().map(|group| {
            let chosen = record.groups.contains(&group.id);
            (group.id.to_string(), group.name.clone(), chosen)
        });
        Ok::<_, Error>(RecordPage {
            token: person.token.clone(),
            person: Some(person),
            here: "agents",
            errors,
            id: id.to_owned(),
            profiles: profile_choices(&profiles, &chosen),
            groups: groups.collect(),
            given_name: record.given_name,
            family_name: record.family_name,
            version: record.version,
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// Shows what another profile or other groups do, then saves the record.
pub(crate) async fn change(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let (filled, mut errors) = (&posted.form, FieldErrors::default());
    let given_name = errors.read("prenom", fields::name(filled.one("prenom"), "le prénom"));
    let family_name = errors.read("nom", fields::name(filled.one("nom"), "le nom"));
    let text = |name: &str| filled.one(name).to_owned();
    let record = Correction {
        given_name: given_name.unwrap_or_else(|| text("prenom")),
        family_name: family_name.unwrap_or_else(|| text("nom")),
        profile: Some(text("profil")).filter(|profile| !profile.is_empty()),
        groups: filled.prefixed("groupe-").map(Into::into).collect(),
        version: filled.one("version").parse().unwrap_or_default(),
    };
    if !errors.is_empty() {
        return form(&portal, &referent, &id, record, errors).await;
    }
    let (address, back) = (
        format!("/referent/agents/{id}/fiche"),
        format!("/referent/agents/{id}"),
    );
    let prospect = match prospect(&portal, &referent, &id, &record).await {
        Ok(prospect) => prospect,
        Err(error) => return failed(&error),
    };
    let leave = match referent.attribute(&prospect.before) {
        Ok(leave) => leave,
        Err(refusal) => return not_attributed(&refusal),
    };
    if prospect.is_idle() || filled.was_shown(&portal, &referent, &address) {
        return match referent.within(&portal).correct(&leave, &record).await {
            Ok(()) => Redirect::to(&format!("{back}?fait=fiche")).into_response(),
            Err(error) => places::failed_for(&portal, &error),
        };
    }
    let proposal = preview::Proposal {
        title: &format!("Vérifier les changements pour {}", prospect.name),
        address: &address,
        back: &back,
        fields: filled,
        prospects: vec![prospect],
        even_for_nobody: false,
    };
    let tried = referent
        .within(&portal)
        .try_correction(&leave, &record)
        .await;
    preview::show(&portal, &referent, proposal, tried).await
}

pub(crate) async fn prospect(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    record: &Correction,
) -> Result<Prospect, Error> {
    let now = portal.store.clock().now();
    let profiles = referent.within(portal).list_profiles().await?;
    let holders = preview::holders(portal, referent, std::iter::once(id)).await?;
    let mut holder = holders.into_iter().next().ok_or_else(|| Error::NotFound {
        what: "membership",
        id: id.to_owned(),
    })?;
    let of = |id: Option<&str>| preview::profile_of(&profiles, id);
    let before = preview::member(referent, &holder, of(holder.entry.profile.as_deref()), now);
    holder.groups.clone_from(&record.groups);
    Ok(Prospect {
        name: holder.entry.full_name(),
        before,
        after: preview::member(referent, &holder, of(record.profile.as_deref()), now),
        means: access::BY_PROFILE,
        ends: Vec::new(),
    })
}
