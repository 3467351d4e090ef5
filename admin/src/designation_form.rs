//! The form by which an *autorité territoriale* designates a référent: filled in, to be printed and
//! signed. The CIG prints it from a case, a référent before there is one.

use crate::date;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::texts::Text;
use accounts::NewDesignation;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "designation_form.html")]
struct FormPage {
    person: Option<Person>,
    paper: Paper,
    name: String,
    period: String,
    /// Where it is sent back, in the operator's words.
    address: Option<Arc<Text>>,
}

/// What the form says.
pub(crate) struct Paper {
    pub(crate) collectivite: String,
    /// None when it is not known.
    pub(crate) siret: Option<String>,
    pub(crate) says: NewDesignation,
    /// Whom the designated person stands in for; empty when nobody.
    pub(crate) stands_in_for: String,
    /// The page that it was asked for on.
    pub(crate) back: String,
    /// The name of the body that it is sent back to.
    pub(crate) back_to: String,
}

/// « Du 01/12/2026 au 31/12/2026 ».
pub(crate) fn period(says: &NewDesignation) -> String {
    let from = says.starts_at.map(date::short);
    let until = says.ends_at.map(date::last_day);
    match (from, until) {
        (Some(from), Some(until)) => format!("du {from} au {until}"),
        (Some(from), None) => format!("à partir du {from}"),
        (None, Some(until)) => format!("jusqu’au {until}"),
        (None, None) => "jusqu’à nouvel ordre".to_owned(),
    }
}

/// The page to print.
pub(crate) fn print(portal: &Portal, person: Person, paper: Paper) -> Response {
    let says = &paper.says;
    let page = FormPage {
        person: Some(person),
        name: format!("{} {}", says.given_name, says.family_name),
        period: period(says),
        address: portal.texts.find("adresse-retour"),
        paper,
    };
    page::answer(StatusCode::OK, &page)
}
