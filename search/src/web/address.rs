//! A search as the address of a page states it: every state is a link. A page takes what it can understand,
//! and says what it could not.

use super::parameters::{SORTS, kind_named};
use crate::index::schema::KINDS;
use crate::question::{Filters, LONGEST, Question, Sort, Start};
use jiff::civil::Date;
use policies::Nature;
use serde::{Deserialize, Serialize};

/// Hits of a page.
pub(super) const PAGE: usize = 10;
/// Nobody reads further, and each skipped hit costs memory.
const DEEPEST: usize = 10_000;
const MOST_THEMES: usize = 40;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Raw {
    q: Option<String>,
    kind: Vec<String>,
    theme: Vec<String>,
    from: Option<String>,
    to: Option<String>,
    in_force: Option<String>,
    sort: Option<String>,
    page: Option<String>,
    exact: Option<String>,
    strict: Option<String>,
    list: Option<String>,
}

/// A search as a page's address states it.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Address {
    pub(super) q: String,
    #[serde(rename = "kind")]
    pub(super) kinds: Vec<Nature>,
    #[serde(rename = "theme")]
    pub(super) themes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) in_force: Option<bool>,
    #[serde(serialize_with = "sort_name", skip_serializing_if = "is_default")]
    pub(super) sort: Sort,
    #[serde(skip_serializing_if = "is_first")]
    pub(super) page: usize,
    /// Search what was typed, without correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exact: Option<u8>,
    /// Leave synonyms out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) strict: Option<u8>,
    /// Show a list even for a reference alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) list: Option<u8>,
    /// What could not be understood, and what to do.
    #[serde(skip)]
    pub(super) faults: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_first(page: &usize) -> bool {
    *page <= 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_default(sort: &Sort) -> bool {
    *sort == Sort::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn sort_name<S: serde::Serializer>(sort: &Sort, serializer: S) -> Result<S::Ok, S::Error> {
    let name = SORTS.iter().find(|(_, of)| of == sort);
    serializer.serialize_str(name.map_or("", |(name, _)| name))
}

impl Address {
    /// Reads an address.
    pub(super) fn read(query: &str) -> Self {
        let mut faults = Vec::new();
        let raw: Raw = serde_html_form::from_str(query).unwrap_or_else(|_| {
            faults.push(
                "L’adresse de cette page n’a pas pu être lue en entier\u{a0}: saisissez votre recherche à nouveau."
                    .to_owned(),
            );
            Raw::default()
        });
        let typed = raw.q.unwrap_or_default();
        let typed = typed.trim();
        if typed.chars().count() > LONGEST {
            faults.push(format!(
                "Votre recherche est trop longue\u{a0}: seuls ses {LONGEST} premiers caractères ont été lus."
            ));
        }
        let from = day("du", raw.from.as_deref(), &mut faults);
        let to = day("au", raw.to.as_deref(), &mut faults);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            faults.push(
                "La date de début suit la date de fin\u{a0}: aucun document ne peut être trouvé. Échangez-les."
                    .to_owned(),
            );
        }
        let page = raw.page.and_then(|page| page.parse().ok()).unwrap_or(1);
        let sort = SORTS
            .iter()
            .find(|(name, _)| raw.sort.as_deref() == Some(name));
        Self {
            q: typed.chars().take(LONGEST).collect(),
            kinds: KINDS
                .into_iter()
                .filter(|kind| raw.kind.iter().any(|name| kind_named(name) == Some(*kind)))
                .collect(),
            themes: raw
                .theme
                .into_iter()
                .filter(|theme| !theme.is_empty())
                .take(MOST_THEMES)
                .collect(),
            from,
            to,
            in_force: match raw.in_force.as_deref() {
                Some("true") => Some(true),
                Some("false") => Some(false),
                _ => None,
            },
            sort: sort.map(|(_, sort)| *sort).unwrap_or_default(),
            page: usize::clamp(page, 1, DEEPEST / PAGE),
            exact: raw.exact.map(|_| 1),
            strict: raw.strict.map(|_| 1),
            list: raw.list.map(|_| 1),
            faults,
        }
    }

    /// Whether a query holds fields without a value, as browsers send them for an empty form.
    pub(super) fn has_blanks(query: &str) -> bool {
        let mut fields = query.split('&').filter_map(|field| field.split_once('='));
        fields.any(|(name, value)| value.is_empty() && name != "q")
    }

    /// What its page asks.
    pub(super) fn question(&self) -> Question {
        Question {
            text: self.q.clone(),
            as_typed: self.exact.is_some(),
            strict: self.strict.is_some(),
            filters: Filters {
                kinds: self.kinds.clone(),
                themes: self.themes.clone(),
                from: self.from,
                to: self.to,
                in_force: self.in_force,
            },
            sort: self.sort,
            start: Start::Offset((self.page - 1) * PAGE),
            limit: PAGE,
        }
    }

    /// Something beside the words chooses documents.
    pub(super) fn has_filters(&self) -> bool {
        let question = self.question();
        question.filters != Filters::default()
    }

    /// The last page of an answer of this many hits.
    pub(super) fn last_page(total: usize) -> usize {
        total.min(DEEPEST).div_ceil(PAGE).max(1)
    }

    /// The same search otherwise, from its first page.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut other = self.clone();
        other.page = 1;
        change(&mut other);
        other.href()
    }

    /// The address itself, for links.
    pub(super) fn href(&self) -> String {
        format!("/?{}", serde_html_form::to_string(self).unwrap_or_default())
    }
}

/// A day as a browser sends it, or as people write it.
fn day(name: &str, given: Option<&str>, faults: &mut Vec<String>) -> Option<Date> {
    let given = given.map(str::trim).filter(|text| !text.is_empty())?;
    let french = || {
        let mut parts = given.split('/').map(str::parse::<i16>);
        let (Some(Ok(day)), Some(Ok(month)), Some(Ok(year)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let read = given.parse().ok().or_else(french);
    if read.is_none() {
        faults.push(format!(
            "La date «\u{a0}{name}\u{a0}» n’est pas un jour\u{a0}: saisissez-la sous la forme 31/12/2025. Elle n’a pas été prise en compte."
        ));
    }
    read
}
