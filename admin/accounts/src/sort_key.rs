//! What lists of people are ordered and searched by: lower case, without accents or punctuation,
//! so that « Çelik » stands with C and `lefevre` finds « Lefèvre ».

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The key of a text.
pub fn fold(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.nfd().filter(|&c| !is_combining_mark(c)) {
        match c {
            'œ' | 'Œ' => key.push_str("oe"),
            'æ' | 'Æ' => key.push_str("ae"),
            '@' | '.' => key.push(c),
            c if c.is_alphanumeric() => key.extend(c.to_lowercase()),
            _ => key.push(' '),
        }
    }
    key.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The key of a person: family name first.
pub(crate) fn of_person(family_name: &str, given_name: &str, login: &str) -> String {
    format!("{} {} {}", fold(family_name), fold(given_name), fold(login))
}

/// A search as a pattern of `LIKE`: every word, in the order typed, anywhere. Empty finds everybody.
pub(crate) fn pattern(search: &str) -> String {
    let words = fold(search);
    if words.is_empty() {
        return String::new();
    }
    format!("%{}%", words.split(' ').collect::<Vec<_>>().join("%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        assert_eq!(
            of_person("Lefèvre-Œuvrard", "Zoé", "zoe.lefevre@x.example"),
            "lefevre oeuvrard zoe zoe.lefevre@x.example"
        );
        assert_eq!(pattern(" LEFÈV  zoé "), "%lefev%zoe%");
        assert_eq!(pattern("  "), "");
        assert_eq!(pattern("100%_"), "%100%");
    }
}
