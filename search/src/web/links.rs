//! Which of a document's links a person may follow.

use crate::bip::Bip;
use crate::content::document::{Citation, Document};
use crate::error::Error;
use crate::scope::Scope;

/// The links of a document, each with its target when this person may read it. A target that is absent or
/// forbidden leaves the words of the document itself, or nothing.
pub(super) fn visible_citations(
    bip: &Bip,
    document: &Document,
    scope: &Scope,
) -> Result<Vec<(Citation, Option<Document>)>, Error> {
    let mut visible = Vec::new();
    for citation in &document.references {
        let target = match &citation.to {
            Some(to) => bip.find_document(to, scope)?,
            None => None,
        };
        let mut citation = citation.clone();
        if target.is_none() {
            citation.to = None;
        }
        if target.is_some() || citation.label.is_some() {
            visible.push((citation, target));
        }
    }
    Ok(visible)
}
