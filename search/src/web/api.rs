//! The JSON interface. Extracts are HTML: escaped, with `<mark>` around the words of the question.

use super::identity::Visitor;
use super::links::visible_citations;
use super::parameters::{Search, Typed};
use super::problem::Problem;
use super::view::marked_up;
use super::{App, aside, parameters};
use crate::answer::{Citing, Facets, Hit, Results, Suggestion};
use crate::content::document::Document;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use jiff::civil::Date;
use policies::Nature;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How many documents stand near another.
const NEAR: usize = 10;

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Answer {
    /// How many documents match, filters included.
    total: usize,
    /// Counts by sort, each as if nothing of its own sort had been chosen.
    facets: Counts,
    hits: Vec<Found>,
    /// To be given as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// The question that was answered in place of the one asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected: Option<String>,
    /// What was searched beside the words as typed.
    expansions: Vec<Also>,
}

/// Counts of an answer.
#[derive(Debug, Serialize, ToSchema)]
struct Counts {
    kind: BTreeMap<&'static str, usize>,
    theme: BTreeMap<String, usize>,
    year: BTreeMap<i16, usize>,
    in_force: BTreeMap<&'static str, usize>,
}

/// Words, and what was searched beside them.
#[derive(Debug, Serialize, ToSchema)]
struct Also {
    of: String,
    also: Vec<String>,
}

/// A document of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Found {
    id: String,
    #[schema(value_type = String, example = "fiche")]
    kind: Nature,
    title: String,
    /// HTML.
    snippet: String,
    date: Option<String>,
    updated: Option<String>,
    reference: Option<String>,
    section: Option<String>,
    state: Option<String>,
}

/// What stands near a document.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Near {
    /// Documents that rest on it.
    cited_by: Listed,
    /// News that tell of its change.
    changed_by: Listed,
    /// Documents like it.
    related: Vec<Found>,
}

/// Some documents, and how many there are.
#[derive(Debug, Serialize, ToSchema)]
struct Listed {
    total: usize,
    hits: Vec<Found>,
}

/// A completion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(super) enum Completion {
    /// A theme.
    Theme { theme: String },
    /// A document.
    Document {
        id: String,
        #[schema(value_type = String, example = "fiche")]
        kind: Nature,
        title: String,
    },
}

/// Searches.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "search", tag = "bip",
    summary = "Chercher dans BIP", params(Search),
    responses((status = 200, description = "Une page de documents", body = Answer)))]
pub(super) async fn search(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Json<Answer>, Problem> {
    let question = parameters::search(&query.unwrap_or_default())?;
    let results = aside(&app, move |bip| bip.search(&question, &visitor.scope)).await?;
    Ok(Json(answer(results)))
}

/// Completes.
#[utoipa::path(get, path = "/api/v1/suggest", operation_id = "suggest", tag = "bip",
    summary = "Compléter une saisie", params(Typed),
    responses((status = 200, description = "Des propositions", body = Vec<Completion>)))]
pub(super) async fn suggest(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Completion>>, Problem> {
    let (typed, limit) = parameters::typed(&query.unwrap_or_default())?;
    let found = aside(&app, move |bip| bip.suggest(&typed, limit, &visitor.scope)).await?;
    Ok(Json(found.into_iter().map(completion).collect()))
}

/// One document. Absent and forbidden are the same answer.
#[utoipa::path(get, path = "/api/v1/documents/{id}", operation_id = "getDocument", tag = "bip",
    summary = "Lire un document",
    responses((status = 200, description = "Le document, dans les champs du format d’import", body = Object),
              (status = 403, description = "Fermé à la personne, mais annoncé par le CIG ; ou aucune règle d’accès n’est connue"),
              (status = 404, description = "Absent, ou fermé à la personne")))]
pub(super) async fn document(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Document>, Problem> {
    let Ok(Path(id)) = id else {
        return Err(Problem::not_found());
    };
    let found = aside(&app, move |bip| {
        let Some(mut document) = bip.find_document(&id, &visitor.scope)? else {
            return Ok(Err(bip.find_announced(&id, &visitor.scope)?));
        };
        // Who else may read it is nobody else's business.
        document.reserve_a = Vec::new();
        document.references = visible_citations(bip, &document, &visitor.scope)?
            .into_iter()
            .map(|(citation, _)| citation)
            .collect();
        Ok(Ok(document))
    });
    match found.await? {
        Ok(document) => Ok(Json(document)),
        Err(Some(title)) => Err(Problem::announced(&title)),
        Err(None) => Err(Problem::not_found()),
    }
}

/// What stands near a document.
#[utoipa::path(get, path = "/api/v1/documents/{id}/related", operation_id = "getRelated", tag = "bip",
    summary = "Trouver les documents liés",
    responses((status = 200, description = "Ceux qui le citent, le modifient ou lui ressemblent", body = Near),
              (status = 404, description = "Absent, ou fermé à la personne")))]
pub(super) async fn related(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Near>, Problem> {
    let Ok(Path(id)) = id else {
        return Err(Problem::not_found());
    };
    let found = aside(&app, move |bip| {
        let scope = &visitor.scope;
        let Some(document) = bip.find_document(&id, scope)? else {
            return Ok(None);
        };
        Ok(Some(Near {
            cited_by: listed(bip.citing(&id, NEAR, scope)?),
            changed_by: listed(bip.changing(&id, NEAR, scope)?),
            related: list(bip.related(&document, NEAR, scope)?),
        }))
    });
    found.await?.map(Json).ok_or_else(Problem::not_found)
}

fn answer(results: Results) -> Answer {
    Answer {
        total: results.total,
        facets: counts(results.facets),
        hits: list(results.hits),
        next_cursor: results.next.map(|cursor| cursor.to_string()),
        corrected: results.corrected.map(|correction| correction.text),
        expansions: results
            .expansions
            .into_iter()
            .map(|expansion| Also {
                of: expansion.of,
                also: expansion.also,
            })
            .collect(),
    }
}

fn counts(facets: Facets) -> Counts {
    let in_force = [("true", facets.in_force), ("false", facets.not_in_force)];
    Counts {
        kind: facets
            .kinds
            .into_iter()
            .map(|(kind, count)| (kind.as_str(), count))
            .collect(),
        theme: facets.themes,
        year: facets.years,
        in_force: in_force.into(),
    }
}

fn listed(citing: Citing) -> Listed {
    Listed {
        total: citing.total,
        hits: list(citing.hits),
    }
}

fn list(hits: Vec<Hit>) -> Vec<Found> {
    hits.into_iter().map(found).collect()
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

fn completion(suggestion: Suggestion) -> Completion {
    match suggestion {
        Suggestion::Theme(theme) => Completion::Theme { theme },
        Suggestion::Document { id, kind, title } => Completion::Document { id, kind, title },
    }
}
