//! `/api/v1/journal`: what happened in the collectivité. Reading it is an entry of it.

use super::asked::{Caller, Parameters, bad_parameter};
use super::page::{Page, unknown_cursor};
use super::problem::Problem;
use crate::date;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::journal::{Said, days, sentence};
use crate::referent::{Referent, last_part};
use accounts::{CHRONICLE_PAGE, ChronicleFilter};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// An entry.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entry {
    /// Its number in the journal.
    number: i64,
    at: String,
    #[schema(example = "membership.suspend")]
    act: String,
    /// Who did it, if somebody of the collectivité.
    actor: Option<String>,
    /// The id of what it was done to.
    object: String,
    /// `done`, `permit` or `refusal`.
    outcome: String,
    /// The same in French.
    sentence: String,
}

/// Which part of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The beginning of an act: `membership.`
    quoi: String,
    /// The id of an agent.
    agent: String,
    /// A name, as one types it.
    person: String,
    /// The first day: `2026-12-01`.
    from: String,
    /// The last day.
    until: String,
    /// What a refusal page gave as its reference.
    reference: String,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The newest first, fifty at a time.
#[utoipa::path(get, path = "/api/v1/journal", operation_id = "listJournal", tag = "journal",
    summary = "Lire le journal de la collectivité", params(Which),
    responses((status = 200, description = "Une page d’entrées, les plus récentes d’abord", body = Page<Entry>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Parameters(which): Parameters<Which>,
) -> Result<axum::Json<Page<Entry>>, Problem> {
    let within = referent.within(&portal);
    let before = match which.cursor.as_deref() {
        None | Some("") => 0,
        Some(cursor) => cursor
            .parse()
            .ok()
            .filter(|at| *at > 0)
            .ok_or_else(unknown_cursor)?,
    };
    let member = (!which.agent.is_empty()).then(|| referent.membership(&which.agent).to_string());
    let mut errors = FieldErrors::default();
    let (from, until) = days(&which.from, &which.until, &mut errors);
    if !errors.is_empty() {
        return Err(bad_parameter(
            "from et until sont des dates, par exemple 2026-12-31, et until ne précède pas from.",
        ));
    }
    let filter = ChronicleFilter {
        act: which.quoi,
        member: member.unwrap_or_default(),
        person: which.person,
        from,
        until,
        reference: which.reference,
        before,
    };
    within.note_reading().await?;
    let entries = within.chronicle(&filter).await?;
    let said = Said::of(&portal, &referent, &entries).await?;
    let full = i64::try_from(entries.len()).is_ok_and(|count| count >= CHRONICLE_PAGE);
    let last = entries.last().filter(|_| full);
    let next_cursor = last.map(|entry| entry.seq.to_string());
    let items = entries.iter().map(|entry| Entry {
        number: entry.seq,
        at: date::rfc3339(entry.at),
        act: entry.act.clone(),
        actor: entry.actor.clone(),
        object: last_part(&entry.object).to_owned(),
        outcome: entry.outcome.clone(),
        sentence: sentence(&portal, entry, &said),
    });
    Ok(axum::Json(Page {
        items: items.collect(),
        next_cursor,
    }))
}
