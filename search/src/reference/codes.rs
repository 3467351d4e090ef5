//! The names people give to codes: full, shortened, clumsy, or an acronym.

use super::atoms::Atom;

/// Words that are skipped when a name is compared.
const LINKS: &[&str] = &[
    "d", "de", "des", "du", "entre", "et", "l", "la", "le", "les",
];

/// Acronym, and the words that make the name; the words in brackets may be left out.
const CODES: &[(&str, &[&str], &[&str])] = &[
    ("CGFP", &["code", "general", "fonction", "publique"], &[]),
    (
        "CRPA",
        &["code", "relations", "public", "administration"],
        &[],
    ),
    ("CJA", &["code", "justice", "administrative"], &[]),
    (
        "CPCMR",
        &["code", "pensions", "civiles"],
        &["militaires", "retraite"],
    ),
    ("CSS", &["code", "securite", "sociale"], &[]),
    ("CT", &["code", "travail"], &[]),
];

/// A code named in a text.
#[derive(Debug)]
pub(super) struct Named {
    /// Its acronym; `None` for a code that is not in the table.
    pub(super) code: Option<&'static str>,
    /// Where its name begins.
    pub(super) at: usize,
    /// How many atoms the name takes.
    pub(super) length: usize,
}

/// Every code named in a text, in its order.
pub(super) fn named(atoms: &[Atom]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = atoms.get(at..).filter(|rest| !rest.is_empty()) {
        match named_here(rest) {
            Some((code, length)) => {
                found.push(Named { code, at, length });
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn named_here(atoms: &[Atom]) -> Option<(Option<&'static str>, usize)> {
    let word = atoms.first()?.word()?;
    if let Some((code, _, _)) = CODES
        .iter()
        .find(|(code, _, _)| code.eq_ignore_ascii_case(word))
    {
        return Some((Some(code), 1));
    }
    for (code, words, optional) in CODES {
        if let Some(length) = matched(atoms, words) {
            let more = atoms.get(length..).unwrap_or_default();
            let extra = longest(more, optional);
            return Some((Some(code), length + extra));
        }
    }
    // `code de l'action sociale`: a code we do not hold, so its articles are not ours either.
    let unknown = word == "code"
        && atoms
            .iter()
            .skip(1)
            .find_map(meaning)
            .is_some_and(|next| next.len() > 3);
    unknown.then_some((None, 1))
}

/// How many atoms these words take at the beginning of a text.
fn matched(atoms: &[Atom], words: &[&str]) -> Option<usize> {
    let mut wanted = words.iter();
    let mut next = wanted.next();
    for (index, atom) in atoms.iter().enumerate() {
        let Some(word) = next else { return Some(index) };
        if atom.word() == Some(word) {
            next = wanted.next();
        } else if meaning(atom).is_some() || atom.number().is_some() {
            return None;
        }
    }
    next.is_none().then_some(atoms.len())
}

/// As many of the optional words as are there, in their order.
fn longest(atoms: &[Atom], words: &[&str]) -> usize {
    (0..=words.len())
        .rev()
        .find_map(|count| {
            words
                .get(..count)
                .filter(|w| !w.is_empty())
                .and_then(|w| matched(atoms, w))
        })
        .unwrap_or(0)
}

fn meaning(atom: &Atom) -> Option<&str> {
    let word = atom.word()?;
    let is_article = matches!(word, "article" | "articles" | "art");
    (!LINKS.contains(&word) && !is_article).then_some(word)
}
