//! Which of a document's links a person may follow.

use crate::bip::Bip;
use crate::content::document::{Citation, Document};
use crate::error::Error;
use crate::scope::Scope;

/// The links of a document, each with its target when this person may read it. One to a document that is absent
/// or forbidden is left out: its label would be a title. One that leads outside stays.
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
        if target.is_some() || citation.to.is_none() && citation.label.is_some() {
            visible.push((citation.clone(), target));
        }
    }
    Ok(visible)
}
