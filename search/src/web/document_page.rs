//! What the page of a document shows, and how a document becomes it; the words stand in
//! `templates/document.html` and `_document.html`.

use super::address::Address;
use super::changes_page;
use super::editing::{self, Writable};
use super::markdown;
use super::note_view::NoteView;
use super::templates::Frame;
use super::view::{
    Day, change_name, cut, document_href, kind_name, licence_name, number, outside, relation_name,
    with_french_dates,
};
use crate::answer::{Citing, Hit, Neighbours};
use crate::content::Force;
use crate::content::body::{Block, blocks};
use crate::content::document::{Change, Citation, Document, Format, Relation};
use crate::content::notes::{Note, holds};
use askama::Template;
use jiff::civil::Date;

/// What stands near a document, of what the person may read.
#[derive(Default)]
pub(super) struct Near {
    pub(super) citations: Vec<(Citation, Option<Document>)>,
    pub(super) citing: Citing,
    pub(super) changing: Citing,
    pub(super) related: Vec<Hit>,
    pub(super) neighbours: Neighbours,
}

#[derive(Template)]
#[template(path = "document.html")]
pub(super) struct DocumentPage {
    pub(super) frame: Frame,
    pub(super) page_title: String,
    pub(super) view: DocumentView,
    /// Where it is written on, for who may.
    pub(super) edit: Option<String>,
    /// Where notes on it are, for who may.
    pub(super) annotate: Option<String>,
    /// What the reader asked, when a reference led straight here.
    pub(super) asked: String,
    /// The address of the results of that question.
    pub(super) results: String,
}

/// The document itself, and what stands around it.
#[derive(Template)]
#[template(path = "_document.html")]
pub(super) struct DocumentView {
    pub(super) document: Document,
    pub(super) kind: &'static str,
    pub(super) date: Option<Day>,
    pub(super) updated: Option<Day>,
    /// It is known not to apply.
    pub(super) is_over: bool,
    pub(super) text: Text,
    /// The headings of the text, with their places in it.
    pub(super) contents: Vec<(usize, String)>,
    /// The summary says what the body does not begin with.
    pub(super) show_summary: bool,
    pub(super) history: Vec<Changed>,
    pub(super) notes: Vec<NoteView>,
    /// Where its former versions are compared, if there are any.
    pub(super) changes: Option<String>,
    pub(super) links: Vec<(&'static str, Vec<Link>)>,
    /// The articles before and after it: the address and the number.
    pub(super) previous: Option<(String, String)>,
    pub(super) next: Option<(String, String)>,
    pub(super) source_url: Option<String>,
    pub(super) is_at_legifrance: bool,
    pub(super) licence: String,
}

/// A body, ready to be shown.
pub(super) enum Text {
    Plain(Vec<Block>),
    /// As HTML.
    Markdown(String),
}

/// A change of a text.
pub(super) struct Changed {
    pub(super) day: Option<Day>,
    pub(super) what: String,
    pub(super) by: String,
}

pub(super) struct Link {
    pub(super) label: String,
    pub(super) href: Option<String>,
    pub(super) is_outside: bool,
    /// What its reader should know: it is repealed, or has changed since.
    pub(super) warning: Option<String>,
}

pub(super) fn document_page(
    frame: Frame,
    document: Document,
    (near, notes): (Near, Vec<Note>),
    (asked, has_changed, writable): (&Address, bool, Writable),
) -> DocumentPage {
    DocumentPage {
        page_title: cut(&document.title, 60),
        frame,
        edit: (writable == Writable::Whole).then(|| editing::href(&document.id)),
        annotate: (writable == Writable::Notes).then(|| editing::notes_href(&document.id)),
        view: DocumentView::of(document, near, has_changed).with(&notes),
        results: asked.with(|other| other.list = Some(1)),
        asked: asked.q.clone(),
    }
}

impl Text {
    /// With its headings, and their places in it.
    fn of(document: &Document) -> (Self, Vec<(usize, String)>) {
        if document.format == Format::Markdown {
            let rendered = markdown::render(&document.body);
            return (Self::Markdown(rendered.html), rendered.titles);
        }
        let blocks = blocks(&document.body);
        let headings = (1..).zip(&blocks).filter_map(|(at, block)| match block {
            Block::Heading(text) => Some((at, text.clone())),
            _ => None,
        });
        let headings = headings.collect();
        (Self::Plain(blocks), headings)
    }
}

impl DocumentView {
    /// With notes on it.
    fn with(mut self, notes: &[Note]) -> Self {
        let notes = notes.iter().map(|note| NoteView::of(note, &self.document));
        self.notes = notes.collect();
        self
    }

    /// The notes that a line of the text calls: that of their passage.
    fn calls(&self, line: &str) -> Vec<i64> {
        let notes = self.notes.iter().filter(|note| !note.passage.is_empty());
        let called = notes.filter(|note| holds(line, &note.passage));
        called.map(|note| note.number).collect()
    }

    pub(super) fn of(document: Document, near: Near, has_changed: bool) -> Self {
        let (text, contents) = Text::of(&document);
        Self {
            kind: kind_name(document.kind),
            date: document.date.map(Day::from),
            updated: document
                .updated
                .filter(|updated| Some(*updated) != document.date)
                .map(Day::from),
            is_over: Force::of(&document) == Force::NotInForce,
            contents,
            show_summary: !document.summary.is_empty()
                && !document.plain_body().starts_with(&document.summary),
            changes: has_changed.then(|| changes_page::href(&document.id)),
            notes: Vec::new(),
            history: document.history.iter().rev().map(changed).collect(),
            previous: near.neighbours.previous.as_ref().and_then(beside),
            next: near.neighbours.next.as_ref().and_then(beside),
            links: links(&document, near),
            source_url: outside(&document.source_url).map(str::to_owned),
            is_at_legifrance: is_at_legifrance(&document.source_url),
            licence: licence_name(&document.licence).to_owned(),
            text,
            document: Document {
                state: document.state.as_deref().map(with_french_dates),
                ..document
            },
        }
    }
}

fn beside(document: &Document) -> Option<(String, String)> {
    let number = document.reference.as_ref()?.num.clone()?;
    Some((document_href(&document.id), number))
}

fn is_at_legifrance(url: &str) -> bool {
    let host = url.split('/').nth(2).unwrap_or_default();
    matches!(host, "legifrance.gouv.fr" | "www.legifrance.gouv.fr")
}

fn changed(change: &Change) -> Changed {
    Changed {
        day: change.effective.or(change.date).map(Day::from),
        what: change_name(change.action.as_deref().unwrap_or_default()).to_owned(),
        by: change.by.clone().unwrap_or_default(),
    }
}

/// Every list of links, those without any left out.
fn links(document: &Document, near: Near) -> Vec<(&'static str, Vec<Link>)> {
    // Those that cite it are found by the search: what they say of themselves is complete.
    let relations = [Relation::Cites, Relation::SeeAlso, Relation::Modifies];
    let mut links: Vec<(&'static str, Vec<Link>)> = Vec::new();
    for relation in relations {
        let of_it = near
            .citations
            .iter()
            .filter(|(citation, _)| citation.relation == relation);
        let of_it =
            of_it.map(|(citation, target)| link(citation, target.as_ref(), document.updated));
        links.push((relation_name(relation), of_it.collect()));
    }
    links.push(("Documents qui le citent", with_rest(near.citing)));
    links.push(("Actualités sur ses modifications", with_rest(near.changing)));
    links.push((
        "Documents liés",
        near.related.into_iter().map(to_hit).collect(),
    ));
    links.retain(|(_, links)| !links.is_empty());
    links
}

/// The hits, and how many more there are.
fn with_rest(citing: Citing) -> Vec<Link> {
    let rest = citing.total - citing.hits.len().min(citing.total);
    let mut links: Vec<_> = citing.hits.into_iter().map(to_hit).collect();
    if rest > 0 {
        let others = if rest > 1 { "autres" } else { "autre" };
        links.push(Link {
            label: format!("et {} {others}", number(rest)),
            href: None,
            is_outside: false,
            warning: None,
        });
    }
    links
}

fn to_hit(hit: Hit) -> Link {
    Link {
        href: Some(document_href(&hit.id)),
        label: hit.title,
        is_outside: false,
        warning: None,
    }
}

fn link(citation: &Citation, target: Option<&Document>, since: Option<Date>) -> Link {
    match target {
        Some(target) => Link {
            label: citation
                .label
                .clone()
                .unwrap_or_else(|| target.title.clone()),
            href: Some(document_href(&target.id)),
            is_outside: false,
            warning: warning(citation, target, since),
        },
        None => Link {
            label: citation.label.clone().unwrap_or_default(),
            href: citation.url.as_deref().and_then(outside).map(str::to_owned),
            is_outside: true,
            warning: None,
        },
    }
}

/// What has become of a cited text since the day of the document that cites it.
fn warning(citation: &Citation, target: &Document, since: Option<Date>) -> Option<String> {
    if citation.relation != Relation::Cites {
        return None;
    }
    if Force::of(target) == Force::NotInForce {
        let state = target.state.as_deref().map(with_french_dates);
        return Some(state.unwrap_or_default());
    }
    let last = target
        .history
        .iter()
        .filter_map(|change| change.effective.or(change.date))
        .max()?;
    (last > since?).then(|| format!("modifié depuis, le {}", Day::from(last).french))
}
