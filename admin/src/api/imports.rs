//! `/api/v1/imports`: a file of people, what it would do, and doing it.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::{Csv, Json};
use super::preview::{self, Difference};
use super::problem::Problem;
use crate::access::Effect;
use crate::import::{CellError, Progress};
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::import::{Plan, keep, proof, sentence, take_in};
use accounts::{Error, Import};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What pages call a file that a program sent.
pub(super) const FILE: &str = "api.csv";
/// Errors told; the file is to be mended then.
pub(super) const ERRORS: usize = 200;

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Taken {
    id: String,
    /// `preview`, `running` or `applied`.
    state: &'static str,
    /// What applying it did.
    report: Option<String>,
    /// What applying it would do; none once it was applied.
    plan: Option<Planned>,
}

/// What a file would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Planned {
    /// How many are added, changed, left as they are.
    new: usize,
    changed: usize,
    unchanged: usize,
    /// At most 200; rows with one are not taken in.
    errors: Vec<Mistaken>,
    gains: Vec<Difference>,
    losses: Vec<Difference>,
    idle: Vec<Difference>,
    /// What newcomers get.
    openings: Vec<Opening>,
    /// To be sent for it to be applied.
    proof: String,
}

/// A cell that is to be mended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Mistaken {
    /// As Excel numbers them.
    row: usize,
    column: String,
    value: String,
    remedy: String,
}

impl From<CellError> for Mistaken {
    fn from(error: CellError) -> Self {
        Self {
            row: error.row,
            column: error.column,
            value: error.value,
            remedy: error.remedy,
        }
    }
}

/// What so many newcomers get on a service.
#[derive(Debug, Serialize, ToSchema)]
struct Opening {
    service: String,
    level: String,
    count: usize,
}

/// Takes a file.
#[utoipa::path(post, path = "/api/v1/imports", operation_id = "takeImport", tag = "imports",
    summary = "Déposer un fichier CSV d’agents", request_body(content = String, content_type = "text/csv"),
    responses((status = 201, description = "Le fichier est lu\u{a0}; rien n’est encore appliqué", body = Taken)))]
pub(super) async fn take(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Csv>,
) -> Result<Response, Problem> {
    let Csv(content) = &asked.body;
    let kept = keep(asked.within(&portal), FILE, content).await?;
    let id = kept.map_err(|text| Problem::mistake("", text))?;
    let import = asked.who.within(&portal).import(&id).await?;
    let taken = taken(&portal, &asked.who, import).await?;
    let answer = Answer::of(&taken)?.created(format!("/api/v1/imports/{id}"));
    asked.answer(&portal, answer).await
}

/// What it would do, or what it did.
#[utoipa::path(get, path = "/api/v1/imports/{id}", operation_id = "getImport", tag = "imports",
    summary = "Voir ce qu’un fichier ferait, ou ce qu’il a fait", params(("id" = String, Path)),
    responses((status = 200, description = "L’aperçu, puis le compte rendu", body = Taken)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<axum::Json<Taken>, Problem> {
    let import = referent.within(&portal).import(&id).await?;
    taken(&portal, &referent, import).await.map(axum::Json)
}

async fn taken(portal: &Portal, referent: &Referent, import: Import) -> Result<Taken, Problem> {
    let running = portal.imports.of(&import.id) == Some(Progress::Running);
    let state = match import.applied_at {
        Some(_) => "applied",
        None if running => "running",
        None => "preview",
    };
    let plan = if state == "preview" {
        Some(planned(portal, referent, &import).await?)
    } else {
        None
    };
    Ok(Taken {
        id: import.id,
        state,
        report: import.report,
        plan,
    })
}

async fn planned(portal: &Portal, referent: &Referent, import: &Import) -> Result<Planned, Error> {
    let plan = Plan::of(portal, referent, &import.content).await?;
    let (impact, openings) = plan.impact(portal, referent);
    let told = |effects: Vec<Effect>| effects.into_iter().map(Difference::from).collect();
    Ok(Planned {
        proof: proof(portal, &import.id, &plan),
        new: plan.intake.newcomers.len(),
        changed: plan.intake.amendments.len(),
        unchanged: plan.unchanged,
        errors: plan
            .errors
            .into_iter()
            .take(ERRORS)
            .map(Mistaken::from)
            .collect(),
        gains: told(impact.gains),
        losses: told(impact.losses),
        idle: told(impact.idle),
        openings: openings
            .into_iter()
            .map(|(service, level, count)| Opening {
                service,
                level,
                count,
            })
            .collect(),
    })
}

/// What was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    /// Of the plan; another plan is not applied.
    pub(super) proof: String,
}

/// Applies it, all or nothing.
#[utoipa::path(post, path = "/api/v1/imports/{id}/apply", operation_id = "applyImport", tag = "imports",
    summary = "Appliquer un fichier, après aperçu", params(("id" = String, Path)), request_body = Seen,
    responses((status = 200, description = "Le compte rendu", body = Taken)))]
pub(super) async fn apply(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Seen>>,
) -> Result<Response, Problem> {
    let import = asked.who.within(&portal).import(&id).await?;
    let plan = Plan::of(&portal, &asked.who, &import.content).await?;
    let (Json(seen), shown) = (&asked.body, proof(&portal, &id, &plan));
    preview::expect(Some(&seen.proof), &shown)?;
    if !portal.imports.begin(&id) {
        return Err(Problem::repeated());
    }
    // On its own: a program that goes away does not stop it half-way.
    let (shared, asked) = (portal.clone(), Arc::new(asked));
    let task = (asked.clone(), id.clone());
    let applied = tokio::spawn(async move {
        let (asked, id) = task;
        take_in(&shared, asked.within(&shared), &id, &plan).await
    });
    match applied.await {
        Ok(Ok(())) => {}
        Ok(Err(error @ (Error::Stale { .. } | Error::Exists { .. }))) => {
            return Err(Problem::conflict(
                "stale",
                "Rien n’a été enregistré",
                &sentence(&error),
            ));
        }
        Ok(Err(error)) => return Err(error.into()),
        Err(_) => return Err(Error::Busy.into()),
    }
    let import = asked.who.within(&portal).import(&id).await?;
    let taken = taken(&portal, &asked.who, import).await?;
    asked.answer(&portal, Answer::of(&taken)?).await
}
