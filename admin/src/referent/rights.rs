//! `/referent/droits`: the matrix of people and services, each cell with its source; and
//! `/referent/agents/{id}/droits`, one person's row with end dates. Both post the same fields:
//! `vu` (person|version) for each row, `droit` (person|service|level) for each cell, and on the
//! person's page `fin` (an end date) after each `droit`.

use super::agents::{Asked, Choice, group_choices, last_part, profile_choices};
use super::preview::{self, Pairs, Proposal};
use super::{Referent, failed, not_attributed};
use crate::access::{self, Prospect};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::{Entrance, Portal};
use crate::posted::Posted;
use accounts::{DirectRight, Error, Holder, PAGE, Profile};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Attribution, Level, Principal};
use std::sync::Arc;

/// A cell: what the person has on the service, why, and what can be chosen.
pub(super) struct Cell {
    service: String,
    service_id: String,
    /// « Lecture ».
    level: &'static str,
    /// « profil », « règle », « direct »; empty when there is nothing.
    source: String,
    /// The own right as it stands: value of the choice, name, chosen.
    choices: Vec<Choice>,
    /// Its end date, as it is written.
    until: String,
}

pub(super) struct Row {
    id: String,
    name: String,
    version: i64,
    profile: String,
    cells: Vec<Cell>,
    /// Why it cannot be changed here; empty when it can.
    locked: String,
}

/// Reads rows for people.
fn rows(
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
    profile: &[policies::Right],
    principal: &Principal,
) -> Cell {
    let verdict = referent
        .judging()
        .and_then(|(ruleset, situation)| access::open(ruleset, principal, service, situation));
    let own = holder
        .direct
        .iter()
        .find(|grant| grant.service == service.id);
    let by_profile = profile.iter().any(|right| right.service == service.id);
    let (level, source) = match &verdict {
        Ok(opening) => {
            let rule = !opening
                .permit
                .rules()
                .iter()
                .any(|rule| rule.starts_with("droit/"));
            let source = match (rule, own.is_some(), by_profile) {
                (true, ..) => "règle",
                (false, true, true) => "profil et direct",
                (false, true, false) => "direct",
                (false, false, _) => "profil",
            };
            (access::level_name(Some(opening.level)), source.to_owned())
        }
        Err(refusal) if own.is_some() || by_profile => (
            access::level_name(None),
            format!("sans effet : {}", refusal.sentence()),
        ),
        Err(_) => (access::level_name(None), String::new()),
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
        level,
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

/// What somebody has on each service, in words: « Lecture (profil) ».
pub(super) fn summary(
    portal: &Portal,
    referent: &Referent,
    profiles: &[Profile],
    holder: &Holder,
) -> Vec<(String, String)> {
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
        (cell.service, text)
    };
    cells.map(words).collect()
}

#[derive(Template)]
#[template(path = "referent/matrix.html")]
struct MatrixPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    asked: Asked,
    services: Vec<String>,
    rows: Vec<Row>,
    total: i64,
    page: i64,
    pages: i64,
    previous: Option<String>,
    next: Option<String>,
    profiles: Vec<Choice>,
    groups: Vec<Choice>,
    done: bool,
}

/// The matrix, a page of people at a time.
pub(crate) async fn matrix(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    match read_matrix(&portal, &referent, asked).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read_matrix(
    portal: &Portal,
    referent: &Referent,
    asked: Asked,
) -> Result<MatrixPage, Error> {
    let within = referent.within(portal);
    let roll = within.list(&asked.filter()).await?;
    let (profiles, groups) = (within.list_profiles().await?, within.list_groups().await?);
    let holders = within.holders(roll.entries).await?;
    let person = referent.person(portal).await?;
    let pages = ((roll.total + PAGE - 1) / PAGE).max(1);
    let page = asked.page.clamp(1, pages);
    let at = |page| asked.at("/referent/droits", page);
    Ok(MatrixPage {
        token: person.token.clone(),
        person: Some(person),
        here: "droits",
        services: referent
            .services(portal)
            .iter()
            .map(|s| s.name.clone())
            .collect(),
        rows: rows(portal, referent, &profiles, &holders),
        total: roll.total,
        page,
        pages,
        previous: (page > 1).then(|| at(page - 1)),
        next: (page < pages).then(|| at(page + 1)),
        profiles: profile_choices(&profiles, &asked.profil),
        groups: group_choices(&groups, &asked.groupe),
        done: asked.fait == "droits",
        asked,
    })
}

#[derive(Template)]
#[template(path = "referent/rights.html")]
struct RightsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    row: Row,
}

/// One person's rights.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    form(&portal, &referent, &id, FieldErrors::default()).await
}

async fn form(portal: &Portal, referent: &Referent, id: &str, errors: FieldErrors) -> Response {
    let read = async {
        let profiles = referent.within(portal).list_profiles().await?;
        let holders = preview::holders(portal, referent, std::iter::once(id)).await?;
        let row = rows(portal, referent, &profiles, &holders)
            .into_iter()
            .next();
        let row = row.ok_or_else(|| Error::NotFound {
            what: "membership",
            id: id.to_owned(),
        })?;
        Ok::<_, Error>((row, referent.person(portal).await?))
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    match read.await {
        Ok((row, person)) => page::answer(
            status,
            &RightsPage {
                token: person.token.clone(),
                person: Some(person),
                here: "agents",
                errors,
                row,
            },
        ),
        Err(error) => failed(&error),
    }
}

/// What is to change for one person.
type Change = (Attribution, i64, Vec<DirectRight>);

/// Shows what the changes do, then saves them.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    const ADDRESS: &str = "/referent/droits";
    let fields = &posted.form;
    let now = portal.store.clock().now();
    let seen: Vec<_> = fields
        .all("vu")
        .filter_map(|vu| vu.split_once('|'))
        .collect();
    let holders = match preview::holders(&portal, &referent, seen.iter().map(|(id, _)| *id)).await {
        Ok(holders) => holders,
        Err(error) => return failed(&error),
    };
    let profiles = match referent.within(&portal).list_profiles().await {
        Ok(profiles) => profiles,
        Err(error) => return failed(&error),
    };
    let asked = match read_cells(&portal, fields) {
        Ok(asked) => asked,
        Err((id, errors)) => return form(&portal, &referent, &id, errors).await,
    };
    let dated = fields.all("fin").next().is_some();
    let (mut changes, mut prospects): (Vec<Change>, Vec<Prospect>) = (Vec::new(), Vec::new());
    for ((id, version), holder) in seen.iter().zip(&holders) {
        let own = asked.iter().filter(|(who, _)| who == id);
        let rights = changed(holder, dated, own.map(|(_, right)| right));
        if rights.is_empty() {
            continue;
        }
        let profile = preview::profile_rights(&profiles, holder.entry.profile.as_deref());
        let before = preview::member(&referent, holder, profile, now);
        let leave = match referent.attribute(&before) {
            Ok(leave) => leave,
            Err(refusal) => return not_attributed(&refusal),
        };
        let after = preview::member(&referent, &with(holder, &rights), profile, now);
        prospects.push(Prospect {
            name: holder.entry.full_name(),
            before,
            after,
        });
        changes.push((leave, version.parse().unwrap_or_default(), rights));
    }
    let back = match seen.as_slice() {
        [(id, _)] => format!("/referent/agents/{id}"),
        _ => ADDRESS.to_owned(),
    };
    if !changes.is_empty() && fields.was_shown(&portal, &referent, ADDRESS) {
        return match referent.within(&portal).set_direct_rights(&changes).await {
            Ok(()) => Redirect::to(&format!("{back}?fait=droits")).into_response(),
            Err(error) => failed(&error),
        };
    }
    let title = "Vérifier les changements de droits";
    let proposal = Proposal {
        title,
        address: ADDRESS,
        back: &back,
        fields,
        prospects,
        even_for_nobody: false,
    };
    preview::show(&portal, &referent, proposal).await
}

/// The cells as they were filled in: person and right.
fn read_cells(
    portal: &Portal,
    fields: &Pairs,
) -> Result<Vec<(String, DirectRight)>, (String, FieldErrors)> {
    let mut ends = fields.all("fin");
    let mut cells = Vec::new();
    for cell in fields.all("droit") {
        let mut parts = cell.split('|');
        let (Some(who), Some(service), Some(level)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let end = ends.next().unwrap_or_default().trim();
        let ends_at = if end.is_empty() {
            None
        } else {
            let read = date::parse(end).and_then(date::end_of);
            let ends_at = read.filter(|at| *at > portal.store.clock().now());
            Some(ends_at.ok_or_else(|| {
                let mut errors = FieldErrors::default();
                errors.add(
                    "fin",
                    format!("« {end} » : saisissez une date de fin à venir, au format jj/mm/aaaa, par exemple 31/12/2027."),
                );
                (who.to_owned(), errors)
            })?)
        };
        let right = DirectRight {
            service: service.into(),
            level: Level::parse(level),
            ends_at,
        };
        cells.push((who.to_owned(), right));
    }
    Ok(cells)
}

/// Those that differ from what the person has. Where no end dates were asked for, they stay.
fn changed<'a>(
    holder: &Holder,
    dated: bool,
    asked: impl Iterator<Item = &'a DirectRight>,
) -> Vec<DirectRight> {
    let own = |right: &DirectRight| {
        let mut direct = holder.direct.iter();
        direct.find(|grant| grant.service == right.service)
    };
    let kept = |right: &DirectRight| DirectRight {
        ends_at: if dated {
            right.ends_at
        } else {
            own(right).and_then(|grant| grant.ends_at)
        },
        ..right.clone()
    };
    let differs = |right: &DirectRight| {
        own(right).map(|grant| (grant.level, grant.ends_at))
            != right.level.map(|level| (level, right.ends_at))
    };
    asked.map(kept).filter(differs).collect()
}

/// The holder as they would be.
fn with(holder: &Holder, rights: &[DirectRight]) -> Holder {
    let mut after = holder.clone();
    for right in rights {
        after.direct.retain(|grant| grant.service != right.service);
        if let Some(level) = right.level {
            after.direct.push(accounts::Grant {
                membership: holder.entry.id.clone(),
                service: right.service.clone(),
                level,
                starts_at: None,
                ends_at: right.ends_at,
            });
        }
    }
    after
}
