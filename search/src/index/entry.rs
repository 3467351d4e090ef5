//! What the index holds of one document. Nothing of it depends on another document, so that one can be
//! replaced alone.

use super::analyzer::fold;
use super::schema::{Fields, fnv1a, kind_number};
use crate::content::Force;
use crate::content::document::{Document, Relation};
use crate::error::Error;
use crate::reference::{named_keys, own_keys};
use crate::scope::{class_of, spelled};
use jiff::civil::Date;
use tantivy::TantivyDocument;

/// The longest class that a term may be, bytes.
const LONGEST_CLASS: usize = 60_000;

/// The entry of a document.
///
/// # Errors
/// When it is reserved to more collectivités than a class can name.
pub(crate) fn entry(fields: &Fields, document: &Document) -> Result<TantivyDocument, Error> {
    let mut entry = TantivyDocument::new();
    entry.add_text(fields.id, &document.id);
    entry.add_text(fields.document, document.to_json()?);
    add_words(&mut entry, fields, document);
    add_links(&mut entry, fields, document);
    add_columns(&mut entry, fields, document)?;
    Ok(entry)
}

fn add_words(entry: &mut TantivyDocument, fields: &Fields, document: &Document) {
    if !document.is_article() {
        entry.add_text(fields.title, &document.title);
        entry.add_text(fields.words, &document.title);
        entry.add_text(fields.title_words, &document.title);
        let whole: String = fold(&document.title).chars().take(200).collect();
        entry.add_text(fields.title_whole, whole);
    }
    entry.add_text(fields.summary, &document.summary);
    entry.add_text(
        fields.section,
        document.section.as_deref().unwrap_or_default(),
    );
    let body = document.plain_body();
    entry.add_text(fields.body, &body);
    entry.add_text(fields.words, &document.summary);
    entry.add_text(fields.words, body);
}

fn add_links(entry: &mut TantivyDocument, fields: &Fields, document: &Document) {
    for key in own_keys(document) {
        entry.add_text(fields.own, key);
    }
    for key in named_keys(document) {
        entry.add_text(fields.cited, key);
    }
    for citation in &document.references {
        let field = match citation.relation {
            Relation::Cites => fields.cites,
            Relation::Modifies => fields.modifies,
            Relation::SeeAlso | Relation::CitedBy => continue,
        };
        if let Some(to) = &citation.to {
            entry.add_text(field, to);
        }
    }
}

fn add_columns(
    entry: &mut TantivyDocument,
    fields: &Fields,
    document: &Document,
) -> Result<(), Error> {
    if !has_class(document) {
        return Err(Error::TooManyReaders(document.id.clone()));
    }
    entry.add_text(fields.class, spelled(&class_of(document))?);
    entry.add_u64(fields.kind, kind_number(document.kind));
    for theme in &document.themes {
        entry.add_text(fields.theme, theme);
    }
    entry.add_u64(fields.force, Force::of(document).number());
    entry.add_i64(fields.date, document.shown_date().map_or(i64::MIN, day));
    entry.add_u64(fields.tie, fnv1a(document.id.as_bytes()));
    entry.add_u64(fields.length, document.title.chars().count() as u64);
    Ok(())
}

/// Whether its class can be told: it names no more themes and readers than a term can hold.
pub(crate) fn has_class(document: &Document) -> bool {
    spelled(&class_of(document)).is_ok_and(|class| class.len() <= LONGEST_CLASS)
}

/// Year, month and day as one number.
pub(crate) fn day(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}
