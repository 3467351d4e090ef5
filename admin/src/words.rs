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
}
