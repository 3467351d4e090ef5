//! What each page shows, and how an answer of BIP becomes it; the words stand in `templates/`.

use super::parameters::{Address, PAGE};
use super::view::{
    Day, cut, document_href, kind_name, licence_name, number, outside, relation_name, tab_name,
    with_french_dates,
};
use crate::body::{Block, blocks};
use crate::document::{Citation, Document, Relation};
use crate::hit::{Fragment, Hit, Results};
use askama::Template;

/// What every page's frame shows.
pub(super) struct Frame {
    pub(super) portal: String,
    pub(super) name: String,
    pub(super) collectivite: String,
}

#[derive(Template)]
#[template(path = "search.html")]
pub(super) struct SearchPage {
    pub(super) frame: Frame,
    pub(super) page_title: String,
    pub(super) asked: Address,
    pub(super) tabs: Vec<Tab>,
    pub(super) results: Results,
    pub(super) hits: Vec<Shown>,
    /// The address that searches what was typed, after a correction.
    pub(super) as_typed: String,
    pub(super) total: String,
    pub(super) last_page: usize,
    /// Pages end before the hits do.
    pub(super) is_cut: bool,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

pub(super) struct Tab {
    pub(super) name: &'static str,
    pub(super) count: String,
    pub(super) href: String,
    pub(super) is_current: bool,
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

#[derive(Template)]
#[template(path = "document.html")]
pub(super) struct DocumentPage {
    pub(super) frame: Frame,
    pub(super) page_title: String,
    pub(super) document: Document,
    pub(super) kind: &'static str,
    pub(super) date: Option<Day>,
    pub(super) updated: Option<Day>,
    pub(super) blocks: Vec<Block>,
    /// The summary says what the body does not begin with.
    pub(super) show_summary: bool,
    pub(super) links: Vec<(&'static str, Vec<Link>)>,
    pub(super) source_url: Option<String>,
    pub(super) licence: String,
}

pub(super) struct Link {
    pub(super) label: String,
    pub(super) href: Option<String>,
    pub(super) is_outside: bool,
}

#[derive(Template)]
#[template(path = "not_found.html")]
pub(super) struct NotFoundPage {
    pub(super) frame: Frame,
}

#[derive(Template)]
#[template(path = "failed.html")]
pub(super) struct FailedPage {
    pub(super) frame: Frame,
}

pub(super) fn search_page(frame: Frame, asked: Address, mut results: Results) -> SearchPage {
    let hits = std::mem::take(&mut results.hits)
        .into_iter()
        .map(in_list)
        .collect();
    let last_page = Address::last_page(results.total);
    let at = |page: usize| {
        Address {
            page,
            ..asked.clone()
        }
        .href()
    };
    SearchPage {
        page_title: cut(&asked.q, 40),
        tabs: tabs(&asked, &results),
        previous: (asked.page > 1).then(|| at(asked.page.min(last_page + 1) - 1)),
        next: (asked.page < last_page).then(|| at(asked.page + 1)),
        as_typed: Address {
            exact: Some(1),
            page: 1,
            ..asked.clone()
        }
        .href(),
        total: number(results.total),
        is_cut: last_page * PAGE < results.total,
        frame,
        asked,
        results,
        hits,
        last_page,
    }
}

fn tabs(asked: &Address, results: &Results) -> Vec<Tab> {
    let tab = |name, count, kinds: Vec<_>| Tab {
        name,
        count: number(count),
        is_current: asked.kinds == kinds,
        href: Address {
            kinds,
            page: 1,
            ..asked.clone()
        }
        .href(),
    };
    let every = results.counts.iter().map(|(_, count)| count).sum();
    let mut tabs = vec![tab("Tout", every, Vec::new())];
    tabs.extend(
        results
            .counts
            .iter()
            .map(|(kind, count)| tab(tab_name(*kind), *count, vec![*kind])),
    );
    tabs
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

pub(super) fn document_page(
    frame: Frame,
    document: Document,
    citations: &[(Citation, Option<Document>)],
) -> DocumentPage {
    let relations = [
        Relation::Cites,
        Relation::SeeAlso,
        Relation::Modifies,
        Relation::CitedBy,
    ];
    let of = |relation| {
        let of_it = citations
            .iter()
            .filter(move |(citation, _)| citation.relation == relation);
        (
            relation_name(relation),
            of_it
                .map(|(citation, target)| link(citation, target.as_ref()))
                .collect::<Vec<_>>(),
        )
    };
    DocumentPage {
        page_title: cut(&document.title, 60),
        frame,
        kind: kind_name(document.kind),
        date: document.date.map(Day::from),
        updated: document
            .updated
            .filter(|updated| Some(*updated) != document.date)
            .map(Day::from),
        blocks: blocks(&document.body),
        show_summary: !document.summary.is_empty() && !document.body.starts_with(&document.summary),
        links: relations
            .map(of)
            .into_iter()
            .filter(|(_, links)| !links.is_empty())
            .collect(),
        source_url: outside(&document.source_url).map(str::to_owned),
        licence: licence_name(&document.licence).to_owned(),
        document: Document {
            state: document.state.as_deref().map(with_french_dates),
            ..document
        },
    }
}

fn link(citation: &Citation, target: Option<&Document>) -> Link {
    let own_words = || citation.label.clone().unwrap_or_default();
    match target {
        Some(target) => Link {
            label: citation
                .label
                .clone()
                .unwrap_or_else(|| target.title.clone()),
            href: Some(document_href(&target.id)),
            is_outside: false,
        },
        None => Link {
            label: own_words(),
            href: citation.url.as_deref().and_then(outside).map(str::to_owned),
            is_outside: true,
        },
    }
}
