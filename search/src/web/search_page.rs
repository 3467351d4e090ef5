//! What the search page shows, and how an answer becomes it; the words stand in `templates/search.html`.

use super::address::{Address, PAGE};
use super::parameters::SORTS;
use super::templates::Frame;
use super::view::{
    Day, cut, document_href, kind_name, number, sort_name, tab_name, with_french_dates,
};
use crate::answer::{Fragment, Hit, Results};
use crate::question::{Oddity, oddities};
use askama::Template;
use jiff::civil::Date;

/// How many years are offered.
const YEARS: usize = 8;

#[derive(Template)]
#[template(path = "search.html")]
pub(super) struct SearchPage {
    pub(super) frame: Frame,
    pub(super) page_title: String,
    pub(super) asked: Address,
    /// What of the signs was read otherwise than one may think.
    pub(super) notes: Vec<String>,
    pub(super) has_filters: bool,
    pub(super) tabs: Vec<Link>,
    pub(super) themes: Vec<Choice>,
    pub(super) forces: [Choice; 3],
    pub(super) years: Vec<Link>,
    pub(super) sorts: Vec<Choice>,
    pub(super) results: Results,
    pub(super) hits: Vec<Shown>,
    /// The address that searches what was typed, after a correction.
    pub(super) as_typed: String,
    /// The address that leaves synonyms out.
    pub(super) strict: String,
    /// The address that includes them again.
    pub(super) with_synonyms: String,
    pub(super) without_filters: String,
    pub(super) total: String,
    pub(super) last_page: usize,
    /// Pages end before the hits do.
    pub(super) is_cut: bool,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// A link to the same search with another choice.
pub(super) struct Link {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) href: String,
    pub(super) is_current: bool,
}

/// A box or a button of the form.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) count: String,
    pub(super) is_chosen: bool,
}

pub(super) struct Shown {
    pub(super) href: String,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) section: Option<String>,
    pub(super) state: Option<String>,
    pub(super) date: Option<Day>,
    pub(super) updated: Option<Day>,
    pub(super) snippet: Vec<Fragment>,
}

pub(super) fn search_page(frame: Frame, asked: Address, mut results: Results) -> SearchPage {
    let hits = std::mem::take(&mut results.hits);
    let last_page = Address::last_page(results.total);
    let at = |page: usize| asked.with(|other| other.page = page);
    SearchPage {
        page_title: cut(&asked.q, 30),
        notes: oddities(&asked.q).iter().map(note).collect(),
        has_filters: asked.has_filters(),
        tabs: tabs(&asked, &results),
        themes: themes(&asked, &results),
        forces: forces(&asked, &results),
        years: years(&asked, &results),
        sorts: SORTS
            .map(|(value, sort)| Choice {
                value: value.to_owned(),
                name: sort_name(sort).to_owned(),
                count: String::new(),
                is_chosen: asked.sort == sort,
            })
            .into(),
        previous: (asked.page > 1).then(|| at(asked.page.min(last_page + 1) - 1)),
        next: (asked.page < last_page).then(|| at(asked.page + 1)),
        as_typed: asked.with(|other| other.exact = Some(1)),
        strict: asked.with(|other| other.strict = Some(1)),
        with_synonyms: asked.with(|other| other.strict = None),
        without_filters: Address {
            q: asked.q.clone(),
            exact: asked.exact,
            strict: asked.strict,
            list: asked.list,
            ..Address::default()
        }
        .href(),
        total: number(results.total),
        is_cut: last_page * PAGE < results.total,
        frame,
        asked,
        results,
        hits: hits.into_iter().map(in_list).collect(),
        last_page,
    }
}

/// What to know of a sign, and what to do.
fn note(oddity: &Oddity) -> String {
    match oddity {
        Oddity::UnclosedQuote => {
            "Un guillemet n’est pas fermé\u{a0}: ses mots ont été cherchés un à un. Fermez-le pour chercher l’expression exacte.".to_owned()
        }
        Oddity::LostStars(words) => format!(
            "L’astérisque de «\u{a0}{}\u{a0}» n’a pas été pris en compte\u{a0}: devant lui il faut au moins trois lettres, sans autre signe.",
            words.join("\u{a0}», «\u{a0}")
        ),
        Oddity::OnlyExcluded => {
            "Votre recherche ne dit que ce qu’il faut écarter\u{a0}: ajoutez les mots à chercher.".to_owned()
        }
    }
}

fn tabs(asked: &Address, results: &Results) -> Vec<Link> {
    let tab = |name: &str, count, kinds: Vec<_>| Link {
        name: name.to_owned(),
        count: number(count),
        is_current: asked.kinds == kinds,
        href: asked.with(|other| other.kinds = kinds),
    };
    let kinds = &results.facets.kinds;
    let mut tabs = vec![tab(
        "Tout",
        kinds.iter().map(|(_, count)| count).sum(),
        Vec::new(),
    )];
    tabs.extend(
        kinds
            .iter()
            .map(|(kind, count)| tab(tab_name(*kind), *count, vec![*kind])),
    );
    tabs
}

/// Themes of the answer, and those chosen even when nothing is left of them.
fn themes(asked: &Address, results: &Results) -> Vec<Choice> {
    let choice = |name: &String, count: usize| Choice {
        value: name.clone(),
        name: name.clone(),
        count: number(count),
        is_chosen: asked.themes.contains(name),
    };
    let found = &results.facets.themes;
    let mut themes: Vec<_> = found
        .iter()
        .map(|(name, count)| choice(name, *count))
        .collect();
    let lost = asked
        .themes
        .iter()
        .filter(|name| !found.contains_key(*name));
    themes.extend(lost.map(|name| choice(name, 0)));
    themes
}

fn forces(asked: &Address, results: &Results) -> [Choice; 3] {
    let choice = |value: &str, name: &str, count: Option<usize>, of| Choice {
        value: value.to_owned(),
        name: name.to_owned(),
        count: count.map(number).unwrap_or_default(),
        is_chosen: asked.in_force == of,
    };
    let facets = &results.facets;
    [
        choice("", "Tous", None, None),
        choice("true", "En vigueur", Some(facets.in_force), Some(true)),
        choice(
            "false",
            "Abrogés ou à venir",
            Some(facets.not_in_force),
            Some(false),
        ),
    ]
}

/// The last years of the answer.
fn years(asked: &Address, results: &Results) -> Vec<Link> {
    let years = results.facets.years.iter().rev().take(YEARS);
    let link = |(year, count): (&i16, &usize)| {
        let (from, to) = (Date::new(*year, 1, 1).ok()?, Date::new(*year, 12, 31).ok()?);
        Some(Link {
            name: year.to_string(),
            count: number(*count),
            is_current: (asked.from, asked.to) == (Some(from), Some(to)),
            href: asked.with(|other| (other.from, other.to) = (Some(from), Some(to))),
        })
    };
    years.filter_map(link).collect()
}

fn in_list(hit: Hit) -> Shown {
    Shown {
        href: document_href(&hit.id),
        kind: kind_name(hit.kind),
        title: hit.title,
        section: hit.section,
        state: hit.state.as_deref().map(with_french_dates),
        date: hit.date.map(Day::from),
        updated: hit
            .updated
            .filter(|updated| Some(*updated) != hit.date)
            .map(Day::from),
        snippet: hit.snippet,
    }
}
