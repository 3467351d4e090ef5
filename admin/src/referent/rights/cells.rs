//! Rows and cells: what each person can open, where it comes from, and what can be chosen.

use crate::access::{self, Opening};
use crate::date;
use crate::entrance::{Entrance, NOTHING};
use crate::portal::Portal;
use crate::referent::agents::{Choice, last_part};
use crate::referent::preview::Pairs;
use crate::referent::{Referent, preview};
use accounts::{FrozenRight, Grant, Holder, Profile};
use policies::{Level, Principal, Refusal, Right};
use std::sync::Arc;

/// A cell: what the person has on the service, why, and what can be chosen.
pub(crate) struct Cell {
    pub(crate) service: String,
    pub(crate) service_id: String,
    /// « Lecture », « Modification (Valideur) ».
    pub(crate) level: String,
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
        let profile = preview::profile_of(profiles, holder.entry.profile.as_deref());
        let rights = preview::given_by(profile);
        let member = preview::member(referent, holder, profile, now);
        let locked = referent.attribute(&member).err();
        let principal = Principal::Member(Arc::new(member));
        let cells = services
            .iter()
            .map(|service| cell(referent, service, holder, rights, &principal));
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
    let source = match &held.verdict {
        Err(refusal) if !held.given.is_empty() => {
            format!("sans effet\u{a0}: {}", refusal.sentence())
        }
        _ => held.source.to_owned(),
    };
    let person = last_part(holder.entry.id.as_str());
    Cell {
        service: service.name.clone(),
        service_id: service.id.to_string(),
        level: held.name(),
        source,
        choices: choices(person, service, own.map(|grant| &grant.level)),
        until: own
            .and_then(|grant| grant.ends_at)
            .map_or_else(String::new, date::last_day),
    }
}

/// What can be chosen for a person's own right, the present one chosen.
fn choices(person: &str, service: &Entrance, own: Option<&Level>) -> Vec<Choice> {
    let choice = |level: Option<&Level>, name: String| {
        let value = level.map_or("aucun", Level::as_str);
        let value = format!("{person}|{}|{value}", service.id);
        (value, name, own == level)
    };
    let nothing = choice(None, "Aucun droit direct".to_owned());
    let offered: Vec<_> = service.levels().collect();
    let gone = own.filter(|own| offered.iter().all(|(level, _)| level != *own));
    let gone = gone.map(|own| choice(Some(own), format!("{} (n’est plus proposé)", own.as_str())));
    let offered = offered.iter();
    let offered = offered.map(|(level, name)| choice(Some(level), (*name).to_owned()));
    std::iter::once(nothing)
        .chain(offered)
        .chain(gone)
        .collect()
}

/// What somebody has on a service.
struct Held {
    /// What they can open, or why they cannot.
    verdict: Result<Opening, Refusal>,
    /// The rights that they were given, whether or not they open anything.
    given: Vec<Level>,
    /// « profil », « règle », « direct »; empty when there is nothing.
    source: &'static str,
}

impl Held {
    fn name(&self) -> String {
        let opening = self.verdict.as_ref();
        opening.map_or_else(|_| NOTHING.to_owned(), Opening::name)
    }
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
    let own = own(service, holder).map(|grant| &grant.level);
    let by_profile = profile.iter().find(|right| right.service == service.id);
    let by_profile = by_profile.map(|right| &right.level);
    let given = match (own, by_profile) {
        (Some(_), Some(_)) => "profil et direct",
        (Some(_), None) => "direct",
        (None, Some(_)) => "profil",
        (None, None) => "",
    };
    let by_rule = verdict.as_ref().is_ok_and(|opening| !opening.by_right());
    Held {
        verdict,
        given: own.into_iter().chain(by_profile).cloned().collect(),
        source: if by_rule { "règle" } else { given },
    }
}

/// Somebody's rights as a review writes them down: as if they were not suspended, and the ones
/// without effect too.
pub(in crate::referent) fn frozen(
    portal: &Portal,
    referent: &Referent,
    profile: Option<&Profile>,
    holder: &Holder,
) -> Vec<FrozenRight> {
    let now = portal.store.clock().now();
    let rights = preview::given_by(profile);
    let mut member = preview::member(referent, holder, profile, now);
    member.active = true;
    let principal = Principal::Member(Arc::new(member));
    let services = referent.services(portal);
    let right = |service: &&Entrance| {
        let held = held(referent, service, holder, rights, &principal);
        let idle = if held.verdict.is_err() {
            ", sans effet"
        } else {
            ""
        };
        let opened = held
            .verdict
            .as_ref()
            .ok()
            .map(|opening| opening.level.clone());
        let given = held.given.iter().map(|level| service.reach(level));
        let mut roles: Vec<_> = held.given.iter().filter_map(Level::role).cloned().collect();
        roles.sort_unstable();
        roles.dedup();
        Some(FrozenRight {
            service: service.id.clone(),
            level: given.chain(opened).max()?,
            roles,
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
        let mut text = cell.level.clone();
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
