//! The articles before and after an article of a code, of those that the person may read.

use crate::bip::Bip;
use crate::content::document::Document;
use crate::error::Error;
use crate::question::constant;
use crate::reference::{Place, article_key};
use crate::scope::Scope;
use std::collections::BTreeMap;
use std::ops::Bound;
use tantivy::Term;

/// How many documents may bear one key.
const BEARERS: usize = 20;

/// What stands beside an article.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    /// The one before.
    pub previous: Option<Document>,
    /// The one after.
    pub next: Option<Document>,
}

impl Bip {
    /// The neighbours of an article in its code; none of another document.
    ///
    /// # Errors
    /// When the index fails.
    pub fn neighbours(&self, document: &Document, scope: &Scope) -> Result<Neighbours, Error> {
        let place = article_key(document).and_then(|key| Place::of(&key));
        let Some(place) = place else {
            return Ok(Neighbours::default());
        };
        let series = series(&place, scope)?;
        let after = (Bound::Excluded(&place), Bound::Unbounded);
        Ok(Neighbours {
            previous: first_open(series.range(..&place).rev(), scope)?,
            next: first_open(series.range(after), scope)?,
        })
    }
}

/// The keys of a series, whoever may read what bears them.
fn series(place: &Place, scope: &Scope) -> Result<BTreeMap<Place, String>, Error> {
    let own = scope.snapshot().fields.own;
    let (start, end) = (format!("{}:", place.code), format!("{};", place.code));
    let mut series = BTreeMap::new();
    for segment in scope.snapshot().searcher.segment_readers() {
        let index = segment.inverted_index(own)?;
        let keys = index.terms().range().ge(&start).lt(&end).into_stream();
        let mut keys = keys.map_err(tantivy::TantivyError::from)?;
        while keys.advance() {
            let key = std::str::from_utf8(keys.key()).ok();
            let found = key.and_then(|key| Some((Place::of(key)?, key.to_owned())));
            series.extend(found.filter(|(found, _)| found.is_alongside(place)));
        }
    }
    Ok(series)
}

/// The first of them that the person may read.
fn first_open<'a>(
    keys: impl Iterator<Item = (&'a Place, &'a String)>,
    scope: &Scope,
) -> Result<Option<Document>, Error> {
    let own = scope.snapshot().fields.own;
    for (_, key) in keys {
        let bears = scope.within(constant(Term::from_field_text(own, key), 0.0));
        let mut found = Vec::new();
        for address in scope.snapshot().first(&bears, BEARERS)? {
            found.push(scope.snapshot().document(address)?);
        }
        found.sort_by(|one, other| one.id.cmp(&other.id));
        if let Some(document) = found.into_iter().next() {
            return Ok(Some(document));
        }
    }
    Ok(None)
}
