//! `/referent/import`: a file of people; what it would do is shown before anything is written.

mod plan;
mod reading;
mod upload;

pub(crate) use plan::Plan;
pub(crate) use reading::Asked as AskedProfile;
pub(crate) use upload::{keep, show, upload};

use super::{Referent, failed, places};
use crate::access::Impact;
use crate::import::{self, CellError, Progress, download};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::table::{self, Table};
use accounts::{Error, Within};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

const BASE: &str = "/referent/import";

/// How many people of each kind the page shows, and how many errors.
const SHOWN: usize = 50;
const ERRORS: usize = 200;

struct Shown {
    row: usize,
    name: String,
    login: String,
    what: String,
}

#[derive(Template)]
#[template(path = "referent/import_preview.html")]
struct PreviewPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    base: &'static str,
    id: String,
    /// Of what the page shows: nothing else is applied.
    proof: String,
    file_name: String,
    new: usize,
    changed: usize,
    unchanged: usize,
    errors: Vec<CellError>,
    faulty: usize,
    newcomers: Vec<Shown>,
    amendments: Vec<Shown>,
    groups: Vec<String>,
    /// What it does to the accesses of those who are here already.
    impact: Impact,
    /// What newcomers get: service, level, how many.
    openings: Vec<(String, String, usize)>,
    /// Services without enough places.
    lacking: Vec<String>,
}

#[derive(Template)]
#[template(path = "referent/import_report.html")]
struct ReportPage {
    person: Option<Person>,
    here: &'static str,
    file_name: String,
    /// None while it is under way.
    report: Option<String>,
    failed: String,
    id: String,
}

/// What the file would do; or, once applied, what it did.
pub(crate) async fn preview(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    match read_preview(&portal, &referent, &id).await {
        Ok(response) => response,
        Err(error) => failed(&error),
    }
}

async fn read_preview(portal: &Portal, referent: &Referent, id: &str) -> Result<Response, Error> {
    // Before the file: what ends in between shows as applied.
    let progress = portal.imports.of(id);
    let import = referent.within(portal).import(id).await?;
    let person = referent.person(portal).await?;
    if import.applied_at.is_some() || progress.is_some() {
        let waiting = import.applied_at.is_none() && progress == Some(Progress::Running);
        let failed = match progress {
            Some(Progress::Failed(why)) => why,
            _ => String::new(),
        };
        let report = ReportPage {
            person: Some(person),
            here: "agents",
            file_name: import.file_name,
            report: import.report,
            failed,
            id: id.to_owned(),
        };
        let mut response = page::answer(StatusCode::OK, &report);
        if waiting {
            let refresh = header::HeaderValue::from_static("2");
            response.headers_mut().insert(header::REFRESH, refresh);
        }
        return Ok(response);
    }
    let plan = Plan::of(portal, referent, &import.content).await?;
    let proof = proof(portal, id, &plan);
    let (impact, openings) = plan.impact(portal, referent);
    let page = PreviewPage {
        token: person.token.clone(),
        person: Some(person),
        here: "agents",
        base: BASE,
        id: id.to_owned(),
        proof,
        file_name: import.file_name,
        lacking: places::lacking(portal, &plan.tally.lacking()),
        new: plan.intake.newcomers.len(),
        changed: plan.intake.amendments.len(),
        unchanged: plan.unchanged,
        faulty: import::faulty_rows(&plan.errors).len(),
        newcomers: plan.newcomers(SHOWN),
        amendments: plan.amendments(SHOWN),
        groups: plan
            .intake
            .groups
            .iter()
            .map(|(_, name)| name.clone())
            .collect(),
        errors: plan.errors.into_iter().take(ERRORS).collect(),
        impact,
        openings,
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// Applies it, in the background: the page tells how far it is.
pub(crate) async fn apply(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let read = async {
        let import = referent.within(&portal).import(&id).await?;
        Plan::of(&portal, &referent, &import.content).await
    };
    let plan = match read.await {
        Ok(plan) => plan,
        Err(error) => return failed(&error),
    };
    let to = Redirect::to(&format!("/referent/import/{id}")).into_response();
    // Somebody has changed the roll since: the page shows what the file would do now.
    let shown = posted.form.one("apercu") == proof(&portal, &id, &plan);
    if !shown || !portal.imports.begin(&id) {
        return to;
    }
    tokio::spawn(async move {
        // What it came to is told by the page.
        let _ = take_in(&portal, referent.within(&portal), &id, &plan).await;
    });
    to
}

/// Applies a plan that has begun, and notes how that ended.
pub(crate) async fn take_in(
    portal: &Portal,
    within: Within<'_>,
    id: &str,
    plan: &Plan,
) -> Result<(), Error> {
    let outcome = within.take_in(id, &plan.intake, &plan.report()).await;
    if let Err(error) = &outcome {
        let error: &dyn std::error::Error = error;
        tracing::warn!(error, "An import was not applied");
    }
    portal.imports.end(id, outcome.as_ref().err().map(sentence));
    outcome
}

/// What ties the button to the plan that its page shows.
pub(crate) fn proof(portal: &Portal, id: &str, plan: &Plan) -> String {
    portal
        .store
        .form_token(&format!("import {id} {}", plan.spelt()))
}

pub(crate) fn sentence(error: &Error) -> String {
    match error {
        Error::Stale { .. } | Error::Exists { .. } => {
            "Quelqu’un d’autre a modifié la liste des agents entre-temps. Rien n’a été enregistré\u{a0}: déposez le fichier de nouveau."
        }
        Error::Full(_) => "Un service n’a pas assez de places pour ce fichier. Rien n’a été enregistré\u{a0}: retirez ce droit à d’autres personnes, ou demandez des places à votre centre de gestion.",
        Error::LastReferent(_) => "Le fichier ferait partir le dernier référent. Rien n’a été enregistré.",
        _ => "Le portail n’a pas pu enregistrer le fichier. Rien n’a été enregistré\u{a0}: déposez-le de nouveau dans quelques minutes.",
    }
    .to_owned()
}

/// The rows to be mended, as they were, with what to mend.
pub(crate) async fn faulty(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    let read = async {
        let import = referent.within(&portal).import(&id).await?;
        let plan = Plan::of(&portal, &referent, &import.content).await?;
        Ok::<_, Error>((import, plan))
    };
    let (file, plan) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    let Ok(table) = Table::read(&file.content) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    import::faulty_file(&table, &plan.errors)
}

/// A file to fill in.
pub(crate) async fn model(_referent: Referent) -> Response {
    let example = vec![
        "Zoé",
        "Lefèvre",
        "zoe.lefevre@ville.fr",
        "",
        "Ressources humaines",
        "",
    ];
    let rows = [reading::headings(), example];
    download("modele-agents.csv", table::write(rows.into_iter()))
}
