//! The form by which an *autorité territoriale* designates a référent: filled in, to be printed and
//! signed. The CIG prints it from a case, a référent before there is one.

use crate::date;
use crate::page::{self, Person};
use accounts::NewDesignation;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "designation_form.html")]
struct FormPage {
    person: Option<Person>,
    collectivite: String,
    says: NewDesignation,
    name: String,
    period: String,
    /// Whom the designated person stands in for; empty when nobody.
    stands_in_for: String,
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
pub(crate) fn print(
    person: Person,
    collectivite: String,
    says: NewDesignation,
    stands_in_for: String,
) -> Response {
    let page = FormPage {
        person: Some(person),
        collectivite,
        name: format!("{} {}", says.given_name, says.family_name),
        period: period(&says),
        says,
        stands_in_for,
    };
    page::answer(StatusCode::OK, &page)
}
