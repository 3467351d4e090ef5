//! The few signs a question may hold: `"…"` and « … » for an exact phrase, `+` or ET for what must be there,
//! `-` or SAUF for what must not, `*` for the beginning of a word. Any text is a question: a sign that makes
//! no sense is no sign.

/// What a part of a question asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    /// The more of them, the better.
    Wanted,
    /// Must be there.
    Required,
    /// Must not be there.
    Excluded,
}

/// A part of a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// Words, without quotes.
    Words(Sign, String),
    /// Between quotes: wanted means required.
    Phrase(Sign, String),
    /// The beginning of a word.
    Beginning(String),
}

/// What of a question was read otherwise than its writer may think.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Oddity {
    /// A quote that is never closed: its words were searched one by one.
    UnclosedQuote,
    /// The stars of these words were left out.
    LostStars(Vec<String>),
    /// It only says what must not be there.
    OnlyExcluded,
}

/// How many words without their star are named.
const MOST_TOLD: usize = 3;
/// Fewer letters begin too many words.
const SHORTEST_BEGINNING: usize = 3;

/// Reads the parts of a question, in their order.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    // In a question all in capitals, ET is a word like another.
    let shouts = !text.chars().any(char::is_lowercase);
    let mut parts: Vec<Part> = Vec::new();
    let mut sign = Sign::Wanted;
    for (piece, is_quoted) in pieces(text).all {
        if is_quoted {
            parts.push(Part::Phrase(
                std::mem::replace(&mut sign, Sign::Wanted),
                piece,
            ));
            continue;
        }
        for word in piece.split_whitespace() {
            match word {
                "ET" if !shouts => {
                    require_last(&mut parts);
                    sign = Sign::Required;
                }
                "SAUF" if !shouts => sign = Sign::Excluded,
                "OU" if !shouts => sign = Sign::Wanted,
                "+" | "-" => sign = signed(word).map_or(sign, |(of, _)| of),
                _ => {
                    let (of, word) = signed(word).unwrap_or((sign, word));
                    sign = Sign::Wanted;
                    parts.push(part(of, word));
                }
            }
        }
    }
    parts
}

/// What the writer of a question should be told of its signs.
pub(crate) fn oddities(text: &str) -> Vec<Oddity> {
    let parts = parts(text);
    let is_excluded = |part: &Part| {
        let (Part::Words(sign, _) | Part::Phrase(sign, _)) = part else {
            return false;
        };
        *sign == Sign::Excluded
    };
    let unclosed = pieces(text).is_unclosed.then_some(Oddity::UnclosedQuote);
    let mut starred: Vec<String> = Vec::new();
    for part in &parts {
        if let Part::Words(_, word) = part
            && is_starred(word)
            && !starred.contains(word)
            && starred.len() < MOST_TOLD
        {
            starred.push(word.clone());
        }
    }
    let starred = (!starred.is_empty()).then_some(Oddity::LostStars(starred));
    let only = !parts.is_empty() && parts.iter().all(is_excluded);
    let only = only.then_some(Oddity::OnlyExcluded);
    unclosed.into_iter().chain(starred).chain(only).collect()
}

/// Letters, and a star behind them.
fn is_starred(word: &str) -> bool {
    word.ends_with('*') && word.contains(char::is_alphanumeric)
}

fn signed(word: &str) -> Option<(Sign, &str)> {
    let sign = match word.chars().next()? {
        '+' => Sign::Required,
        '-' => Sign::Excluded,
        _ => return None,
    };
    Some((sign, word.get(1..)?))
}

fn part(sign: Sign, word: &str) -> Part {
    let letters = word.trim_end_matches('*');
    let is_beginning = letters.len() < word.len()
        && letters.chars().count() >= SHORTEST_BEGINNING
        && letters.chars().all(char::is_alphanumeric);
    if is_beginning && sign == Sign::Wanted {
        Part::Beginning(letters.to_owned())
    } else {
        Part::Words(sign, word.to_owned())
    }
}

/// « a ET b »: what stands before is required as well.
fn require_last(parts: &mut [Part]) {
    if let Some(Part::Words(sign, _)) = parts.last_mut()
        && *sign == Sign::Wanted
    {
        *sign = Sign::Required;
    }
}

/// A text cut at its quotes.
struct Pieces {
    /// Each, and whether it stood between quotes.
    all: Vec<(String, bool)>,
    is_unclosed: bool,
}

/// The text cut at its quotes, straight or French or English; an unclosed one quotes nothing.
fn pieces(text: &str) -> Pieces {
    let mut pieces = Vec::new();
    let mut is_unclosed = false;
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find(['"', '«', '“']) {
        let (before, quoted) = rest.split_at(open);
        let mut inside = quoted.chars();
        inside.next();
        let inside = inside.as_str();
        plain.push_str(before);
        let Some(close) = inside.find(['"', '»', '”', '«', '“']) else {
            plain.push(' ');
            rest = inside;
            is_unclosed = true;
            continue;
        };
        let (phrase, after) = inside.split_at(close);
        pieces.push((std::mem::take(&mut plain), false));
        pieces.push((phrase.to_owned(), true));
        let mut after = after.chars();
        after.next();
        rest = after.as_str();
    }
    plain.push_str(rest);
    pieces.push((plain, false));
    Pieces {
        all: pieces,
        is_unclosed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let shown = |part: Part| match part {
            Part::Words(sign, text) => format!("{sign:?}:{text}"),
            Part::Phrase(sign, text) => format!("{sign:?}:«{}»", text.trim()),
            Part::Beginning(text) => format!("{text}*"),
        };
        parts(text)
            .into_iter()
            .map(shown)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn quotes_of_every_shape_make_phrases() {
        assert_eq!(
            read("a \"b c\" « d » “e” f\""),
            "Wanted:a Wanted:«b c» Wanted:«d» Wanted:«e» Wanted:f"
        );
        assert_eq!(read("un \" seul"), "Wanted:un Wanted:seul");
    }

    #[test]
    fn signs_that_were_left_out_are_told() {
        let stars =
            |words: &[&str]| Oddity::LostStars(words.iter().map(ToString::to_string).collect());
        assert_eq!(oddities("congé \"longue maladie"), [Oddity::UnclosedQuote]);
        assert_eq!(
            oddities("in* in* +indemnit*"),
            [stars(&["in*", "indemnit*"])]
        );
        assert_eq!(
            oddities(&"a* b* c* d* ".repeat(9)),
            [stars(&["a*", "b*", "c*"])]
        );
        assert_eq!(oddities("-maladie SAUF retraite"), [Oddity::OnlyExcluded]);
        for plain in ["", "congé -maladie", "\"a b\" indemnit*", "R*421-3", "*"] {
            assert_eq!(oddities(plain), [], "{plain}");
        }
    }

    #[test]
    fn signs_require_and_exclude_the_word_or_phrase_that_follows() {
        assert_eq!(
            read("congé +maladie -retraite -\"longue durée\" + prime"),
            "Wanted:congé Required:maladie Excluded:retraite Excluded:«longue durée» Required:prime"
        );
        assert_eq!(
            read("congé ET maladie SAUF retraite OU prime"),
            "Required:congé Required:maladie Excluded:retraite Wanted:prime"
        );
    }

    #[test]
    fn hyphens_and_capitals_of_a_plain_question_are_no_signs() {
        assert_eq!(
            read("L. 411-1 mi-temps"),
            "Wanted:L. Wanted:411-1 Wanted:mi-temps"
        );
        assert_eq!(
            read("CONGÉ ET PRIME"),
            "Wanted:CONGÉ Wanted:ET Wanted:PRIME"
        );
    }

    #[test]
    fn a_star_after_three_letters_is_the_beginning_of_a_word() {
        assert_eq!(read("rem* indem* é*"), "rem* indem* Wanted:é*");
        assert_eq!(read("*"), "Wanted:*");
    }
}
