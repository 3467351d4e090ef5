//! `/referent/agents/{id}`: one person, where they stand, and what can be done about it.

use super::agents::{invitation, standing};
use super::preview::{self, Pairs};
use super::{Referent, addresses, failed, not_attributed, places};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{Error, RollEntry, Step, UNDO};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Role;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/agent.html")]
struct AgentPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    id: String,
    entry: RollEntry,
    name: String,
    referent: bool,
    standing: String,
    seen: String,
    profile: String,
    groups: String,
    /// Service, level and source, the service's id.
    rights: Vec<(String, String, String)>,
    erased_on: String,
    errors: FieldErrors,
    /// Why nothing can be changed here; empty when it can.
    locked: String,
    invitation: String,
    /// The right address, as it was typed.
    courriel: String,
    /// Where they are being transferred to; empty when they are not.
    transfer: String,
    /// Since when the address is to be confirmed; empty when it is.
    unconfirmed: String,
}

/// What is to be typed again, and why.
#[derive(Default)]
pub(super) struct Mended<'a> {
    pub(super) errors: FieldErrors,
    pub(super) courriel: &'a str,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

fn said(done: &str) -> &'static str {
    match done {
        "invite" => {
            "La personne est ajoutée. Un courriel d’invitation lui est envoyé\u{a0}: elle y choisira son mot de passe."
        }
        "relance" => {
            "Une nouvelle invitation est envoyée. Le lien de la précédente ne fonctionne plus."
        }
        "adresse" => {
            "L’adresse est corrigée et une invitation y est envoyée. Le lien de la précédente ne fonctionne plus."
        }
        "annulation" => "L’invitation est annulée\u{a0}: son lien ne fonctionne plus.",
        "suspend" => "L’accès est suspendu. Vous pourrez le rétablir à tout moment.",
        "restore" => "L’accès est rétabli.",
        "leave" => "Le départ est enregistré.",
        "stay" => "Le départ est annulé.",
        "delete" => {
            "La personne est supprimée. Vous avez 30 jours pour revenir sur cette suppression."
        }
        "undelete" => "La suppression est annulée.",
        "droits" => "Les droits sont enregistrés. Ils s’appliquent dès maintenant.",
        "arrivee" => {
            "L’arrivée est acceptée. La personne est agent de votre collectivité, sans profil ni droit direct : donnez-lui ceux de son métier."
        }
        "fiche" => "La fiche est enregistrée.",
        _ => "",
    }
}

/// Shows them.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    shown(&portal, &referent, &id, said(&done.fait), Mended::default()).await
}

pub(super) async fn shown(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    done: &'static str,
    mended: Mended<'_>,
) -> Response {
    let status = mended.errors.status();
    match read(portal, referent, id, done, mended).await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    done: &'static str,
    mended: Mended<'_>,
) -> Result<AgentPage, Error> {
    let within = referent.within(portal);
    let holders = preview::holders(portal, referent, std::iter::once(id)).await?;
    let holder = holders.into_iter().next().ok_or_else(|| Error::NotFound {
        what: "membership",
        id: id.to_owned(),
    })?;
    let (profiles, groups) = (within.list_profiles().await?, within.list_groups().await?);
    let profile = profiles
        .iter()
        .find(|profile| holder.entry.profile.as_deref() == Some(&profile.id));
    let names = groups
        .iter()
        .filter(|group| holder.groups.contains(&group.id));
    let names: Vec<_> = names.map(|group| group.name.clone()).collect();
    let rights = super::rights::summary(portal, referent, &profiles, &holder);
    let member = within.member(&holder.entry.id).await?;
    let locked = referent.attribute(&member).err();
    let person = referent.person(portal).await?;
    let entry = holder.entry;
    let invitations = within.list_invitations(&[&entry.account]).await?;
    let transfer = within.find_transfer(&entry.id).await?;
    Ok(AgentPage {
        token: person.token.clone(),
        person: Some(person),
        here: "agents",
        done,
        id: id.to_owned(),
        name: entry.full_name(),
        referent: entry.role == Role::Referent,
        standing: standing(&entry),
        seen: entry
            .last_login_at
            .map_or_else(|| "Jamais".to_owned(), date::short),
        profile: profile.map_or("Aucun", |profile| &profile.name).to_owned(),
        groups: if names.is_empty() {
            "Aucun".to_owned()
        } else {
            names.join(", ")
        },
        rights,
        erased_on: entry
            .deleted_at
            .map_or_else(String::new, |at| date::short(at + UNDO)),
        locked: locked.map_or_else(String::new, |refusal| refusal.sentence().to_owned()),
        invitation: invitation(&entry, invitations.get(&entry.account)),
        transfer: transfer.map_or_else(String::new, |transfer| transfer.to),
        unconfirmed: addresses::since(portal, &entry.account).await?,
        errors: mended.errors,
        courriel: mended.courriel.to_owned(),
        entry,
    })
}

/// Suspends, restores, lets go, deletes, calls back.
pub(crate) async fn take_step(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    let mut errors = FieldErrors::default();
    let (what, date) = (fields.one("pas"), fields.one("date"));
    let Some(step) = read_step(&portal, what, date, &mut errors) else {
        let mended = Mended {
            errors,
            courriel: "",
        };
        return shown(&portal, &referent, &id, "", mended).await;
    };
    let within = referent.within(&portal);
    let member = match within.member(&referent.membership(&id)).await {
        Ok(member) => member,
        Err(error) => return failed(&error),
    };
    let leave = match referent.attribute(&member) {
        Ok(leave) => leave,
        Err(refusal) => return not_attributed(&refusal),
    };
    let version = fields.one("version").parse().unwrap_or_default();
    match within.take(&leave, version, step).await {
        Ok(()) => Redirect::to(&format!("/referent/agents/{id}?fait={}", fields.one("pas")))
            .into_response(),
        Err(error) => places::failed_for(&portal, &error),
    }
}

/// A step by its name, with the date where one goes with it; none suspends at once.
pub(crate) fn read_step(
    portal: &Portal,
    step: &str,
    date: &str,
    errors: &mut FieldErrors,
) -> Option<Step> {
    let now = portal.store.clock().now();
    let text = date.trim();
    let date = date::parse(text);
    let (what, field) = match step {
        "suspend" if text.is_empty() => return Some(Step::Suspend(now)),
        "suspend" => (
            date.and_then(date::start_of)
                .map(|at| Step::Suspend(at.max(now))),
            "date-suspension",
        ),
        "leave" => (
            date.and_then(date::end_of)
                .filter(|at| *at > now)
                .map(Step::Leave),
            "date-depart",
        ),
        "restore" => return Some(Step::Restore),
        "stay" => return Some(Step::Stay),
        "delete" => return Some(Step::Delete),
        "undelete" => return Some(Step::Undelete),
        _ => (None, "date-suspension"),
    };
    if what.is_none() {
        errors.add(
            field,
            "Saisissez une date d’aujourd’hui ou à venir, au format jj/mm/aaaa, par exemple 31/12/2026. Pour fermer l’accès tout de suite, suspendez-le sans date.",
        );
    }
    what
}
