//! `/api/v1/collectivite-imports`: a file of collectivités, what it would do, and doing it.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::{Csv, Json};
use super::imports::{ERRORS, FILE, Mistaken, Seen};
use super::preview;
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::import::{Plan, Shown, keep, planned, proof, take_in};
use crate::portal::Portal;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CollectiviteImport {
    id: String,
    /// `preview` or `applied`.
    state: &'static str,
    /// What applying it did.
    report: Option<String>,
    /// What applying it would do; none once it was applied.
    plan: Option<PlannedCollectivites>,
}

/// What a file would do.
#[derive(Debug, Serialize, ToSchema)]
struct PlannedCollectivites {
    openings: Vec<PlannedRow>,
    changes: Vec<PlannedRow>,
    /// How many are left as they are.
    unchanged: usize,
    /// At most 200; rows with one are not taken in.
    errors: Vec<Mistaken>,
    /// To be sent for it to be applied.
    proof: String,
}

/// A row, and what it does.
#[derive(Debug, Serialize, ToSchema)]
struct PlannedRow {
    /// As Excel numbers them.
    row: usize,
    name: String,
    siret: String,
    what: String,
}

impl From<Shown> for PlannedRow {
    fn from(shown: Shown) -> Self {
        Self {
            row: shown.row,
            name: shown.name,
            siret: shown.siret,
            what: shown.what,
        }
    }
}

async fn taken(
    portal: &Portal,
    someone: &Correspondant,
    id: &str,
) -> Result<CollectiviteImport, Problem> {
    let (import, plan) = planned(portal, someone, id).await?;
    let applied = import.applied_at.is_some();
    Ok(CollectiviteImport {
        id: import.id,
        state: if applied { "applied" } else { "preview" },
        report: import.report,
        plan: (!applied).then(|| told(portal, id, plan)),
    })
}

fn told(portal: &Portal, id: &str, plan: Plan) -> PlannedCollectivites {
    PlannedCollectivites {
        proof: proof(portal, id, &plan),
        openings: plan.openings.into_iter().map(PlannedRow::from).collect(),
        changes: plan.changes.into_iter().map(PlannedRow::from).collect(),
        unchanged: plan.unchanged,
        errors: plan
            .errors
            .into_iter()
            .take(ERRORS)
            .map(Mistaken::from)
            .collect(),
    }
}

/// Takes a file.
#[utoipa::path(post, path = "/api/v1/collectivite-imports", operation_id = "takeCollectiviteImport",
    tag = "collectivite-imports", summary = "Déposer un fichier CSV de collectivités",
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, description = "Le fichier est lu ; rien n’est encore appliqué", body = CollectiviteImport)))]
pub(super) async fn take(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Csv, Correspondant>,
) -> Result<Response, Problem> {
    let file = (FILE, &*asked.body.0);
    let kept = keep(&portal, &asked.who, asked.once(), file).await?;
    let id = kept.map_err(|text| Problem::mistake("", text))?;
    let taken = taken(&portal, &asked.who, &id).await?;
    let location = format!("/api/v1/collectivite-imports/{id}");
    let answer = Answer::of(&taken)?.created(location);
    asked.answer(&portal, answer).await
}

/// What it would do, or what it did.
#[utoipa::path(get, path = "/api/v1/collectivite-imports/{id}", operation_id = "getCollectiviteImport",
    tag = "collectivite-imports", summary = "Voir ce qu’un fichier ferait, ou ce qu’il a fait",
    params(("id" = String, Path)),
    responses((status = 200, description = "L’aperçu, puis le compte rendu", body = CollectiviteImport)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
    Path(id): Path<String>,
) -> Result<axum::Json<CollectiviteImport>, Problem> {
    taken(&portal, &someone, &id).await.map(axum::Json)
}

/// Applies it, all or nothing.
#[utoipa::path(post, path = "/api/v1/collectivite-imports/{id}/apply", operation_id = "applyCollectiviteImport",
    tag = "collectivite-imports", summary = "Appliquer un fichier, après aperçu",
    params(("id" = String, Path)), request_body = Seen,
    responses((status = 200, description = "Le compte rendu", body = CollectiviteImport)))]
pub(super) async fn apply(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Seen>, Correspondant>,
) -> Result<Response, Problem> {
    let someone = &asked.who;
    let (_, plan) = planned(&portal, someone, &id).await?;
    let shown = proof(&portal, &id, &plan);
    preview::expect(Some(&asked.body.0.proof), &shown)?;
    take_in(&portal, someone, asked.once(), (&id, &plan)).await?;
    let taken = taken(&portal, someone, &id).await?;
    asked.answer(&portal, Answer::of(&taken)?).await
}
