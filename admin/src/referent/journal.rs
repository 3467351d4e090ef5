//! `/referent/journal`: what happened in the collectivité, in plain French, and as a file.

mod between;
mod sentence;

pub(crate) use sentence::sentence;

use super::{Referent, failed};
use crate::date;
use crate::import::download;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::table;
use accounts::{ChronicleEntry, ChronicleFilter, Error};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The beginning of an act.
    quoi: String,
    /// A person, by the last part of the id.
    agent: String,
    /// The reference of a refusal.
    reference: String,
    /// Only what was before this entry.
    avant: i64,
}

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
    ("rule.", "Règles"),
    ("review.", "Revues des habilitations"),
    ("import.", "Imports"),
    ("key.", "Clés de programmes"),
    ("journal.", "Lectures du journal"),
];

struct Line {
    when: String,
    who: String,
    what: String,
}

#[derive(Template)]
#[template(path = "referent/journal.html")]
struct JournalPage {
    person: Option<Person>,
    here: &'static str,
    asked: Asked,
    kinds: Vec<(String, String, bool)>,
    lines: Vec<Line>,
    next: Option<String>,
    export: String,
}

fn filter(referent: &Referent, asked: &Asked) -> ChronicleFilter {
    let member = if asked.agent.is_empty() {
        String::new()
    } else {
        referent.membership(&asked.agent).to_string()
    };
    ChronicleFilter {
        act: asked.quoi.clone(),
        member,
        reference: asked.reference.trim().to_owned(),
        before: asked.avant,
    }
}

/// A page of it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    match read(&portal, &referent, asked).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(portal: &Portal, referent: &Referent, asked: Asked) -> Result<JournalPage, Error> {
    referent.within(portal).note_reading().await?;
    let entries = referent
        .within(portal)
        .chronicle(&filter(referent, &asked))
        .await?;
    let at = |avant: i64, address: &str| {
        let asked = Asked {
            avant,
            ..asked.clone()
        };
        let query = serde_html_form::to_string(asked).unwrap_or_default();
        format!("{address}?{query}")
    };
    let kind =
        |(value, name): (&str, &str)| (value.to_owned(), name.to_owned(), value == asked.quoi);
    let last = entries.last().filter(|_| entries.len() >= 50);
    Ok(JournalPage {
        person: Some(referent.person(portal).await?),
        here: "journal",
        kinds: KINDS.iter().copied().map(kind).collect(),
        lines: entries.iter().map(|entry| line(portal, entry)).collect(),
        next: last.map(|entry| at(entry.seq, "/referent/journal")),
        export: at(0, "/referent/journal.csv"),
        asked,
    })
}

/// The same as a file, up to 5,000 entries.
pub(crate) async fn export(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    let mut filter = filter(&referent, &asked);
    let mut lines = Vec::new();
    if let Err(error) = referent.within(&portal).note_reading().await {
        return failed(&error);
    }
    for _ in 0..100 {
        let entries = match referent.within(&portal).chronicle(&filter).await {
            Ok(entries) => entries,
            Err(error) => return failed(&error),
        };
        lines.extend(entries.iter().map(|entry| line(&portal, entry)));
        match entries.last().filter(|_| entries.len() >= 50) {
            Some(last) => filter.before = last.seq,
            None => break,
        }
    }
    let rows = lines
        .iter()
        .map(|line| vec![line.when.as_str(), line.who.as_str(), line.what.as_str()]);
    let headings = vec!["Date", "Qui", "Quoi"];
    download(
        "journal.csv",
        table::write(std::iter::once(headings).chain(rows)),
    )
}

fn line(portal: &Portal, entry: &ChronicleEntry) -> Line {
    let who = entry
        .actor
        .clone()
        .or_else(|| between::actor(&entry.act).map(str::to_owned))
        .unwrap_or_else(|| "Le centre de gestion ou le système".to_owned());
    Line {
        when: date::long(entry.at),
        who,
        what: sentence(portal, entry),
    }
}
