//! What forms and files hold, read and judged: each error names its field, why, and how to mend it.

use axum::http::StatusCode;
use std::borrow::Cow;

/// An error of one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FieldError {
    /// The field's id on the page.
    pub(crate) field: Cow<'static, str>,
    /// Why, and how to mend it.
    pub(crate) text: String,
}

/// The errors of a form, in the order of its fields.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub(crate) fn add(&mut self, field: impl Into<Cow<'static, str>>, text: impl Into<String>) {
        let (field, text) = (field.into(), text.into());
        self.0.push(FieldError { field, text });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a page that shows them answers with.
    pub(crate) fn status(&self) -> StatusCode {
        if self.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    /// What is wrong with a field, if anything.
    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        let error = self.0.iter().find(|error| error.field == field)?;
        Some(&error.text)
    }

    /// Reads a field, or notes why it cannot be.
    pub(crate) fn read<T>(&mut self, field: &'static str, read: Result<T, String>) -> Option<T> {
        read.map_err(|text| self.add(field, text)).ok()
    }
}

/// Longest name and address kept.
const LONGEST: usize = 100;

/// Addresses of an office, not of a person.
const GENERIC: [&str; 16] = [
    "accueil",
    "accueil-mairie",
    "administration",
    "compta",
    "comptabilite",
    "contact",
    "courrier",
    "dgs",
    "direction",
    "drh",
    "info",
    "mairie",
    "paie",
    "rh",
    "ressources-humaines",
    "secretariat",
];

/// A name: something to call somebody by.
pub(crate) fn name(text: &str, what: &str) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(format!("Saisissez {what}."));
    }
    if text.chars().count() > LONGEST {
        return Err(format!("Saisissez {what} en {LONGEST} caractères au plus."));
    }
    let letter = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.');
    if !text.chars().all(letter) || !text.chars().any(char::is_alphabetic) {
        return Err(format!(
            "Saisissez {what} avec des lettres, des tirets ou des apostrophes seulement."
        ));
    }
    Ok(text)
}

/// A mail address, lower-case.
pub(crate) fn address(text: &str) -> Result<String, String> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Err("Saisissez l’adresse électronique professionnelle de la personne.".to_owned());
    }
    let example = "Saisissez une adresse électronique au format nom@domaine.fr.";
    let (local, domain) = text.split_once('@').ok_or(example)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let domain_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let dotted =
        |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let right = !local.is_empty()
        && local.chars().all(plain)
        && dotted(local)
        && domain.contains('.')
        && domain.chars().all(domain_plain)
        && dotted(domain)
        && text.len() <= LONGEST;
    if right {
        Ok(text)
    } else {
        Err(example.to_owned())
    }
}

/// Whether an address is an office's, which several people read.
pub(crate) fn is_generic(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    GENERIC.contains(&local)
}

/// Longest reason kept, in characters.
pub(crate) const LONGEST_REASON: usize = 500;

/// Why something is rejected or done; `None` when nothing was said.
pub(crate) fn reason(text: &str) -> Option<String> {
    let reason: String = text.trim().chars().take(LONGEST_REASON).collect();
    (!reason.is_empty()).then_some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_people_are_called() {
        assert_eq!(name("  Jean  Pierre ", "le prénom").unwrap(), "Jean Pierre");
        for right in ["Zoé", "d’Ormesson", "N'Diaye", "Lefèvre-Œuvrard", "Çelik"] {
            assert_eq!(name(right, "le nom").unwrap(), right);
        }
        for wrong in ["", "  ", "=1+1", "<b>", "123", "-"] {
            assert!(name(wrong, "le nom").is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_has_a_person_and_a_domain() {
        assert_eq!(
            address(" Zoe.Lefevre@Ville.FR ").unwrap(),
            "zoe.lefevre@ville.fr"
        );
        for wrong in [
            "",
            "zoe",
            "zoe@ville",
            "@ville.fr",
            "zoe@.fr",
            "a b@ville.fr",
            "zoé@ville.fr",
            "a@b@c.fr",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
        assert!(is_generic("rh@ville.fr"));
        assert!(!is_generic("zoe@ville.fr"));
    }
}
