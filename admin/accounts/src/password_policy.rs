//! What a password must be (CNIL 2022-100, NIST SP 800-63B-4): long enough, no rule of composition,
//! and not one that somebody guesses who knows the person, the keyboard or the common lists. Every
//! fault says what to change.

use crate::password::{LONGEST, Password};
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Characters of a password that stands alone.
pub const LEAST_ALONE: usize = 15;
/// Characters of one that a second factor goes with.
pub const LEAST_WITH_FACTOR: usize = 12;
/// By the CNIL's estimate: its figure for a password whose tries are counted.
const LEAST_BITS: f64 = 50.0;
/// What must be left once all that is easily guessed counts for little.
const LEAST_UNGUESSED: usize = 8;
/// The longest piece that is looked up.
const LONGEST_PIECE: usize = 24;

/// What is wrong with a password that somebody wants to choose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    /// Too few characters.
    Short {
        /// How many it takes.
        least: usize,
        /// How many there are.
        has: usize,
    },
    /// More bytes than are hashed.
    Long,
    /// The same over and over.
    Repeated,
    /// Little else than names of the person or the collectivité.
    Personal,
    /// Little else than neighbours on the keyboard, in the alphabet or among numbers.
    Sequence,
    /// Little else than what is in every list of passwords.
    Common,
    /// Too few bits by the CNIL's estimate.
    Simple,
    /// The one in force.
    Same,
}

impl Weakness {
    /// What to change, a sentence in French.
    pub fn sentence(self) -> String {
        match self {
            Self::Short { least, has } => {
                let more = least.saturating_sub(has);
                format!(
                    "Il est trop court\u{a0}: il en faut au moins {least} caractères, ajoutez-en {more}."
                )
            }
            Self::Long => format!(
                "Il est trop long\u{a0}: raccourcissez-le à moins de {LONGEST} octets."
            ),
            Self::Repeated => "Il répète la même chose\u{a0}: choisissez plusieurs mots différents.".to_owned(),
            Self::Personal => "Votre nom, votre adresse et le nom de votre collectivité se devinent\u{a0}: ajoutez des mots qui n’ont aucun rapport avec vous.".to_owned(),
            Self::Sequence => "Les suites comme «\u{a0}azerty\u{a0}», «\u{a0}1234\u{a0}» ou une année se devinent\u{a0}: ajoutez des mots sans rapport entre eux.".to_owned(),
            Self::Common => "Il figure presque tel quel dans les listes de mots de passe courants\u{a0}: ajoutez des mots sans rapport entre eux.".to_owned(),
            Self::Same => "C’est votre mot de passe actuel\u{a0}: choisissez-en un autre.".to_owned(),
            Self::Simple => "Il est trop simple pour sa longueur\u{a0}: ajoutez des lettres, ou allongez-le.".to_owned(),
        }
    }
}

/// What is wrong with a password; nothing when it may be chosen. `known` is what others know of the
/// person: names, login, collectivités.
pub fn weaknesses(password: &Password, known: &[String], second_factor: bool) -> Vec<Weakness> {
    let text = password.text();
    if text.len() > LONGEST {
        return vec![Weakness::Long];
    }
    let least = if second_factor {
        LEAST_WITH_FACTOR
    } else {
        LEAST_ALONE
    };
    let has = text.chars().count();
    let mut found = Vec::new();
    if has < least {
        found.push(Weakness::Short { least, has });
    }
    found.extend(guessed(text, known));
    if found.is_empty() && cnil_bits(text) < LEAST_BITS {
        found.push(Weakness::Simple);
    }
    found
}

/// Délibération 2022-100: the length times log2 of the classes present.
fn cnil_bits(text: &str) -> f64 {
    let classes = [
        (26_u32, text.chars().any(|c| c.is_ascii_lowercase())),
        (26, text.chars().any(|c| c.is_ascii_uppercase())),
        (10, text.chars().any(|c| c.is_ascii_digit())),
        (37, text.chars().any(|c| !c.is_ascii_alphanumeric())),
    ];
    let symbols: u32 = classes
        .iter()
        .filter_map(|(size, there)| there.then_some(*size))
        .sum();
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    f64::from(length) * f64::from(symbols.max(1)).log2()
}

/// Lower-case, without accents and separators, one byte a character; what is beyond ASCII is itself
/// by the low bits only, enough to see it repeat.
fn folded(text: &str) -> Vec<u8> {
    text.nfd()
        .filter(|c| {
            !is_combining_mark(*c) && !matches!(c, ' ' | '-' | '_' | '.' | ',' | '\'' | '’')
        })
        .flat_map(char::to_lowercase)
        .map(|c| match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => byte,
            _ => 0x80 | u8::try_from(u32::from(c) & 0x7f).unwrap_or_default(),
        })
        .collect()
}

/// `m0tdep@$$e` as it is meant.
fn unmasked(folded: &[u8]) -> Vec<u8> {
    let letter = |byte: &u8| match byte {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        other => *other,
    };
    folded.iter().map(letter).collect()
}

/// What it is made of, if too little of it remains to be guessed.
fn guessed(text: &str, known: &[String]) -> Option<Weakness> {
    let plain = folded(text);
    let periodic = (1..=plain.len() / 2).any(|period| {
        plain
            .iter()
            .zip(plain.iter().skip(period))
            .all(|(a, b)| a == b)
    });
    let distinct: HashSet<u8> = plain.iter().copied().collect();
    if periodic || distinct.len() < 5 {
        return Some(Weakness::Repeated);
    }
    let meant = unmasked(&plain);
    let personal: HashSet<Vec<u8>> = known
        .iter()
        .flat_map(|name| {
            name.split(|c: char| !c.is_alphanumeric())
                .chain([name.as_str()])
        })
        .map(folded)
        .filter(|name| name.len() >= 4)
        .collect();
    let (mut at, mut unguessed) = (0, 0);
    let mut seen: HashSet<&[u8]> = HashSet::new();
    let mut most: Option<(usize, Weakness)> = None;
    while let (Some(rest), Some(rest_meant)) = (plain.get(at..), meant.get(at..)) {
        let Some((length, weight, what)) = piece(rest, rest_meant, &personal) else {
            if rest.is_empty() {
                break;
            }
            (at, unguessed) = (at + 1, unguessed + 1);
            continue;
        };
        let again = rest_meant
            .get(..length)
            .is_some_and(|piece| !seen.insert(piece));
        unguessed += if again { 0 } else { weight };
        at += length;
        if most.is_none_or(|(longest, _)| length > longest) {
            most = Some((length, what));
        }
    }
    most.filter(|_| unguessed < LEAST_UNGUESSED)
        .map(|(_, what)| what)
}

/// The longest piece here that somebody would guess, for how many characters it counts, and what it is.
fn piece(
    plain: &[u8],
    meant: &[u8],
    personal: &HashSet<Vec<u8>>,
) -> Option<(usize, usize, Weakness)> {
    let run = sequence(plain);
    (3..=plain.len().min(LONGEST_PIECE))
        .rev()
        .find_map(|length| {
            let pieces = [plain.get(..length)?, meant.get(..length)?];
            if pieces.iter().any(|piece| personal.contains(*piece)) {
                return Some((length, 1, Weakness::Personal));
            }
            if run == length {
                return Some((length, 1, Weakness::Sequence));
            }
            pieces
                .iter()
                .any(|piece| COMMON.contains(*piece))
                .then_some((length, 3, Weakness::Common))
        })
}

static COMMON: LazyLock<HashSet<&'static [u8]>> = LazyLock::new(|| {
    include_str!("common_passwords.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::as_bytes)
        .collect()
});

const ROWS: [&[u8]; 7] = [
    b"1234567890",
    b"azertyuiop",
    b"qsdfghjklm",
    b"wxcvbn",
    b"qwertyuiop",
    b"asdfghjkl",
    b"zxcvbnm",
];

/// How many characters from the start are neighbours, the same, or a year; 0 for fewer than three.
fn sequence(text: &[u8]) -> usize {
    let run = |next: &dyn Fn(u8, u8) -> bool| {
        let steps = text.iter().zip(text.iter().skip(1));
        steps.take_while(|(a, b)| next(**a, **b)).count() + 1
    };
    let beside = |a: u8, b: u8| {
        ROWS.iter()
            .any(|row| row.windows(2).any(|pair| pair == [a, b]))
    };
    let longest = [
        run(&|a, b| a == b),
        run(&|a, b| a.checked_add(1) == Some(b)),
        run(&|a, b| b.checked_add(1) == Some(a)),
        run(&beside),
        run(&|a, b| beside(b, a)),
    ]
    .into_iter()
    .max()
    .unwrap_or_default()
    .min(LONGEST_PIECE);
    let year = matches!(text, [b'1', b'9', a, b, ..] | [b'2', b'0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit());
    match longest {
        4.. => longest,
        _ if year => 4,
        3 => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
