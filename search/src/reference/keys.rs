//! The spelling of each kind of key, and the keys of a document.

use super::reader;
use crate::content::document::{Document, Relation};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// `CGFP:L411-1`.
pub(super) fn article_of(code: &str, number: &str) -> String {
    format!("{}:{}", code.to_ascii_uppercase(), article_number(number))
}

/// `art:L411-1`, of whatever code.
pub(super) fn article(number: &str) -> String {
    format!("art:{}", article_number(number))
}

/// `L. 411-1` and `l411-1` alike become `L411-1`.
fn article_number(number: &str) -> String {
    number
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '-')
        .flat_map(char::to_uppercase)
        .collect()
}

/// `txt:88-145`: a year of the last century has two digits.
pub(super) fn text(year: &str, number: &str) -> String {
    let year = year
        .strip_prefix("19")
        .filter(|short| short.len() == 2)
        .unwrap_or(year);
    format!("txt:{year}-{}", number.trim_start_matches('0'))
}

/// `arr:19-60222`, without the full stop that courts print.
pub(super) fn decision(number: &str) -> String {
    let digits: String = number
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '-')
        .collect();
    format!("arr:{digits}")
}

/// `ecli:FR:CCASS:2020:C200946`, in capitals.
pub(super) fn ecli(identifier: &str) -> String {
    let identifier = identifier.trim().to_ascii_uppercase();
    format!(
        "ecli:{}",
        identifier.strip_prefix("ECLI:").unwrap_or(&identifier)
    )
}

/// `date:1988-02-15`.
pub(super) fn date(date: Date) -> String {
    format!("date:{date}")
}

/// The key of an article within its code.
pub(crate) fn article_key(document: &Document) -> Option<String> {
    let reference = document.reference.as_ref()?;
    let (code, number) = (reference.code.as_deref()?, reference.num.as_deref()?);
    (reference.nature == "article").then(|| article_of(code, number))
}

/// The keys by which a document is found as itself.
pub(crate) fn own_keys(document: &Document) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let Some(reference) = &document.reference else {
        return keys;
    };
    keys.extend(reference.ecli.as_deref().map(ecli));
    keys.extend(
        reference
            .date
            .or(document.date)
            .filter(|_| reference.nature != "article")
            .map(date),
    );
    let Some(number) = reference.num.as_deref() else {
        return keys;
    };
    match (
        reference.nature.as_str(),
        reference.code.as_deref(),
        number.split_once('-'),
    ) {
        ("article", Some(code), _) => keys.extend([article(number), article_of(code, number)]),
        ("article", None, _) => keys.extend([article(number)]),
        ("arret", _, _) => keys.extend([decision(number)]),
        (_, _, Some((year, rest))) => keys.extend([text(year, rest)]),
        (_, _, None) if number.len() >= 5 && number.bytes().all(|b| b.is_ascii_digit()) => {
            keys.extend([decision(number)]);
        }
        _ => {}
    }
    keys
}

/// The keys that a document's labels spell out, for what it cites without a link.
pub(crate) fn named_keys(document: &Document) -> BTreeSet<String> {
    let unlinked = document
        .references
        .iter()
        .filter(|citation| citation.relation == Relation::Cites && citation.to.is_none());
    unlinked
        .filter_map(|citation| citation.label.as_deref())
        .flat_map(keys_named_in)
        .collect()
}

/// The keys of the texts that a text names. A date alone designates nothing that somebody could have meant to
/// cite.
pub(crate) fn keys_named_in(text: &str) -> impl Iterator<Item = String> {
    let keys = reader::read(text).keys.into_iter();
    keys.filter(|key| !key.starts_with("date:"))
}
