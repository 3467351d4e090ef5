//! Reads the references in a text, whatever their spelling, and says whether anything else is left in it.

use super::atoms::{Atom, cut};
use super::codes::{Named, named};
use super::dates::date;
use super::digits::digits;
use super::keys;
use crate::index::analyzer::is_stop_word;

/// The references of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Their keys.
    pub(crate) keys: Vec<String>,
    /// Nothing but references is in the text.
    pub(crate) is_all: bool,
}

/// A reference found somewhere in a text.
pub(super) struct Found {
    pub(super) key: String,
    pub(super) length: usize,
}

/// Words that introduce a text or a decision.
pub(super) const NATURES: &[&str] = &[
    "arret",
    "arrete",
    "cass",
    "cassation",
    "ce",
    "circulaire",
    "decision",
    "decret",
    "directive",
    "loi",
    "ordonnance",
    "pourvoi",
    "reglement",
];
/// Texts that have articles of their own.
const TEXTS: &[&str] = &[
    "arrete",
    "circulaire",
    "constitution",
    "convention",
    "decret",
    "directive",
    "loi",
    "ordonnance",
    "traite",
];
/// The parts of codes.
const LETTERS: [&str; 5] = ["l", "r", "d", "a", "lo"];
/// Words that belong to a reference and say nothing more.
const FILLERS: &[&str] = &["art", "article", "articles", "no", "numero", "cour", "code"];

/// Reads a text.
pub(crate) fn read(text: &str) -> Reading {
    let atoms = cut(text);
    let codes = named(&atoms);
    let mut keys: Vec<String> = Vec::new();
    let mut dates: Vec<String> = Vec::new();
    let mut is_all = true;
    let mut at = 0;
    while let Some(rest) = atoms.get(at..).filter(|rest| !rest.is_empty()) {
        let before = atoms.get(..at).unwrap_or_default();
        let code = codes.iter().find(|code| code.at == at);
        let length = if let Some(found) = ecli(rest)
            .or_else(|| article(rest, before, &codes))
            .or_else(|| number(rest, before))
        {
            keys.push(found.key);
            found.length
        } else if let Some((found, length)) = unlettered(rest, before, &codes) {
            keys.extend(found);
            length
        } else if let Some(found) = date(rest, before) {
            dates.push(found.key);
            found.length
        } else if let Some(code) = code {
            is_all &= code.code.is_some();
            code.length
        } else {
            is_all &= rest.first().is_none_or(says_nothing);
            1
        };
        at += length;
    }
    // `décret n° 88-145 du 15 février 1988`: the number is enough, other texts have the same date.
    if keys.is_empty() {
        keys = dates;
    }
    Reading {
        is_all: is_all && !keys.is_empty(),
        keys,
    }
}

fn says_nothing(atom: &Atom) -> bool {
    match atom.word() {
        Some(word) => NATURES.contains(&word) || FILLERS.contains(&word) || is_stop_word(word),
        None => atom.number().is_none(),
    }
}

/// `ECLI:FR:CCASS:2020:C200946`.
fn ecli(atoms: &[Atom]) -> Option<Found> {
    let (first, rest) = atoms.split_first()?;
    if !first.is_word("ecli") || !rest.first()?.is_mark(':') {
        return None;
    }
    let tail: Vec<&Atom> = rest.iter().take_while(|atom| atom.glued).collect();
    let identifier: String = tail.iter().map(|atom| written(atom)).collect();
    Some(Found {
        key: keys::ecli(identifier.trim_start_matches(':')),
        length: 1 + tail.len(),
    })
}

fn written(atom: &Atom) -> String {
    match (atom.word(), atom.number(), &atom.kind) {
        (Some(text), _, _) | (_, Some(text), _) => text.to_owned(),
        (_, _, super::atoms::Kind::Mark(mark)) => mark.to_string(),
        _ => String::new(),
    }
}

/// `L. 411-1`, `art. LO6143-2`, `r17 bis`, with the code named nearest in the text.
fn article(atoms: &[Atom], before: &[Atom], codes: &[Named]) -> Option<Found> {
    let letters = atoms
        .first()?
        .word()
        .filter(|word| LETTERS.contains(word))?;
    let marks = atoms
        .iter()
        .skip(1)
        .take_while(|atom| atom.is_mark('.') || atom.is_mark('*'))
        .count();
    let rest = atoms.get(1 + marks..)?;
    let glued = rest.first()?.glued;
    let number = digits(rest)?;
    let plausible = is_article_word(before)
        || if number.parts > 1 {
            glued || letters != "a"
        } else {
            !codes.is_empty() && (glued || marks > 0)
        };
    let code = nearest(codes, before.len());
    let key = key_within(code, &format!("{letters}{}", number.text))?;
    plausible.then_some(Found {
        key,
        length: 1 + marks + number.length,
    })
}

/// `article 822-6 CGFP`: who leaves the letter out means an article of any part of the code that is named.
/// Without one it is as likely of the penal or the civil code, whose articles have no letter.
fn unlettered(atoms: &[Atom], before: &[Atom], codes: &[Named]) -> Option<(Vec<String>, usize)> {
    let number = digits(atoms).filter(|_| is_article_word(before))?;
    let code = nearest(codes, before.len())?.code?;
    // « article 6-1 de la loi » is that law's, wherever the code stands.
    let mut words = before.iter().chain(atoms).filter_map(Atom::word);
    if words.any(|word| TEXTS.contains(&word)) {
        return None;
    }
    let keys = LETTERS.map(|letter| keys::article_of(code, &format!("{letter}{}", number.text)));
    Some((keys.into(), number.length))
}

/// The key of an article of the code that is named; none of a code that is not held.
fn key_within(named: Option<&Named>, number: &str) -> Option<String> {
    match named {
        None => Some(keys::article(number)),
        Some(named) => Some(keys::article_of(named.code?, number)),
    }
}

fn is_article_word(before: &[Atom]) -> bool {
    let last = before.iter().rev().find_map(Atom::word);
    last.is_some_and(|word| matches!(word, "art" | "article" | "articles"))
}

/// The code named next after a place in the text, else the last one before it.
fn nearest(codes: &[Named], at: usize) -> Option<&Named> {
    codes
        .iter()
        .find(|code| code.at >= at)
        .or_else(|| codes.last())
}

/// `88-145`, `n° 2020-172`, `LOI 2009 972`, `19-60.222`, `n° 365309`.
fn number(atoms: &[Atom], before: &[Atom]) -> Option<Found> {
    let first = atoms.first()?.number()?;
    let follows_dash = atoms.first()?.glued
        && before
            .last()
            .is_some_and(|atom| atom.is_mark('-') || atom.word().is_some());
    if follows_dash {
        return None;
    }
    let introduced = introduced_by(before);
    let Some((second, length)) = second_number(atoms, introduced) else {
        return (introduced && first.len() >= 5).then(|| Found {
            key: keys::decision(first),
            length: 1,
        });
    };
    if first.len() == 2 && second.len() == 5 {
        return Some(Found {
            key: keys::decision(&format!("{first}-{second}")),
            length,
        });
    }
    let year = first.len() == 2
        || (first.len() == 4 && (first.starts_with("19") || first.starts_with("20")));
    let alone = before.is_empty() && atoms.len() == length;
    let sure = introduced || alone || first.len() == 4 || second.len() >= 3;
    (year && sure && (1..=4).contains(&second.len())).then(|| Found {
        key: keys::text(first, &second),
        length,
    })
}

/// The number after the dash (or after a space, when a word announces a text), and how many atoms both take.
fn second_number(atoms: &[Atom], introduced: bool) -> Option<(String, usize)> {
    match atoms {
        [_, dash, second, point, third, ..]
            if dash.is_mark('-')
                && point.is_mark('.')
                && point.glued
                && third.glued
                && third.number().is_some() =>
        {
            Some((format!("{}{}", second.number()?, third.number()?), 5))
        }
        [_, dash, second, again, ..]
            if dash.is_mark('-') && second.glued && again.is_mark('-') && again.glued =>
        {
            None
        }
        [_, dash, second, ..] if dash.is_mark('-') => Some((second.number()?.to_owned(), 3)),
        [first, second, ..] if introduced && first.number().is_some_and(|year| year.len() != 3) => {
            Some((second.number()?.to_owned(), 2))
        }
        _ => None,
    }
}

/// A word that announces a text or a decision stands just before, perhaps with `n°` between.
fn introduced_by(before: &[Atom]) -> bool {
    let mut words = before.iter().rev().filter_map(Atom::word);
    match words.next() {
        Some("n" | "no" | "numero") => true,
        Some(word) => NATURES.contains(&word),
        None => false,
    }
}

#[cfg(test)]
mod tests;
