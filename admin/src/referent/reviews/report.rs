//! `/referent/revues/{id}/rapport`: what was decided, signed; to print, and to take away with all
//! that is needed to check the signature elsewhere.

use super::Shown;
use super::current::Line;
use super::decide::refused;
use crate::import::download;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::{Referent, failed};
use crate::table;
use accounts::{Error, Report, ReviewLine};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/review_report.html")]
struct ReportPage {
    person: Option<Person>,
    here: &'static str,
    collectivite: String,
    review: Shown,
    lines: Vec<Line>,
    report: Report,
}

/// Closes a review, which signs it.
pub(crate) async fn close(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    _posted: Posted<Pairs>,
) -> Response {
    let within = referent.within(&portal);
    match within.close_review(&referent.own(&id)).await {
        Ok(()) => Redirect::to("/referent/revues?fait=close").into_response(),
        Err(error) => refused(&error),
    }
}

/// Shows the report, and whether the signature matches it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    let read = async {
        let within = referent.within(&portal);
        let whole = referent.own(&id);
        let review = within.get_review(&whole).await?;
        let report = within.report(&whole).await?;
        let lines = within.list_all_lines(&whole).await?;
        let shown = |line: &ReviewLine| Line::of(&portal, &referent, line);
        Ok::<_, Error>(ReportPage {
            person: Some(referent.person(&portal).await?),
            here: "revues",
            collectivite: referent.entry.collectivite.name.clone(),
            review: Shown::of(&review, portal.store.clock().now()),
            lines: lines.iter().map(shown).collect(),
            report,
        })
    };
    match read.await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

/// The decisions as a table for a spreadsheet; what is signed is in the other file.
pub(crate) async fn table(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    let within = referent.within(&portal);
    let whole = referent.own(&id);
    // Of a closed review only: before, there is no report.
    let read = async {
        within.report(&whole).await?;
        within.list_all_lines(&whole).await
    };
    let lines = match read.await {
        Ok(lines) => lines,
        Err(error) => return failed(&error),
    };
    let lines = lines.iter().map(|line| Line::of(&portal, &referent, line));
    let rows: Vec<[String; 7]> = lines.map(row).collect();
    let headings = vec![
        "Nom",
        "Courriel",
        "Rôle et profil",
        "Droits",
        "Alertes",
        "Dernière connexion",
        "Décision",
    ];
    let rows = rows.iter();
    let rows = rows.map(|row| row.iter().map(String::as_str).collect());
    download(
        "revue-des-habilitations.csv",
        table::write(std::iter::once(headings).chain(rows)),
    )
}

fn row(line: Line) -> [String; 7] {
    [
        line.name,
        line.login,
        line.who,
        line.rights.join(" | "),
        line.hints.join(" | "),
        line.seen,
        line.decision,
    ]
}

/// The signed content as a file.
pub(crate) async fn export(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    let within = referent.within(&portal);
    let report = match within.report(&referent.own(&id)).await {
        Ok(report) => report,
        Err(error) => return failed(&error),
    };
    let file = serde_json::json!({
        "contenu": report.content,
        "sha256": report.sha256,
        "signature": report.signature,
        "cles": report.keys,
    });
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"revue-des-habilitations.json\"",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, file.to_string()).into_response()
}
