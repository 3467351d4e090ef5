//! A text or a decision designated by its date, as people write dates.

use super::atoms::Atom;
use super::keys;
use super::reader::{Found, NATURES};
use jiff::civil::Date;

const MONTHS: [&str; 12] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];

/// `du 21 mars 1995` or `21/03/1995` after a word that announces a text or a decision.
pub(super) fn date(atoms: &[Atom], before: &[Atom]) -> Option<Found> {
    let announced = before
        .iter()
        .filter_map(Atom::word)
        .any(|word| NATURES.contains(&word));
    let day: i8 = atoms.first()?.number()?.parse().ok()?;
    let (month, year, length) = match atoms {
        [_, er, month, year, ..] if er.is_word("er") => (month_number(month)?, year, 4),
        [_, one, month, two, year, ..] if one.is_mark('/') && two.is_mark('/') => {
            (month.number()?.parse().ok()?, year, 5)
        }
        [_, month, year, ..] => (month_number(month)?, year, 3),
        _ => return None,
    };
    let year: i16 = year.number().filter(|year| year.len() == 4)?.parse().ok()?;
    let date = Date::new(year, month, day).ok()?;
    announced.then(|| Found {
        key: keys::date(date),
        length,
    })
}

fn month_number(atom: &Atom) -> Option<i8> {
    let word = atom.word()?;
    (1..)
        .zip(MONTHS)
        .find_map(|(number, month)| (month == word).then_some(number))
}
