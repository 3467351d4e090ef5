//! What every import of a file has in common: the columns found by their headings, what is wrong with
//! a cell, the file as it is uploaded, and the faulty rows to be mended.

mod progress;

pub(crate) use progress::{Imports, Progress};

use crate::table::{self, Row, Table};
use axum::extract::Multipart;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use std::collections::{BTreeSet, HashMap};

/// A column: our heading, and those that people use for it, folded.
pub(crate) type Column = (&'static str, &'static [&'static str]);

/// What a cell must be mended in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CellError {
    pub(crate) row: usize,
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) remedy: String,
}

/// The numbers of the rows that have an error.
pub(crate) fn faulty_rows(errors: &[CellError]) -> BTreeSet<usize> {
    errors.iter().map(|error| error.row).collect()
}

/// Where the columns are.
#[derive(Debug)]
pub(crate) struct Columns<const COUNT: usize>([Option<usize>; COUNT]);

impl<const COUNT: usize> Columns<COUNT> {
    /// Finds them; the first `needed` must be there.
    ///
    /// # Errors
    /// Which ones are missing.
    pub(crate) fn find(
        table: &Table,
        columns: &[Column; COUNT],
        needed: usize,
    ) -> Result<Self, String> {
        let places = columns.map(|(_, names)| table.column(names));
        let missing: Vec<_> = columns
            .iter()
            .zip(places)
            .take(needed)
            .filter(|(_, column)| column.is_none())
            .map(|((heading, _), _)| format!("« {heading} »"))
            .collect();
        if missing.is_empty() {
            return Ok(Self(places));
        }
        Err(format!(
            "La première ligne doit porter les titres des colonnes. Il manque : {}. Téléchargez le modèle pour les retrouver.",
            missing.join(", ")
        ))
    }

    /// The cell of a row; none when there is no such column.
    pub(crate) fn cell<'a>(&self, row: &'a Row, which: usize) -> Option<&'a str> {
        let column = (*self.0.get(which)?)?;
        Some(row.cells.get(column).map_or("", String::as_str))
    }
}

/// What a form for a file carries.
#[derive(Debug, Default)]
pub(crate) struct Uploaded {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
    pub(crate) token: String,
}

impl Uploaded {
    /// Reads the form; none when it is larger than forms may be.
    pub(crate) async fn read(mut body: Multipart) -> Option<Self> {
        let mut uploaded = Self::default();
        while let Some(field) = body.next_field().await.ok()? {
            match field.name() {
                Some("fichier") => {
                    let given = field.file_name().unwrap_or_default();
                    uploaded.name = given.chars().take(100).collect();
                    uploaded.content = field.bytes().await.ok()?.to_vec();
                }
                Some("jeton") => uploaded.token = field.text().await.ok()?,
                _ => {}
            }
        }
        Some(uploaded)
    }
}

/// The rows to be mended, as they were, with what to mend.
pub(crate) fn faulty_file(table: &Table, errors: &[CellError]) -> Response {
    let mut remedies: HashMap<usize, Vec<String>> = HashMap::new();
    for error in errors {
        let text = format!("{} : {}", error.column, error.remedy);
        remedies.entry(error.row).or_default().push(text);
    }
    let remedies: HashMap<usize, String> = remedies
        .into_iter()
        .map(|(row, texts)| (row, texts.join(" ")))
        .collect();
    let width = table.headings.len();
    let rows = table.rows.iter().filter_map(|row| {
        let remedy = remedies.get(&row.number)?;
        let mut cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        cells.resize(width, "");
        cells.push(remedy);
        Some(cells)
    });
    let headings = table.headings.iter().map(String::as_str);
    let headings = headings.chain(["À corriger"]).collect();
    download(
        "lignes-a-corriger.csv",
        table::write(std::iter::once(headings).chain(rows)),
    )
}

/// A file, never shown in the page's own place.
pub(crate) fn download(name: &str, content: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, content).into_response()
}
