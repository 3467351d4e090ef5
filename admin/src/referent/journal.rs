//! `/referent/journal`: what happened in the collectivité, in plain French, and as a file.

mod asked;
mod between;
mod rules;
mod sentence;

pub(crate) use asked::{Asked, days};
pub(crate) use rules::Said;
pub(crate) use sentence::sentence;

use super::{Referent, failed};
use crate::date;
use crate::fields::FieldErrors;
use crate::import::download;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::table;
use accounts::{CHRONICLE_PAGE, ChronicleEntry, Error};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

/// Kinds of acts, for the filter.
const KINDS: &[(&str, &str)] = &[
    ("login", "Connexions"),
    ("ouvrir", "Pages ouvertes"),
    ("envoyer", "Saisies envoyées"),
    ("request.", "Demandes d’accès"),
    ("membership.", "Fiches, états et droits des agents"),
    ("transfer.", "Transferts et arrivées"),
    ("factor.", "Seconds facteurs perdus"),
    ("profile.", "Profils"),
    ("group.", "Services de la collectivité"),
    ("network.", "Réseaux"),
    ("rule.", "Règles"),
    ("guardrail.", "Garde-fous du CIG"),
    ("review.", "Revues des habilitations"),
    ("import.", "Imports"),
    ("key.", "Clés de programmes"),
    ("journal.", "Lectures du journal"),
];

struct Line {
    when: String,
    /// The same as spreadsheets read it.
    sorted: String,
    who: String,
    what: String,
}

#[derive(Template)]
#[template(path = "referent/journal.html")]
struct JournalPage {
    person: Option<Person>,
    here: &'static str,
    errors: FieldErrors,
    asked: Asked,
    /// Whose entries alone are shown; empty for everybody's.
    only: String,
    kinds: Vec<(String, String, bool)>,
    lines: Vec<Line>,
    next: Option<String>,
    export: String,
}

/// A page of it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    match read(&portal, &referent, asked).await {
        Ok(page) => page::answer(page.errors.status(), &page),
        Err(error) => failed(&error),
    }
}

async fn read(portal: &Portal, referent: &Referent, asked: Asked) -> Result<JournalPage, Error> {
    let within = referent.within(portal);
    let mut errors = FieldErrors::default();
    let filter = asked.filter(referent, &mut errors);
    let entries = if errors.is_empty() {
        within.note_reading().await?;
        within.chronicle(&filter).await?
    } else {
        Vec::new()
    };
    let only = if asked.agent.is_empty() {
        String::new()
    } else {
        within
            .get(&referent.membership(&asked.agent))
            .await?
            .full_name()
    };
    let kind =
        |(value, name): (&str, &str)| (value.to_owned(), name.to_owned(), value == asked.quoi);
    let last = entries.last().filter(|_| is_full(&entries));
    let said = Said::of(portal, referent, &entries).await?;
    Ok(JournalPage {
        person: Some(referent.person(portal).await?),
        here: "journal",
        errors,
        only,
        kinds: KINDS.iter().copied().map(kind).collect(),
        lines: entries
            .iter()
            .map(|entry| line(portal, entry, &said))
            .collect(),
        next: last.map(|entry| asked.at(entry.seq, "/referent/journal")),
        export: asked.at(0, "/referent/journal.csv"),
        asked,
    })
}

/// The same as a file, up to 5,000 entries.
pub(crate) async fn export(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    let mut errors = FieldErrors::default();
    let mut filter = asked.filter(&referent, &mut errors);
    if !errors.is_empty() {
        // The page says what is to be mended.
        return Redirect::to(&asked.at(0, "/referent/journal")).into_response();
    }
    let mut all = Vec::new();
    if let Err(error) = referent.within(&portal).note_reading().await {
        return failed(&error);
    }
    for _ in 0..100 {
        let entries = match referent.within(&portal).chronicle(&filter).await {
            Ok(entries) => entries,
            Err(error) => return failed(&error),
        };
        let last = entries.last().filter(|_| is_full(&entries));
        let last = last.map(|entry| entry.seq);
        all.extend(entries);
        match last {
            Some(last) => filter.before = last,
            None => break,
        }
    }
    let said = match Said::of(&portal, &referent, &all).await {
        Ok(said) => said,
        Err(error) => return failed(&error),
    };
    let lines: Vec<_> = all
        .iter()
        .map(|entry| line(&portal, entry, &said))
        .collect();
    let rows = lines
        .iter()
        .map(|line| vec![line.sorted.as_str(), line.who.as_str(), line.what.as_str()]);
    let headings = vec!["Date", "Qui", "Quoi"];
    download(
        "journal.csv",
        table::write(std::iter::once(headings).chain(rows)),
    )
}

fn is_full(entries: &[ChronicleEntry]) -> bool {
    i64::try_from(entries.len()).is_ok_and(|count| count >= CHRONICLE_PAGE)
}

fn line(portal: &Portal, entry: &ChronicleEntry, said: &Said) -> Line {
    let who = entry
        .actor
        .clone()
        .or_else(|| between::actor(&entry.act).map(str::to_owned))
        .unwrap_or_else(|| "Le centre de gestion ou le système".to_owned());
    Line {
        when: date::long(entry.at),
        sorted: date::in_table(entry.at),
        who,
        what: sentence(portal, entry, said),
    }
}
