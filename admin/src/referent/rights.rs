//! `/referent/droits`: the matrix of people and services, each cell with its source; and
//! `/referent/agents/{id}/droits`, one person's row with end dates. Both post the same fields:
//! `vu-…` (person|version) for each row, `droit-…` (person|service|level) for each cell, and on the
//! person's page `fin-…` (an end date) after each of these.

mod cells;
mod matrix;
mod wanted;

pub(crate) use cells::rows;
pub(super) use cells::{frozen, summary};
pub(super) use matrix::matrix;
pub(crate) use wanted::{Wanted, plan, read_end};

use super::preview::{self, Pairs, Proposal};
use super::{Referent, failed, places, reviews};
use crate::access::Prospect;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::Error;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use cells::Row;
use serde::Deserialize;
use std::sync::Arc;
use wanted::{Change, read_cells};

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
    form(&portal, &referent, &id, &asked.revue, None, errors).await
}

async fn form(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    review: &str,
    typed: Option<&Pairs>,
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
        let row = match typed {
            Some(fields) => row.retyped(fields),
            None => row,
        };
        Ok::<_, Error>((row, referent.person(portal).await?))
    };
    let status = errors.status();
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
        if review.is_empty() {
            let set = within.set_direct_rights(&changes).await;
            set.map_err(|error| places::failed_for(&portal, &error))?;
        } else {
            let review = referent.own(review);
            let set = within.set_reviewed_rights(&review, &changes).await;
            set.map_err(|error| match &error {
                Error::Stale { what: "review", .. } => reviews::decide::refused(&error),
                _ => places::failed_for(&portal, &error),
            })?;
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
            return Err(form(portal, referent, &id, review, Some(fields), errors).await);
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
