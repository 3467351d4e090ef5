//! `/referent/droits`: the matrix of people and services, each cell with its source; and
//! `/referent/agents/{id}/droits`, one person's row with end dates. Both post the same fields:
//! `vu-…` (person|version) for each row, `droit-…` (person|service|level) for each cell, and on the
//! person's page `fin-…` (an end date) after each of these.

mod cells;
mod matrix;

pub(super) use cells::summary;
pub(super) use matrix::matrix;

use super::preview::{self, Pairs, Proposal};
use super::{Referent, failed, not_attributed, places};
use crate::access::Prospect;
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{DirectRight, Error, Holder};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use cells::{Row, rows};
use policies::{Attribution, Level};
use std::sync::Arc;

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

const ADDRESS: &str = "/referent/droits";

/// What is to change for one person.
type Change = (Attribution, i64, Vec<DirectRight>);

/// Shows what the changes do, then saves them.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Result<Response, Response> {
    let fields = &posted.form;
    let (changes, prospects) = read(&portal, &referent, fields).await?;
    let mut seen = fields.prefixed("vu-").filter_map(|vu| vu.split_once('|'));
    let back = match (seen.next(), seen.next()) {
        (Some((id, _)), None) => format!("/referent/agents/{id}"),
        _ => ADDRESS.to_owned(),
    };
    if !changes.is_empty() && fields.was_shown(&portal, &referent, ADDRESS) {
        let set = referent.within(&portal).set_direct_rights(&changes).await;
        return set
            .map(|()| Redirect::to(&format!("{back}?fait=droits")).into_response())
            .map_err(|error| places::failed_for(&portal, &error));
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

/// Whom the fields change, with leave to do so; and each before and after.
async fn read(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
) -> Result<(Vec<Change>, Vec<Prospect>), Response> {
    let now = portal.store.clock().now();
    let asked = match read_cells(portal, referent, fields) {
        Ok(asked) => asked,
        Err((id, errors)) => return Err(form(portal, referent, &id, errors).await),
    };
    let profiles = referent.within(portal).list_profiles().await;
    let profiles = profiles.map_err(|error| failed(&error))?;
    let seen: Vec<_> = fields
        .prefixed("vu-")
        .filter_map(|vu| vu.split_once('|'))
        .collect();
    let holders = preview::holders(portal, referent, seen.iter().map(|(id, _)| *id)).await;
    let holders = holders.map_err(|error| failed(&error))?;
    let dated = fields.prefixed("fin-").next().is_some();
    let (mut changes, mut prospects) = (Vec::new(), Vec::new());
    for ((id, version), holder) in seen.iter().zip(&holders) {
        let own = asked.iter().filter(|(who, _)| who == id);
        let rights = changed(holder, dated, own.map(|(_, right)| right));
        if rights.is_empty() {
            continue;
        }
        let profile = preview::profile_rights(&profiles, holder.entry.profile.as_deref());
        let before = preview::member(referent, holder, profile, now);
        let leave = referent
            .attribute(&before)
            .map_err(|refusal| not_attributed(&refusal))?;
        let after = preview::member(referent, &with(holder, &rights), profile, now);
        prospects.push(Prospect {
            name: holder.entry.full_name(),
            before,
            after,
        });
        changes.push((leave, version.parse().unwrap_or_default(), rights));
    }
    Ok((changes, prospects))
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
        let end = ends.next().unwrap_or_default().trim();
        if services
            .iter()
            .all(|offered| offered.id.as_str() != service)
        {
            continue;
        }
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
