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

/// Fewer letters begin too many words.
const SHORTEST_BEGINNING: usize = 3;

/// Reads the parts of a question, in their order.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    // In a question all in capitals, ET is a word like another.
    let shouts = !text.chars().any(char::is_lowercase);
    let mut parts: Vec<Part> = Vec::new();
    let mut sign = Sign::Wanted;
    for (piece, is_quoted) in pieces(text) {
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

/// The text cut at its quotes, straight or French or English; an unclosed one quotes nothing.
fn pieces(text: &str) -> Vec<(String, bool)> {
    let mut pieces = Vec::new();
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
    pieces
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
