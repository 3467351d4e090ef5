//! Lists by pages: at most so many, and a cursor that leads on. It names a place in the order, so that
//! nobody is left out or told twice when others come or go.

use super::asked::bad_parameter;
use super::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// Most that a page holds.
const MOST: i64 = 200;
/// What it holds unless said.
const USUAL: i64 = 50;

/// Part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// For the parameter `cursor` of the next request; none on the last page.
    pub(crate) next_cursor: Option<String>,
}

/// A whole list, which is short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Whole<T> {
    pub(crate) items: Vec<T>,
}

/// How many are asked for.
///
/// # Errors
/// A number that is none of a page.
pub(crate) fn most(limit: Option<i64>) -> Result<i64, Problem> {
    let limit = limit.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(bad_parameter("limit va de 1 à 200."))
}

/// The answer to a cursor of elsewhere.
pub(crate) fn unknown_cursor() -> Problem {
    bad_parameter("cursor reprend next_cursor d’une réponse précédente.")
}
