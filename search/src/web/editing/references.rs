//! The texts that a document rests on: lines that somebody writes become links to the very texts, and those
//! that its body names are added.

use crate::answer::only_bearer;
use crate::bip::Bip;
use crate::content::document::{Citation, Document, Relation};
use crate::error::Error;
use crate::reference::keys_named_in;
use crate::scope::Scope;

/// More than this nobody lists.
const MOST: usize = 300;

/// The lines that stand for the texts of a document, each with its link.
pub(super) fn lines(
    bip: &Bip,
    document: &Document,
    scope: &Scope,
) -> Result<Vec<(String, Citation)>, Error> {
    let cited = document.references.iter();
    let cited = cited.filter(|citation| citation.relation == Relation::Cites);
    let lines = cited.map(|citation| {
        let line = match (&citation.label, &citation.to) {
            (Some(label), _) => label.clone(),
            (None, Some(to)) => {
                let target = bip.find_document(to, scope)?;
                target.map_or_else(|| to.clone(), |target| target.title)
            }
            (None, None) => citation.url.clone().unwrap_or_default(),
        };
        Ok((line, citation.clone()))
    });
    lines.collect()
}

/// Gives a document the texts of these lines, and those that its body names. A line that was there keeps its
/// link. What says no text that BIP holds stays as it is written.
pub(super) fn cite(
    document: &mut Document,
    (written, before): (&str, &[(String, Citation)]),
    scope: &Scope,
) -> Result<(), Error> {
    let mut cited: Vec<Citation> = Vec::new();
    let mut add = |citation: Citation| {
        let is_known = |known: &Citation| match (&known.to, &citation.to) {
            (Some(known), Some(to)) => known == to,
            _ => known.label == citation.label && known.url == citation.url,
        };
        if cited.len() < MOST && !cited.iter().any(is_known) {
            cited.push(citation);
        }
    };
    let lines = written.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        match before.iter().find(|(known, _)| known.trim() == line) {
            Some((_, citation)) => add(citation.clone()),
            None => add(citation(line, text_of(line, scope)?)),
        }
    }
    for line in document.plain_body().lines() {
        for key in keys_named_in(line) {
            let to = only_bearer(&[key], scope)?;
            if to.as_ref().is_some_and(|to| *to != document.id) {
                add(Citation {
                    relation: Relation::Cites,
                    to,
                    label: None,
                    url: None,
                });
            }
        }
    }
    document
        .references
        .retain(|one| one.relation != Relation::Cites);
    document.references.splice(..0, cited);
    Ok(())
}

fn text_of(line: &str, scope: &Scope) -> Result<Option<String>, Error> {
    let keys: Vec<_> = keys_named_in(line).collect();
    only_bearer(&keys, scope)
}

/// « Guide du temps partiel https://… » leads where it says.
fn citation(line: &str, to: Option<String>) -> Citation {
    let (label, url) = match line.rsplit_once(char::is_whitespace) {
        Some((label, url)) if url.starts_with("https://") && to.is_none() => {
            (label.trim(), Some(url.to_owned()))
        }
        _ => (line, None),
    };
    Citation {
        relation: Relation::Cites,
        to,
        label: Some(label.to_owned()),
        url,
    }
}
