//! `/cig/collectivites/import`: a file of collectivités; what it would do is shown before anything is
//! written, and then all of it is done, or nothing.

mod cells;
mod differences;
mod plan;
mod reading;

pub(crate) use plan::Plan;

use super::{Correspondant, failed};
use crate::import::{CellError, Uploaded, download, faulty_file, faulty_rows};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted};
use crate::referent::preview::Pairs;
use crate::table::{self, Table};
use accounts::{Error, Import, Once};
use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use reading::Reading;
use std::sync::Arc;

const BASE: &str = "/cig/collectivites/import";

/// How many collectivités of each kind the page shows, and how many errors.
const SHOWN: usize = 50;
const ERRORS: usize = 200;

/// A row, as the page shows it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) row: usize,
    pub(crate) name: String,
    pub(crate) siret: String,
    pub(crate) what: String,
}

#[derive(Template)]
#[template(path = "cig/import.html")]
struct UploadPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    base: &'static str,
    error: String,
}

#[derive(Template)]
#[template(path = "cig/import_preview.html")]
struct PreviewPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    base: &'static str,
    id: String,
    /// Of what the page shows: nothing else is applied.
    proof: String,
    file_name: String,
    plan: Plan,
    errors: Vec<CellError>,
    faulty: usize,
}

#[derive(Template)]
#[template(path = "cig/import_report.html")]
struct ReportPage {
    person: Option<Person>,
    here: &'static str,
    base: &'static str,
    file_name: String,
    report: String,
    id: String,
}

/// The form for a file.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, someone: Correspondant) -> Response {
    form(&portal, &someone, String::new()).await
}

async fn form(portal: &Portal, someone: &Correspondant, error: String) -> Response {
    let status = if error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    match someone.person(portal).await {
        Ok(person) => page::answer(
            status,
            &UploadPage {
                token: person.token.clone(),
                person: Some(person),
                here: "collectivites",
                base: BASE,
                error,
            },
        ),
        Err(error) => failed(&error),
    }
}

/// Takes a file, and leads to what it would do.
pub(crate) async fn upload(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    headers: HeaderMap,
    body: Multipart,
) -> Response {
    let Some(uploaded) = Uploaded::read(body).await else {
        let error = "Choisissez un fichier CSV de 10 Mo au plus.".to_owned();
        return form(&portal, &someone, error).await;
    };
    let token = Some(uploaded.token.as_str());
    if let Err(foreign) = posted::check(&portal, &headers, Some(&someone.visitor), token) {
        return foreign;
    }
    let file = (uploaded.name.as_str(), uploaded.content.as_slice());
    match keep(&portal, &someone, None, file).await {
        Ok(Ok(id)) => Redirect::to(&format!("{BASE}/{id}")).into_response(),
        Ok(Err(error)) => form(&portal, &someone, error).await,
        Err(error) => failed(&error),
    }
}

/// Keeps a file, by name and content, and gives its id; or says why it is none.
///
/// # Errors
/// The store.
pub(crate) async fn keep(
    portal: &Portal,
    someone: &Correspondant,
    once: Option<&Once>,
    (name, content): (&str, &[u8]),
) -> Result<Result<String, String>, Error> {
    if content.is_empty() {
        return Ok(Err("Choisissez d’abord un fichier CSV.".to_owned()));
    }
    let known = plan::known(portal, someone).await?;
    let read = Table::read(content).and_then(|table| Reading::of(&table, &known));
    if let Err(error) = read {
        return Ok(Err(error));
    }
    let overseen = someone.overseen(portal).once(once);
    let kept = overseen.keep_import(someone.account(), name, content);
    kept.await.map(Ok)
}

/// A file, and what it would do now.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn planned(
    portal: &Portal,
    someone: &Correspondant,
    id: &str,
) -> Result<(Import, Plan), Error> {
    let import = someone.overseen(portal).import(id).await?;
    let plan = Plan::of(portal, someone, &import.content).await?;
    Ok((import, plan))
}

/// What the file would do; or, once applied, what it did.
pub(crate) async fn preview(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
) -> Response {
    match read_preview(&portal, &someone, id).await {
        Ok(response) => response,
        Err(error) => failed(&error),
    }
}

async fn read_preview(
    portal: &Portal,
    someone: &Correspondant,
    id: String,
) -> Result<Response, Error> {
    let person = someone.person(portal).await?;
    let (import, mut plan) = planned(portal, someone, &id).await?;
    if let (Some(_), report) = (import.applied_at, import.report) {
        let page = ReportPage {
            person: Some(person),
            here: "collectivites",
            base: BASE,
            file_name: import.file_name,
            report: report.unwrap_or_default(),
            id,
        };
        return Ok(page::answer(StatusCode::OK, &page));
    }
    let faulty = faulty_rows(&plan.errors).len();
    let page = PreviewPage {
        token: person.token.clone(),
        person: Some(person),
        here: "collectivites",
        base: BASE,
        proof: proof(portal, &id, &plan),
        id,
        file_name: import.file_name,
        errors: plan.errors.drain(..).take(ERRORS).collect(),
        faulty,
        plan,
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// Applies it.
pub(crate) async fn apply(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let plan = match planned(&portal, &someone, &id).await {
        Ok((_, plan)) => plan,
        Err(error) => return failed(&error),
    };
    let to = Redirect::to(&format!("{BASE}/{id}")).into_response();
    // Something has changed since: the page shows what the file would do now.
    if posted.form.one("apercu") != proof(&portal, &id, &plan) {
        return to;
    }
    match take_in(&portal, &someone, None, (&id, &plan)).await {
        Ok(()) => to,
        Err(error) => failed(&error),
    }
}

/// Applies a plan.
///
/// # Errors
/// [`Error::Stale`] when somebody changed something since it was made.
pub(crate) async fn take_in(
    portal: &Portal,
    someone: &Correspondant,
    once: Option<&Once>,
    (id, plan): (&str, &Plan),
) -> Result<(), Error> {
    let (registration, report) = (&plan.registration, plan.report());
    let overseen = someone.overseen(portal).once(once);
    let done = overseen.take_in(someone.account(), id, registration, &report);
    match done.await {
        Err(Error::Exists { what, id }) => Err(Error::Stale { what, id }),
        done => done,
    }
}

/// What ties the button to the plan that its page shows.
pub(crate) fn proof(portal: &Portal, id: &str, plan: &Plan) -> String {
    portal
        .store
        .form_token(&format!("import {id} {}", plan.spelt()))
}

/// The rows to be mended.
pub(crate) async fn faulty(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
) -> Response {
    match planned(&portal, &someone, &id).await {
        Ok((import, plan)) => match Table::read(&import.content) {
            Ok(table) => faulty_file(&table, &plan.errors),
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        },
        Err(error) => failed(&error),
    }
}

/// A file to fill in.
pub(crate) async fn model(State(portal): State<Arc<Portal>>, someone: Correspondant) -> Response {
    let known = match plan::known(&portal, &someone).await {
        Ok(known) => known,
        Err(error) => return failed(&error),
    };
    let headings = reading::headings(&known);
    let services: Vec<_> = known
        .services
        .iter()
        .map(|(_, name)| name.as_str())
        .collect();
    let services = services.join(", ");
    let mut example = vec!["Ville de Beaumont", "", "", "Collectivité", "", &services];
    example.resize(headings.len(), "");
    let rows = [headings.iter().map(String::as_str).collect(), example];
    download("modele-collectivites.csv", table::write(rows.into_iter()))
}
