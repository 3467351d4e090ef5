//! Rows and cells: what each person can open, where it comes from, and what can be chosen.

use crate::access;
use crate::date;
use crate::portal::{Entrance, Portal};
use crate::referent::agents::{Choice, last_part};
use crate::referent::preview::Pairs;
use crate::referent::{Referent, preview};
use accounts::{FrozenRight, Grant, Holder, Profile};
use policies::{Level, Principal, Right};
use std::sync::Arc;

/// A cell: what the person has on the service, why, and what can be chosen.
pub(crate) struct Cell {
    pub(crate) service: String,
    pub(crate) service_id: String,
    /// « Lecture ».
    pub(crate) level: &'static str,
    /// « profil », « règle », « direct »; empty when there is nothing.
    pub(crate) source: String,
    /// The own right as it stands: value of the choice, name, chosen.
    pub(crate) choices: Vec<Choice>,
    /// Its end date, as it is written.
    pub(crate) until: String,
}

pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: i64,
    pub(crate) profile: String,
    pub(crate) cells: Vec<Cell>,
    /// Why it cannot be changed here; empty when it can.
    pub(crate) locked: String,
}

impl Row {
    /// The row with what was typed into the form, which is to be mended.
    pub(super) fn retyped(mut self, fields: &Pairs) -> Self {
        for cell in &mut self.cells {
            let choice = format!("droit-{}-{}", self.id, cell.service_id);
            let end = format!("fin-{}", cell.service_id);
            let chosen = fields.one(&choice);
            if cell.choices.iter().any(|(value, ..)| value == chosen) {
                for (value, _, selected) in &mut cell.choices {
                    *selected = value == chosen;
                }
            }
            fields.one(&end).clone_into(&mut cell.until);
        }
        self
    }
}

/// Reads rows for people.
pub(crate) fn rows(
    portal: &Portal,
    referent: &Referent,
    profiles: &[Profile],
    holders: &[Holder],
) -> Vec<Row> {
    let services = referent.services(portal);
    let now = portal.store.clock().now();
    let row = |holder: &Holder| {
        let rights = preview::profile_rights(profiles, holder.entry.profile.as_deref());
        let member = preview::member(referent, holder, rights, now);
        let locked = referent.attribute(&member).err();
        let principal = Principal::Member(Arc::new(member));
        let cells = services
            .iter()
            .map(|service| cell(referent, service, holder, rights, &principal));
        let profile = profiles
            .iter()
            .find(|p| holder.entry.profile.as_deref() == Some(&p.id));
        Row {
            id: last_part(holder.entry.id.as_str()).to_owned(),
            name: format!("{} {}", holder.entry.family_name, holder.entry.given_name),
            version: holder.entry.version,
            profile: profile
                .map_or("Aucun profil", |profile| &profile.name)
                .to_owned(),
            cells: cells.collect(),
            locked: locked.map_or_else(String::new, |refusal| refusal.sentence().to_owned()),
        }
    };
    holders.iter().map(row).collect()
}

fn cell(
    referent: &Referent,
    service: &Entrance,
    holder: &Holder,
    profile: &[Right],
    principal: &Principal,
) -> Cell {
    let own = own(service, holder);
    let held = held(referent, service, holder, profile, principal);
    let source = match &held.refusal {
        Some(refusal) if held.given.is_some() => format!("sans effet\u{a0}: {refusal}"),
        _ => held.source.to_owned(),
    };
    let person = last_part(holder.entry.id.as_str());
    let choice = |value: &str, name: &str, level: Option<Level>| {
        let chosen = own.map(|grant| grant.level) == level;
        (
            format!("{person}|{}|{value}", service.id),
            name.to_owned(),
            chosen,
        )
    };
    Cell {
        service: service.name.clone(),
        service_id: service.id.to_string(),
        level: access::level_name(held.level),
        source,
        choices: vec![
            choice("aucun", "Aucun droit direct", None),
            choice("lecture", "Lecture", Some(Level::Lecture)),
            choice("ecriture", "Modification", Some(Level::Ecriture)),
        ],
        until: own
            .and_then(|grant| grant.ends_at)
            .map_or_else(String::new, date::last_day),
    }
}

/// What somebody has on a service.
struct Held {
    /// What they can open.
    level: Option<Level>,
    /// The right that they were given, whether or not it opens anything.
    given: Option<Level>,
    /// « profil », « règle », « direct »; empty when there is nothing.
    source: &'static str,
    /// Why it is not open.
    refusal: Option<String>,
}

fn own<'a>(service: &Entrance, holder: &'a Holder) -> Option<&'a Grant> {
    let mut direct = holder.direct.iter();
    direct.find(|grant| grant.service == service.id)
}

fn held(
    referent: &Referent,
    service: &Entrance,
    holder: &Holder,
    profile: &[Right],
    principal: &Principal,
) -> Held {
    let verdict = referent
        .judging()
        .and_then(|(ruleset, situation)| access::open(ruleset, principal, service, situation));
    let own = own(service, holder).map(|grant| grant.level);
    let by_profile = profile.iter().find(|right| right.service == service.id);
    let by_profile = by_profile.map(|right| right.level);
    let given = match (own, by_profile) {
        (Some(_), Some(_)) => "profil et direct",
        (Some(_), None) => "direct",
        (None, Some(_)) => "profil",
        (None, None) => "",
    };
    let by_rule = verdict.as_ref().is_ok_and(|opening| !opening.by_right());
    Held {
        level: verdict.as_ref().ok().map(|opening| opening.level),
        given: own.max(by_profile),
        source: if by_rule { "règle" } else { given },
        refusal: verdict.err().map(|refusal| refusal.sentence().to_owned()),
    }
}

/// Somebody's rights as a review writes them down: as if they were not suspended, and the ones
/// without effect too.
pub(in crate::referent) fn frozen(
    portal: &Portal,
    referent: &Referent,
    profile: &[Right],
    holder: &Holder,
) -> Vec<FrozenRight> {
    let now = portal.store.clock().now();
    let mut member = preview::member(referent, holder, profile, now);
    member.active = true;
    let principal = Principal::Member(Arc::new(member));
    let services = referent.services(portal);
    let right = |service: &&Entrance| {
        let held = held(referent, service, holder, profile, &principal);
        let idle = if held.level.is_none() {
            ", sans effet"
        } else {
            ""
        };
        Some(FrozenRight {
            service: service.id.clone(),
            level: held.level.max(held.given)?,
            source: format!("{}{idle}", held.source),
            ends_at: own(service, holder).and_then(|grant| grant.ends_at),
        })
    };
    services.iter().filter_map(right).collect()
}

/// What somebody has on each service, in words: « Lecture (profil) »; with the service's id.
pub(in crate::referent) fn summary(
    portal: &Portal,
    referent: &Referent,
    profiles: &[Profile],
    holder: &Holder,
) -> Vec<(String, String, String)> {
    let rows = rows(portal, referent, profiles, std::slice::from_ref(holder));
    let cells = rows.into_iter().flat_map(|row| row.cells);
    let words = |cell: Cell| {
        let mut text = cell.level.to_owned();
        if !cell.source.is_empty() {
            text = format!("{text} ({})", cell.source);
        }
        if !cell.until.is_empty() {
            text = format!("{text}, jusqu’au {}", cell.until);
        }
        (cell.service, text, cell.service_id)
    };
    cells.map(words).collect()
}
