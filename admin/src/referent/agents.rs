//! `/referent/agents`: the roll, searched, filtered, page by page.

use super::Referent;
use super::failed;
use crate::date;
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{
    Error, Group, Invitation, InvitationState, PAGE, Profile, Purpose, RollEntry, RollFilter,
    Standing,
};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use policies::Role;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) q: String,
    pub(crate) etat: String,
    pub(crate) groupe: String,
    pub(crate) profil: String,
    #[serde(skip_serializing_if = "is_first")]
    pub(crate) page: i64,
    /// Whether everybody on the page is ticked: not empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) coches: String,
    /// What was just done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) fait: String,
}

const ADDRESS: &str = "/referent/agents";

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_first(page: &i64) -> bool {
    *page <= 1
}

impl Asked {
    pub(crate) fn filter(&self) -> RollFilter {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        RollFilter {
            search: self.q.clone(),
            standing: Standing::parse(&self.etat),
            group: some(&self.groupe).map(Into::into),
            profile: some(&self.profil),
            page: self.page.max(1),
        }
    }

    /// Whether anything is filtered.
    fn filters(&self) -> bool {
        ![&self.q, &self.etat, &self.groupe, &self.profil]
            .iter()
            .all(|text| text.is_empty())
    }

    /// The address of a page of the same list.
    pub(super) fn at(&self, address: &str, page: i64) -> String {
        self.with(address, page, false)
    }

    /// The same, with everybody on it ticked or nobody.
    fn with(&self, address: &str, page: i64, ticked: bool) -> String {
        let asked = Self {
            page,
            coches: if ticked { "toutes" } else { "" }.to_owned(),
            fait: String::new(),
            ..self.clone()
        };
        format!(
            "{address}?{}",
            serde_html_form::to_string(asked).unwrap_or_default()
        )
    }
}

pub(super) struct Row {
    pub(super) id: String,
    /// Whether it is whoever looks: nobody changes the own rights.
    pub(super) own: bool,
    pub(super) version: i64,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) profile: String,
    pub(super) standing: String,
    pub(super) seen: String,
}

/// « Référente » and the like are written once, where they are shown.
pub(super) fn row(entry: &RollEntry, profiles: &[Profile]) -> Row {
    let profile = profiles
        .iter()
        .find(|profile| entry.profile.as_deref() == Some(&profile.id));
    Row {
        id: last_part(entry.id.as_str()).to_owned(),
        own: false,
        version: entry.version,
        name: format!("{} {}", entry.family_name, entry.given_name),
        login: entry.login.clone(),
        profile: match (entry.role, profile) {
            (Role::Referent, Some(profile)) => format!("Référent, {}", profile.name),
            (Role::Referent, None) => "Référent".to_owned(),
            (_, Some(profile)) => profile.name.clone(),
            (_, None) => "Aucun profil".to_owned(),
        },
        standing: standing(entry),
        seen: entry
            .last_login_at
            .map_or_else(|| "Jamais".to_owned(), date::short),
    }
}

/// « Invitation envoyée le 12/11/2026, valable jusqu’au 19/11/2026 ». Somebody who has an account for
/// another collectivité reads the same: that one is nobody's business here.
pub(super) fn invitation(entry: &RollEntry, invitation: Option<&Invitation>) -> String {
    let Some(asked_at) = entry.invited_at else {
        return "Invitation annulée".to_owned();
    };
    let until = asked_at + Purpose::Activation.lifetime();
    let opened = invitation.filter(|invitation| invitation.expires_at == until);
    match opened.map(|invitation| invitation.state) {
        Some(InvitationState::Opened) => {
            let since = opened.map_or(asked_at, |invitation| invitation.since);
            format!(
                "Invitation ouverte le {}, valable jusqu’au {}",
                date::short(since),
                date::short(until)
            )
        }
        Some(InvitationState::Refused) => {
            "Invitation rejetée\u{a0}: l’adresse ne reçoit pas nos courriels".to_owned()
        }
        Some(InvitationState::Expired) => format!("Invitation expirée le {}", date::short(until)),
        _ => format!(
            "Invitation envoyée le {}, valable jusqu’au {}",
            date::short(asked_at),
            date::short(until)
        ),
    }
}

/// « Suspendu depuis le 12/11/2026 ».
pub(super) fn standing(entry: &RollEntry) -> String {
    let since = |text: &str, at: Option<i64>| {
        at.map_or_else(
            || text.to_owned(),
            |at| format!("{text} {}", date::short(at)),
        )
    };
    let planned = match (entry.suspended_at, entry.left_at) {
        (_, Some(at)) => format!(", dernier jour le {}", date::last_day(at)),
        (Some(at), None) => since(", suspension prévue le", Some(at)),
        (None, None) => String::new(),
    };
    match entry.standing {
        Standing::Active => format!("Actif{planned}"),
        Standing::Invited => format!("Invitation en attente{planned}"),
        Standing::Suspended => since("Suspendu depuis le", entry.suspended_at),
        Standing::Left => entry.left_at.map_or_else(
            || "Parti".to_owned(),
            |at| format!("Parti, dernier jour le {}", date::last_day(at)),
        ),
        Standing::Deleted if entry.declined_at.is_some() => {
            since("A refusé le rattachement le", entry.declined_at)
        }
        Standing::Deleted => since("Supprimé le", entry.deleted_at),
    }
}

/// The part of an id that addresses carry.
pub(crate) fn last_part(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

/// What filters offer: value, name, chosen.
pub(super) type Choice = (String, String, bool);

pub(super) fn standings(chosen: &str) -> Vec<Choice> {
    let name = |standing| match standing {
        Standing::Active => "Actifs",
        Standing::Invited => "Invitation en attente",
        Standing::Suspended => "Suspendus",
        Standing::Left => "Partis",
        Standing::Deleted => "Supprimés",
    };
    let choice = |standing: Standing| {
        let value = standing.as_str();
        (value.to_owned(), name(standing).to_owned(), value == chosen)
    };
    Standing::ALL.into_iter().map(choice).collect()
}

pub(super) fn profile_choices(profiles: &[Profile], chosen: &str) -> Vec<Choice> {
    let choice = |p: &Profile| (p.id.clone(), p.name.clone(), p.id == chosen);
    profiles.iter().map(choice).collect()
}

pub(super) fn group_choices(groups: &[Group], chosen: &str) -> Vec<Choice> {
    let choice = |g: &Group| (g.id.to_string(), g.name.clone(), g.id.as_str() == chosen);
    groups.iter().map(choice).collect()
}

#[derive(Template)]
#[template(path = "referent/agents.html")]
struct AgentsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    collectivite: String,
    asked: Asked,
    filters: bool,
    rows: Vec<Row>,
    total: i64,
    pages: i64,
    page: i64,
    previous: Option<String>,
    next: Option<String>,
    /// The same page with everybody ticked, or with nobody.
    tick: String,
    standings: Vec<Choice>,
    profiles: Vec<Choice>,
    groups: Vec<Choice>,
}

/// Shows a page of it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    match list(&portal, &referent, asked).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn list(portal: &Portal, referent: &Referent, asked: Asked) -> Result<AgentsPage, Error> {
    let within = referent.within(portal);
    let roll = within.list(&asked.filter()).await?;
    let (profiles, groups) = (within.list_profiles().await?, within.list_groups().await?);
    let pages = ((roll.total + PAGE - 1) / PAGE).max(1);
    let page = asked.page.clamp(1, pages);
    let person = referent.person(portal).await?;
    let accounts: Vec<_> = roll
        .entries
        .iter()
        .map(|entry| entry.account.as_str())
        .collect();
    let invitations = within.list_invitations(&accounts).await?;
    let rows = roll.entries.iter().map(|entry| {
        let mut row = row(entry, &profiles);
        row.own = entry.id == *referent.purview.by();
        if entry.standing == Standing::Invited {
            row.standing = invitation(entry, invitations.get(&entry.account));
        }
        row
    });
    let rows = rows.collect();
    Ok(AgentsPage {
        token: person.token.clone(),
        person: Some(person),
        here: "agents",
        done: match asked.fait.as_str() {
            "profil" => "Le profil est attribué. Les accès ont changé à l’instant.",
            "relances" => {
                "Les invitations sont renvoyées. Les liens des précédentes ne fonctionnent plus."
            }
            "suspendus" => {
                "Les accès sont suspendus. Vous pourrez les rétablir depuis chaque fiche."
            }
            _ => "",
        },
        collectivite: referent.entry.collectivite.name.clone(),
        filters: asked.filters(),
        rows,
        total: roll.total,
        pages,
        page,
        previous: (page > 1).then(|| asked.at(ADDRESS, page - 1)),
        next: (page < pages).then(|| asked.at(ADDRESS, page + 1)),
        tick: asked.with(ADDRESS, page, asked.coches.is_empty()),
        standings: standings(&asked.etat),
        profiles: profile_choices(&profiles, &asked.profil),
        groups: group_choices(&groups, &asked.groupe),
        asked,
    })
}
