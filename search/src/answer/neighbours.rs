//! The articles before and after an article of a code, of those that the person may read.

use crate::bip::Bip;
use crate::content::document::Document;
use crate::error::Error;
use crate::reference::{ArticlePlace, article_key};
use crate::scope::{Scope, class_of};
use std::collections::BTreeSet;
use std::ops::Bound;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet as _, TERMINATED, Term};

/// What stands beside an article.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    /// The one before.
    pub previous: Option<Document>,
    /// The one after.
    pub next: Option<Document>,
}

/// An article and its key: of two parts with one number, R and D, each is one.
type Article = (ArticlePlace, String);

impl Bip {
    /// The neighbours of an article in its code; none of another document.
    ///
    /// # Errors
    /// When the index fails.
    pub fn neighbours(&self, document: &Document, scope: &Scope) -> Result<Neighbours, Error> {
        let article = article_key(document).and_then(|key| Some((ArticlePlace::of(&key)?, key)));
        let Some(article) = article else {
            return Ok(Neighbours::default());
        };
        let alongside = alongside(&article.0, scope)?;
        let after = (Bound::Excluded(&article), Bound::Unbounded);
        Ok(Neighbours {
            previous: first_open(alongside.range(..&article).rev(), scope)?,
            next: first_open(alongside.range(after), scope)?,
        })
    }
}

/// The articles of a series, whoever may read them.
fn alongside(place: &ArticlePlace, scope: &Scope) -> Result<BTreeSet<Article>, Error> {
    let own = scope.snapshot().fields.own;
    let (start, end) = (format!("{}:", place.code), format!("{};", place.code));
    let mut articles = BTreeSet::new();
    for segment in scope.snapshot().searcher.segment_readers() {
        let index = segment.inverted_index(own)?;
        let keys = index.terms().range().ge(&start).lt(&end).into_stream();
        let mut keys = keys.map_err(tantivy::TantivyError::from)?;
        while keys.advance() {
            let key = std::str::from_utf8(keys.key()).ok();
            let found = key.and_then(|key| Some((ArticlePlace::of(key)?, key.to_owned())));
            articles.extend(found.filter(|(found, _)| found.is_alongside(place)));
        }
    }
    Ok(articles)
}

/// The first of them that the person may read.
fn first_open<'a>(
    articles: impl Iterator<Item = &'a Article>,
    scope: &Scope,
) -> Result<Option<Document>, Error> {
    for (_, key) in articles {
        let mut found = Vec::new();
        for address in bearers(key, scope)? {
            found.push(scope.snapshot().document(address)?);
        }
        found.retain(|document| scope.permits(&class_of(document)));
        found.sort_by(|one, other| one.id.cmp(&other.id));
        if let Some(document) = found.into_iter().next() {
            return Ok(Some(document));
        }
    }
    Ok(None)
}

/// The documents within the scope that bear a key. Read from the postings: a closed code has thousands of
/// articles to pass over, and a search for each would take seconds.
fn bearers(key: &str, scope: &Scope) -> Result<Vec<DocAddress>, Error> {
    let term = Term::from_field_text(scope.snapshot().fields.own, key);
    let within = scope.documents();
    let mut found = Vec::new();
    for (at, segment) in (0..).zip(scope.snapshot().searcher.segment_readers()) {
        let index = segment.inverted_index(term.field())?;
        let postings = index.read_postings(&term, IndexRecordOption::Basic);
        let postings = postings.map_err(tantivy::TantivyError::from)?;
        let Some(mut postings) = postings else {
            continue;
        };
        while postings.doc() != TERMINATED {
            if within.holds(segment.segment_id(), postings.doc()) {
                found.push(DocAddress::new(at, postings.doc()));
            }
            postings.advance();
        }
    }
    Ok(found)
}
