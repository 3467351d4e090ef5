//! The texts that a document rests on, one a line: « libellé /documents/ID » or « libellé https://… », as they are
//! written out. A line without an address is read as a reference; those that the body names are added.

use crate::answer::meant;
use crate::bip::Bip;
use crate::content::document::{Citation, Document, Relation};
use crate::error::Error;
use crate::reference::keys_named_in;
use crate::scope::Scope;
use crate::web::view::{document_href, id_in_href};
use std::collections::BTreeSet;

/// More texts than the longest sheet lists.
pub(super) const MOST: usize = 1_000;
/// More than a document that is read names in its body.
const MOST_NAMED: usize = 300;

/// The lines that stand for the texts of a document.
pub(super) fn lines(bip: &Bip, document: &Document, scope: &Scope) -> Result<String, Error> {
    let cited = document.references.iter();
    let cited = cited.filter(|citation| citation.relation == Relation::Cites);
    let lines = cited.map(|citation| {
        let label = match (&citation.label, &citation.to) {
            (Some(label), _) => label.clone(),
            (None, Some(to)) => {
                let target = bip.find_document(to, scope)?;
                target.map(|target| target.title).unwrap_or_default()
            }
            (None, None) => String::new(),
        };
        let address = match (&citation.to, &citation.url) {
            (Some(to), _) => document_href(to),
            (None, url) => url.clone().unwrap_or_default(),
        };
        Ok(format!("{label} {address}").trim().to_owned())
    });
    Ok(lines.collect::<Result<Vec<_>, Error>>()?.join("\n"))
}

/// Gives a document the texts of these lines, and those that its body names. What says no text that BIP holds
/// stays as it is written.
pub(super) fn cite(
    bip: &Bip,
    document: &mut Document,
    written: &str,
    scope: &Scope,
) -> Result<(), Error> {
    let mut cited: Vec<Citation> = Vec::new();
    for line in written.lines().map(str::trim).take(MOST) {
        if !line.is_empty() {
            cited.push(citation(bip, line, scope)?);
        }
    }
    let mut known: BTreeSet<String> = cited.iter().filter_map(|one| one.to.clone()).collect();
    known.insert(document.id.clone());
    let body = document.plain_body();
    let named: BTreeSet<String> = body
        .lines()
        .flat_map(keys_named_in)
        .take(MOST_NAMED)
        .collect();
    for key in named {
        let to = meant(&key, scope)?;
        if let Some(to) = to.filter(|to| known.insert(to.clone())) {
            cited.push(Citation {
                relation: Relation::Cites,
                to: Some(to),
                label: None,
                url: None,
            });
        }
    }
    document
        .references
        .retain(|one| one.relation != Relation::Cites);
    document.references.splice(..0, cited);
    Ok(())
}

fn citation(bip: &Bip, line: &str, scope: &Scope) -> Result<Citation, Error> {
    let (label, last) = line.rsplit_once(char::is_whitespace).unwrap_or(("", line));
    let label = label.trim().to_owned();
    let cites = |to, label: String, url| Citation {
        relation: Relation::Cites,
        to,
        label: Some(label).filter(|label| !label.is_empty()),
        url,
    };
    if let Some(id) = id_in_href(last) {
        let target = bip.find_document(&id, scope)?;
        // Its own title says nothing more, and may become another.
        let is_title = target.is_some_and(|target| target.title == label);
        let label = if is_title { String::new() } else { label };
        return Ok(cites(Some(id), label, None));
    }
    if last.starts_with("https://") || last.starts_with("http://") {
        let label = if label.is_empty() {
            last.to_owned()
        } else {
            label
        };
        return Ok(cites(None, label, Some(last.to_owned())));
    }
    let mut found = BTreeSet::new();
    for key in keys_named_in(line) {
        found.extend(meant(&key, scope)?);
    }
    // Of two texts on a line neither is the one that it leads to.
    let to = found.pop_first().filter(|_| found.is_empty());
    Ok(cites(to, line.to_owned(), None))
}
