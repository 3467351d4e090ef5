//! « Did you mean »: the known word nearest to a mistyped one.

/// The nearest of the words, when few letters separate them.
pub(super) fn nearest<'w>(
    typed: &str,
    words: impl IntoIterator<Item = &'w str>,
) -> Option<&'w str> {
    let near = |word: &'w str| {
        let distance = distance(typed, word);
        let allowed = word.chars().count().div_ceil(3).min(3);
        (distance <= allowed).then_some((distance, word))
    };
    let best = words.into_iter().filter_map(near).min();
    best.map(|(_, word)| word)
}

/// Letters to add, drop or replace between two words (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (above, a) in from.chars().enumerate() {
        let mut diagonal = above;
        let mut left = above + 1;
        for (cell, b) in row
            .iter_mut()
            .zip(std::iter::once(None).chain(to.chars().map(Some)))
        {
            let value = match b {
                None => above + 1,
                Some(b) => (diagonal + usize::from(a != b))
                    .min(*cell + 1)
                    .min(left + 1),
            };
            diagonal = std::mem::replace(cell, value);
            left = value;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// « `a`, `b` and `c` ».
pub(super) fn list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let mut quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match (quoted.pop(), quoted.is_empty()) {
        (Some(last), false) => format!("{} and {last}", quoted.join(", ")),
        (last, _) => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_added_dropped_and_replaced_are_counted() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("lisen", "listen", 1),
            ("kitten", "sitting", 3),
            ("été", "ete", 2),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
            assert_eq!(distance(to, from), expected, "{to} {from}");
        }
    }

    #[test]
    fn only_a_near_word_is_suggested() {
        assert_eq!(nearest("lisen", ["store", "listen"]), Some("listen"));
        assert_eq!(nearest("colour", ["store", "listen"]), None);
        assert_eq!(nearest("ip", ["id", "host"]), Some("id"));
        assert_eq!(nearest("josn", ["text", "json"]), Some("json"));
        assert_eq!(nearest("xml", ["text", "json"]), None);
    }

    #[test]
    fn words_are_listed_as_a_sentence_has_them() {
        assert_eq!(list([]), "");
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
