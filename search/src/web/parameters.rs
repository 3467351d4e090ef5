//! What an address asks for. The API says what is wrong with it; a page takes what it can understand.

use super::problem::Problem;
use crate::query::{Query, Window};
use crate::schema::KINDS;
use policies::Nature;
use serde::{Deserialize, Serialize};

pub(super) const PAGE: usize = 10;
const DEFAULT_LIMIT: usize = 10;
const MOST: usize = 100;
/// Nobody reads further, and each skipped hit costs memory.
const DEEPEST: usize = 10_000;
const LONGEST_QUESTION: usize = 500;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Raw {
    q: Option<String>,
    kind: Vec<String>,
    limit: Option<String>,
    offset: Option<String>,
    page: Option<String>,
    exact: Option<String>,
}

/// A search as a page's address states it.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Address {
    pub(super) q: String,
    #[serde(rename = "kind")]
    pub(super) kinds: Vec<Nature>,
    #[serde(skip_serializing_if = "is_first")]
    pub(super) page: usize,
    /// Search what was typed, without correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exact: Option<u8>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_first(page: &usize) -> bool {
    *page <= 1
}

impl Address {
    /// Reads an address; what makes no sense in it is left out.
    pub(super) fn read(query: &str) -> Self {
        let raw: Raw = serde_html_form::from_str(query).unwrap_or_default();
        let page = raw.page.and_then(|page| page.parse().ok()).unwrap_or(1);
        Self {
            q: raw
                .q
                .unwrap_or_default()
                .trim()
                .chars()
                .take(LONGEST_QUESTION)
                .collect(),
            kinds: KINDS
                .into_iter()
                .filter(|kind| raw.kind.iter().any(|name| name == kind.as_str()))
                .collect(),
            page: usize::clamp(page, 1, DEEPEST / PAGE),
            exact: raw.exact.map(|_| 1),
        }
    }

    /// The part of the answer that its page shows.
    pub(super) fn window(&self) -> Window {
        Window {
            kinds: self.kinds.clone(),
            offset: (self.page - 1) * PAGE,
            limit: PAGE,
        }
    }

    /// The last page of an answer of this many hits.
    pub(super) fn last_page(total: usize) -> usize {
        total.min(DEEPEST).div_ceil(PAGE).max(1)
    }

    /// The address itself, for links.
    pub(super) fn href(&self) -> String {
        format!("/?{}", serde_html_form::to_string(self).unwrap_or_default())
    }
}

/// Reads the API's parameters.
pub(super) fn api(query: &str) -> Result<(Query, Window), Problem> {
    let raw: Raw = serde_html_form::from_str(query).map_err(|_| {
        Problem::parameter("Un paramètre est donné deux fois, ou n’est pas en UTF-8.".to_owned())
    })?;
    let asked = raw.q.unwrap_or_default();
    if asked.trim().is_empty() {
        return Err(Problem::parameter(
            "Indiquez ce que vous cherchez dans «\u{a0}q\u{a0}».".to_owned(),
        ));
    }
    if asked.chars().count() > LONGEST_QUESTION {
        return Err(Problem::parameter(format!(
            "«\u{a0}q\u{a0}» doit avoir {LONGEST_QUESTION} caractères au plus."
        )));
    }
    let kinds = raw
        .kind
        .iter()
        .map(|kind| kind_named(kind).ok_or_else(unknown_kind))
        .collect::<Result<_, _>>()?;
    let limit = number("limit", raw.limit.as_deref(), DEFAULT_LIMIT, 1, MOST)?;
    let offset = number("offset", raw.offset.as_deref(), 0, 0, DEEPEST)?;
    Ok((
        Query::parse(&asked),
        Window {
            kinds,
            offset,
            limit,
        },
    ))
}

fn unknown_kind() -> Problem {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.as_str()).collect();
    Problem::parameter(format!(
        "«\u{a0}kind\u{a0}» doit être l’un de\u{a0}: {}.",
        names.join(", ")
    ))
}

fn number(
    name: &str,
    given: Option<&str>,
    default: usize,
    least: usize,
    most: usize,
) -> Result<usize, Problem> {
    let Some(given) = given else {
        return Ok(default);
    };
    given
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            Problem::parameter(format!(
                "«\u{a0}{name}\u{a0}» doit être un nombre entier de {least} à {most}."
            ))
        })
}

fn kind_named(name: &str) -> Option<Nature> {
    KINDS.into_iter().find(|kind| kind.as_str() == name)
}
