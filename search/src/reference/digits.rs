//! The number of an article, without its letter: `822-6 bis`, `6323-20-4`, `135-6A`.

use super::atoms::Atom;

/// The digits of an article, `822-6 bis`.
pub(super) struct Digits {
    pub(super) text: String,
    /// How many numbers it is made of.
    pub(super) parts: usize,
    /// How many atoms it takes.
    pub(super) length: usize,
}

/// Reads it where it begins.
pub(super) fn digits(atoms: &[Atom]) -> Option<Digits> {
    let mut text = atoms.first()?.number()?.to_owned();
    let (mut parts, mut length) = (1, 1);
    while let Some(part) = next_part(atoms.get(length..)?) {
        text = format!("{text}-{part}");
        length += 2;
        parts += 1;
    }
    if let Some(suffix) = atoms.get(length).and_then(suffix) {
        text.push_str(suffix);
        length += 1;
    }
    Some(Digits {
        text,
        parts,
        length,
    })
}

/// `-12`, or `-A`, glued to what comes before.
fn next_part(atoms: &[Atom]) -> Option<&str> {
    match atoms {
        [dash, part, ..] if dash.is_mark('-') && dash.glued && part.glued => part
            .number()
            .or_else(|| part.word().filter(|word| word.len() == 1)),
        _ => None,
    }
}

fn suffix(atom: &Atom) -> Option<&str> {
    let word = atom.word()?;
    let latin = matches!(
        word,
        "bis" | "ter" | "quater" | "quinquies" | "sexies" | "septies" | "octies"
    );
    (latin || (atom.glued && word.len() == 1)).then_some(word)
}
