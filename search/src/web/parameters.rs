//! What the API's parameters ask for. Each fault is told with the parameter's name and how to mend it.

use super::problem::Problem;
use crate::index::schema::KINDS;
use crate::question::{Cursor, Filters, LONGEST, Question, Sort, Start};
use jiff::civil::Date;
use policies::Nature;
use serde::Deserialize;
use utoipa::IntoParams;

const DEFAULT_LIMIT: usize = 10;
const MOST: usize = 100;
const MOST_SUGGESTIONS: usize = 20;
const DEFAULT_SUGGESTIONS: usize = 8;

/// A search. Parameters that may be repeated filter for any of their values.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// Ce qui est cherché, 500 caractères au plus. Sans lui, les documents les plus récents.
    #[param(example = "congé de longue maladie")]
    q: Option<String>,
    /// `fiche`, `texte`, `jurisprudence` ou `actualite` ; répétable.
    kind: Vec<String>,
    /// Un thème, comme `facets.theme` les nomme ; répétable.
    theme: Vec<String>,
    /// Du jour AAAA-MM-JJ.
    #[param(example = "2020-01-01")]
    from: Option<String>,
    /// Au jour AAAA-MM-JJ.
    to: Option<String>,
    /// `true` : en vigueur ; `false` : abrogé, remplacé ou pas encore en vigueur.
    in_force: Option<String>,
    /// `relevance`, `newest` ou `oldest`.
    #[param(example = "relevance")]
    sort: Option<String>,
    /// Combien de documents, de 1 à 100 ; 10 sans lui.
    limit: Option<String>,
    /// `next_cursor` de la page précédente.
    cursor: Option<String>,
    /// `1` : sans corriger les mots inconnus.
    exact: Option<String>,
    /// `1` : sans les synonymes.
    strict: Option<String>,
}

const SEARCH: &str = "q, kind, theme, from, to, in_force, sort, limit, cursor, exact, strict";

/// What is being typed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Typed {
    /// Ce qui est saisi, deux caractères au moins.
    #[param(example = "congé lon")]
    q: Option<String>,
    /// Combien de propositions, de 1 à 20 ; 8 sans lui.
    limit: Option<String>,
}

/// Reads the parameters of a search.
pub(super) fn search(query: &str) -> Result<Question, Problem> {
    let raw: Search = read(query, SEARCH)?;
    let text = raw.q.unwrap_or_default();
    if text.chars().count() > LONGEST {
        return Err(wrong(format!(
            "«\u{a0}q\u{a0}» doit avoir {LONGEST} caractères au plus."
        )));
    }
    let kinds = raw
        .kind
        .iter()
        .map(|kind| kind_named(kind).ok_or_else(unknown_kind));
    Ok(Question {
        filters: Filters {
            kinds: kinds.collect::<Result<_, _>>()?,
            themes: raw.theme,
            from: date("from", raw.from.as_deref())?,
            to: date("to", raw.to.as_deref())?,
            in_force: choice(
                "in_force",
                raw.in_force.as_deref(),
                &[("true", true), ("false", false)],
            )?,
        },
        sort: choice("sort", raw.sort.as_deref(), &SORTS)?.unwrap_or_default(),
        start: match raw.cursor.as_deref() {
            None | Some("") => Start::default(),
            Some(cursor) => Start::After(Cursor::parse(cursor).ok_or_else(unknown_cursor)?),
        },
        limit: number("limit", raw.limit.as_deref(), DEFAULT_LIMIT, MOST)?,
        as_typed: choice("exact", raw.exact.as_deref(), &SWITCH)?.unwrap_or_default(),
        strict: choice("strict", raw.strict.as_deref(), &SWITCH)?.unwrap_or_default(),
        text,
    })
}

/// Reads what is being typed, and how many completions are wanted.
pub(super) fn typed(query: &str) -> Result<(String, usize), Problem> {
    let raw: Typed = read(query, "q, limit")?;
    let limit = number(
        "limit",
        raw.limit.as_deref(),
        DEFAULT_SUGGESTIONS,
        MOST_SUGGESTIONS,
    )?;
    Ok((raw.q.unwrap_or_default(), limit))
}

/// The orders, as addresses name them.
pub(super) const SORTS: [(&str, Sort); 3] = [
    ("relevance", Sort::Relevance),
    ("newest", Sort::Newest),
    ("oldest", Sort::Oldest),
];
const SWITCH: [(&str, bool); 4] = [("1", true), ("true", true), ("0", false), ("false", false)];

/// The kind of this name.
pub(super) fn kind_named(name: &str) -> Option<Nature> {
    KINDS.into_iter().find(|kind| kind.as_str() == name)
}

fn read<'a, T: Deserialize<'a>>(query: &'a str, names: &str) -> Result<T, Problem> {
    serde_html_form::from_str(query).map_err(|_| {
        wrong(format!(
            "Un paramètre est inconnu, donné deux fois, ou n’est pas en UTF-8. Les paramètres sont\u{a0}: {names}."
        ))
    })
}

fn wrong(detail: String) -> Problem {
    Problem::parameter(detail)
}

fn unknown_kind() -> Problem {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.as_str()).collect();
    wrong(format!(
        "«\u{a0}kind\u{a0}» doit être l’un de\u{a0}: {}.",
        names.join(", ")
    ))
}

fn unknown_cursor() -> Problem {
    wrong("«\u{a0}cursor\u{a0}» doit être le «\u{a0}next_cursor\u{a0}» d’une page.".to_owned())
}

fn date(name: &str, given: Option<&str>) -> Result<Option<Date>, Problem> {
    let read = given
        .filter(|text| !text.is_empty())
        .map(str::parse)
        .transpose();
    read.map_err(|_| {
        wrong(format!(
            "«\u{a0}{name}\u{a0}» doit être un jour AAAA-MM-JJ."
        ))
    })
}

fn choice<T: Copy>(
    name: &str,
    given: Option<&str>,
    choices: &[(&str, T)],
) -> Result<Option<T>, Problem> {
    let Some(given) = given.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let chosen = choices.iter().find(|(of, _)| *of == given);
    chosen.map(|(_, value)| Some(*value)).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(of, _)| *of).collect();
        wrong(format!(
            "«\u{a0}{name}\u{a0}» doit être l’un de\u{a0}: {}.",
            names.join(", ")
        ))
    })
}

fn number(name: &str, given: Option<&str>, default: usize, most: usize) -> Result<usize, Problem> {
    let Some(given) = given else {
        return Ok(default);
    };
    let read = given
        .parse()
        .ok()
        .filter(|number| (1..=most).contains(number));
    read.ok_or_else(|| {
        wrong(format!(
            "«\u{a0}{name}\u{a0}» doit être un nombre entier de 1 à {most}."
        ))
    })
}
