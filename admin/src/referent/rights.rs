//! `/referent/droits`: the matrix of people and services, each cell with its source; and
//! `/referent/agents/{id}/droits`, one person's row with end dates. Both post the same fields:
//! `vu-…` (person|version) for each row, `droit-…` (person|service|level) for each cell, and on the
//! person's page `fin-…` (an end date) after each of these.

mod cells;
mod matrix;

pub(crate) use cells::rows;
pub(super) use cells::{frozen, summary};
pub(super) use matrix::matrix;

use super::preview::{self, Pairs, Proposal};
use super::{Obstacle, Referent, failed, places, reviews};
use crate::access::Prospect;
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{DirectRight, Error, Holder};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use cells::Row;
use policies::{Attribution, Level};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/rights.html")]
struct RightsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    row: Row,
    /// The review that asks for the change, if one does.
    review: String,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// A review, by the last part of its id.
    revue: String,
}

/// One person's rights.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let errors = FieldErrors::default();
    form(&portal, &referent, &id, &asked.revue, errors).await
}

async fn form(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    review: &str,
    errors: FieldErrors,
) -> Response {
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
                review: review.to_owned(),
            },
        ),
        Err(error) => failed(&error),
    }
}

const ADDRESS: &str = "/referent/droits";

/// What is to change for one person.
pub(crate) type Change = (Attribution, i64, Vec<DirectRight>);

/// Shows what the changes do, then saves them.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Result<Response, Response> {
    let fields = &posted.form;
    let (changes, prospects) = read(&portal, &referent, fields).await?;
    let mut seen = fields.prefixed("vu-").filter_map(|vu| vu.split_once('|'));
    let review = fields.one("revue");
    let back = match (seen.next(), seen.next()) {
        _ if !review.is_empty() => format!("/referent/revues/{review}"),
        (Some((id, _)), None) => format!("/referent/agents/{id}"),
        _ => ADDRESS.to_owned(),
    };
    if !changes.is_empty() && fields.was_shown(&portal, &referent, ADDRESS) {
        let within = referent.within(&portal);
        let set = within.set_direct_rights(&changes).await;
        set.map_err(|error| places::failed_for(&portal, &error))?;
        if !review.is_empty() {
            let people: Vec<_> = changes.into_iter().map(|(leave, ..)| leave).collect();
            reviews::note_change(&portal, &referent, review, &people).await?;
        }
        return Ok(Redirect::to(&format!("{back}?fait=droits")).into_response());
    }
    let proposal = Proposal {
        title: "Vérifier les changements de droits",
        address: ADDRESS,
        back: &back,
        fields,
        prospects,
        even_for_nobody: false,
    };
    let tried = referent.within(&portal).try_direct_rights(&changes).await;
    Ok(preview::show(&portal, &referent, proposal, tried).await)
}

/// What is asked for one person, at the version that was seen.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) rights: Vec<DirectRight>,
}

/// What the fields ask for.
async fn read(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
) -> Result<(Vec<Change>, Vec<Prospect>), Response> {
    let asked = match read_cells(portal, referent, fields) {
        Ok(asked) => asked,
        Err((id, errors)) => {
            let review = fields.one("revue");
            return Err(form(portal, referent, &id, review, errors).await);
        }
    };
    let wanted = |(id, version): (&str, &str)| Wanted {
        id: id.to_owned(),
        version: version.parse().unwrap_or_default(),
        rights: asked
            .iter()
            .filter(|(who, _)| who == id)
            .map(|(_, right)| right.clone())
            .collect(),
    };
    let seen = fields.prefixed("vu-").filter_map(|vu| vu.split_once('|'));
    let wanted: Vec<_> = seen.map(wanted).collect();
    let dated = fields.prefixed("fin-").next().is_some();
    Ok(plan(portal, referent, &wanted, dated).await?)
}

/// Whom this changes, with leave to do so; and each before and after. Unless `dated`, ends stay.
pub(crate) async fn plan(
    portal: &Portal,
    referent: &Referent,
    wanted: &[Wanted],
    dated: bool,
) -> Result<(Vec<Change>, Vec<Prospect>), Obstacle> {
    let now = portal.store.clock().now();
    let profiles = referent.within(portal).list_profiles().await?;
    let ids = wanted.iter().map(|wanted| wanted.id.as_str());
    let holders = preview::holders(portal, referent, ids).await?;
    let (mut changes, mut prospects) = (Vec::new(), Vec::new());
    for (wanted, holder) in wanted.iter().zip(&holders) {
        let rights = changed(holder, dated, wanted.rights.iter());
        if rights.is_empty() {
            continue;
        }
        let profile = preview::profile_rights(&profiles, holder.entry.profile.as_deref());
        let before = preview::member(referent, holder, profile, now);
        let leave = referent.attribute(&before)?;
        let after = preview::member(referent, &with(holder, &rights), profile, now);
        prospects.push(Prospect {
            name: holder.entry.full_name(),
            before,
            after,
        });
        changes.push((leave, wanted.version, rights));
    }
    Ok((changes, prospects))
}

/// The end of a right by its last day; none when nothing is written.
pub(crate) fn read_end(portal: &Portal, text: &str) -> Result<Option<i64>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let ends_at = date::parse(text).and_then(date::end_of);
    let ahead = ends_at.filter(|at| *at > portal.store.clock().now());
    ahead.map(Some).ok_or_else(|| {
        format!("« {text} » : saisissez une date de fin à venir, au format jj/mm/aaaa, par exemple 31/12/2027.")
    })
}

/// The cells as they were filled in: person and right.
fn read_cells(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
) -> Result<Vec<(String, DirectRight)>, (String, FieldErrors)> {
    let services = referent.services(portal);
    let mut ends = fields.prefixed("fin-");
    let mut cells = Vec::new();
    for cell in fields.prefixed("droit-") {
        let mut parts = cell.split('|');
        let (Some(who), Some(service), Some(level)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let end = ends.next().unwrap_or_default();
        if services
            .iter()
            .all(|offered| offered.id.as_str() != service)
        {
            continue;
        }
        let ends_at = read_end(portal, end).map_err(|text| {
            let mut errors = FieldErrors::default();
            errors.add("fin", text);
            (who.to_owned(), errors)
        })?;
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
