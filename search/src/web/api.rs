//! The JSON interface. Extracts are HTML: escaped, with `<mark>` around the words of the question.

use super::identity::Visitor;
use super::problem::Problem;
use super::view::{marked_up, visible_citations};
use super::{App, aside, parameters};
use crate::document::Document;
use crate::hit::{Hit, Results};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use jiff::civil::Date;
use policies::Nature;
use serde::Serialize;

/// An answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    total: usize,
    hits: Vec<Found>,
    /// The question that was answered in place of the one asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected: Option<String>,
}

#[derive(Debug, Serialize)]
struct Found {
    id: String,
    kind: Nature,
    title: String,
    snippet: String,
    date: Option<String>,
    updated: Option<String>,
    reference: Option<String>,
    section: Option<String>,
    state: Option<String>,
}

/// `GET /api/v1/search`.
pub(super) async fn search(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Json<Answer>, Problem> {
    let (query, window) = parameters::api(&query.unwrap_or_default())?;
    let results = aside(move || app.bip.search(&query, &window, &visitor.scope, true)).await?;
    Ok(Json(answer(results)))
}

/// `GET /api/v1/documents/{id}`: absent and forbidden are the same answer.
pub(super) async fn document(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Document>, Problem> {
    let Ok(Path(id)) = id else {
        return Err(Problem::not_found());
    };
    let found = aside(move || {
        let Some(mut document) = app.bip.find_document(&id, &visitor.scope)? else {
            return Ok(None);
        };
        // Who else may read it is nobody else's business.
        document.reserve_a = Vec::new();
        document.references = visible_citations(&app.bip, &document, &visitor.scope)?
            .into_iter()
            .map(|(citation, _)| citation)
            .collect();
        Ok(Some(document))
    });
    found.await?.map(Json).ok_or_else(Problem::not_found)
}

fn answer(results: Results) -> Answer {
    Answer {
        total: results.total,
        hits: results.hits.into_iter().map(found).collect(),
        corrected: results.corrected.map(|correction| correction.text),
    }
}

fn found(hit: Hit) -> Found {
    let day = |date: Option<Date>| date.map(|date| date.to_string());
    Found {
        snippet: marked_up(&hit.snippet),
        id: hit.id,
        kind: hit.kind,
        title: hit.title,
        date: day(hit.date),
        updated: day(hit.updated),
        reference: hit.reference,
        section: hit.section,
        state: hit.state,
    }
}
