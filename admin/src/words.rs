//! French that depends on the word after it.

/// « d’Odile Roux », « de Karim Benali »: « de » loses its vowel before another one, and before an h,
/// which is mute in given names.
pub(crate) fn of(name: impl AsRef<str>) -> String {
    let name = name.as_ref();
    let mut letters = name.chars().flat_map(char::to_lowercase);
    let (first, second) = (letters.next(), letters.next());
    let vowel = |letter: Option<char>| {
        letter.is_some_and(|letter| "aàâäeéèêëiîïoôöuùûüœæ".contains(letter))
    };
    // « d’Yves », but « de Yasmine ».
    let elides = vowel(first) || first == Some('h') || (first == Some('y') && !vowel(second));
    if elides {
        format!("d’{name}")
    } else {
        format!("de {name}")
    }
}

/// « 1 ligne inchangée », « 3 lignes à corriger »: a count, what is counted, and what is said of it, which
/// agrees when it is one word in « -ée ».
pub(crate) fn counted(number: usize, what: &str, of_it: &str) -> String {
    if number < 2 {
        return format!("{number} {what}{of_it}");
    }
    let agrees = if of_it.ends_with("ée") { "s" } else { "" };
    format!("{number} {what}s{of_it}{agrees}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vowel_takes_the_vowel_away() {
        for (name, said) in [
            ("Odile Roux", "d’Odile Roux"),
            ("Élodie", "d’Élodie"),
            ("Hélène", "d’Hélène"),
            ("Yves", "d’Yves"),
            ("Yasmine", "de Yasmine"),
            ("Karim", "de Karim"),
            ("", "de "),
        ] {
            assert_eq!(of(name), said);
        }
    }

    #[test]
    fn one_and_none_are_singular() {
        assert_eq!(counted(0, "ajout", ""), "0 ajout");
        assert_eq!(counted(1, "ligne", " inchangée"), "1 ligne inchangée");
        assert_eq!(counted(2, "ligne", " inchangée"), "2 lignes inchangées");
        assert_eq!(counted(3, "ligne", " à corriger"), "3 lignes à corriger");
    }
}
