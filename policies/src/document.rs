//! What rules may ask of a document: its kind, its themes, its collection, who it is given to.

use crate::error::Error;
use crate::model::plain;
use crate::principal::{CollectiviteId, ServiceId, id};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};

id!(
    /// A theme of the base, by its name: « Rémunération ».
    Theme
);

impl Theme {
    /// Of a document that has none.
    pub const OTHER: &str = "Autre";
}

id!(
    /// A collection of the base, by its name: « Secteur privé ».
    Collection
);

impl Collection {
    /// Of a document that is in none.
    pub const GENERAL: &str = "Fonds général";
}

/// What kind of document it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// A *fiche pratique*.
    Fiche,
    /// A law, decree or article.
    Texte,
    /// A court decision.
    Jurisprudence,
    /// An entry of *Au fil de la doc*.
    Actualite,
}

impl Nature {
    /// Every kind, in the order of the schema.
    pub const ALL: [Self; 4] = [
        Self::Fiche,
        Self::Texte,
        Self::Jurisprudence,
        Self::Actualite,
    ];

    /// Reads the Cedar spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nature| nature.as_str() == text)
    }

    /// The Cedar spelling, which is also the import format's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fiche => "fiche",
            Self::Texte => "texte",
            Self::Jurisprudence => "jurisprudence",
            Self::Actualite => "actualite",
        }
    }
}

/// How widely a document is given.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Diffusion {
    /// To everybody.
    Public,
    /// To the collectivités the service is open to; what a document without the field has.
    #[default]
    Adherents,
    /// To the collectivités named in `reserve_a`.
    Restreint,
}

impl Diffusion {
    /// The Cedar spelling, which is also the import format's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Adherents => "adherents",
            Self::Restreint => "restreint",
        }
    }
}

/// All that rules may ask of a document; documents alike in this are decided together.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct DocumentClass {
    /// The service that holds the document.
    pub service: ServiceId,
    /// Its kind.
    pub nature: Nature,
    /// What it is about; [`Theme::OTHER`] alone for nothing in particular.
    pub themes: BTreeSet<Theme>,
    /// Where it stands.
    pub collection: Collection,
    /// How widely it is given.
    #[serde(default)]
    pub diffusion: Diffusion,
    /// Who may read it when its diffusion is restricted.
    #[serde(default)]
    pub reserve_a: Vec<CollectiviteId>,
}

impl DocumentClass {
    /// Documents of a kind that nothing else is known of.
    pub fn of(service: ServiceId, nature: Nature) -> Self {
        Self {
            service,
            nature,
            themes: [Theme::OTHER.into()].into(),
            collection: Collection::GENERAL.into(),
            diffusion: Diffusion::default(),
            reserve_a: Vec::new(),
        }
    }
}

/// By what the documents of an installation are sorted, beside their kinds. The lists are closed: a rule
/// that names something else is an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Classification {
    themes: Vec<Theme>,
    collections: Vec<Collection>,
}

/// Longest name, characters.
const LONGEST: usize = 60;

impl Default for Classification {
    fn default() -> Self {
        Self {
            themes: vec![Theme::OTHER.into()],
            collections: vec![Collection::GENERAL.into()],
        }
    }
}

impl Classification {
    /// These themes and collections, beside those of documents without any.
    ///
    /// # Errors
    /// A name that no sentence and no Cedar can hold, see [`Classification::is_name`]; or two that read alike.
    pub fn new(
        themes: impl IntoIterator<Item = String>,
        collections: impl IntoIterator<Item = String>,
    ) -> Result<Self, Error> {
        let mut all = Self::default();
        let mut known: Vec<Theme> = names(themes)?;
        known.retain(|theme| !all.themes.contains(theme));
        all.themes.splice(..0, known);
        let mut known: Vec<Collection> = names(collections)?;
        known.retain(|collection| !all.collections.contains(collection));
        all.collections.append(&mut known);
        Ok(all)
    }

    /// Whether rules and sentences can name something so: 1 to 60 visible characters, without quotes,
    /// backslashes and semicolons, and with plain single spaces inside only.
    pub fn is_name(text: &str) -> bool {
        let blank = |c: char| c.is_control() || (c.is_whitespace() && c != ' ') || is_hidden(c);
        let fits = |c: char| !blank(c) && !"\"\\;«»".contains(c);
        let single = text.split(' ').all(|word| !word.is_empty());
        single && text.chars().all(fits) && text.chars().count() <= LONGEST
    }

    /// Whether this is one of the themes.
    pub fn has_theme(&self, name: &str) -> bool {
        self.themes.iter().any(|theme| theme.as_str() == name)
    }

    /// Whether this is one of the collections.
    pub fn has_collection(&self, name: &str) -> bool {
        self.collections.iter().any(|one| one.as_str() == name)
    }

    /// What is no theme or collection of this, once any is; a misspelt one would be out of every rule's reach.
    pub fn unknown<'a>(
        &self,
        mut themes: impl Iterator<Item = &'a str>,
        collection: Option<&'a str>,
    ) -> Option<&'a str> {
        let sorts = (self.themes.len() > 1, self.collections.len() > 1);
        let theme = themes.find(|name| sorts.0 && !self.has_theme(name));
        theme.or(collection.filter(|name| sorts.1 && !self.has_collection(name)))
    }

    /// A name as it is read: with either apostrophe it is the same.
    pub fn as_read(name: &str) -> String {
        plain(name)
    }

    /// Every theme, that of documents without one last.
    pub fn themes(&self) -> &[Theme] {
        &self.themes
    }

    /// Every collection, that of documents without one first.
    pub fn collections(&self) -> &[Collection] {
        &self.collections
    }
}

/// Marks of layout and direction that nobody sees.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Names that read as themselves, each once.
fn names<T: From<String>>(given: impl IntoIterator<Item = String>) -> Result<Vec<T>, Error> {
    let mut seen = HashSet::new();
    let checked = given.into_iter().map(|name| {
        let unfit = format!("`{name}` cannot be the name of a theme or a collection");
        let fits = Classification::is_name(&name) && seen.insert(plain(&name));
        let name = fits.then(|| T::from(name));
        name.ok_or(Error::Vocabulary(unfit))
    });
    checked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sentence_or_cedar_could_not_hold_is_no_name() {
        for name in ["Santé", "L'accueil, ou rien", "a"] {
            assert!(Classification::is_name(name), "{name}");
        }
        for name in [
            "",
            " a",
            "a  b",
            "a\"b",
            "a\\b",
            "« a »",
            "a;b",
            "\u{a0}",
            "a\u{200b}b",
            "a\nb",
            &"a".repeat(61),
        ] {
            assert!(!Classification::is_name(name), "{name:?}");
        }
        assert!(Classification::new(["a\"".to_owned()], []).is_err());
        let twice = ["L'accueil".to_owned(), "L’accueil".to_owned()];
        assert!(Classification::new(twice, []).is_err());
    }

    #[test]
    fn documents_without_any_have_a_theme_and_a_collection_too() {
        let named = Classification::new(["Santé".to_owned(), "Autre".to_owned()], []).unwrap();
        assert_eq!(named.themes(), ["Santé".into(), "Autre".into()]);
        assert_eq!(named.collections(), ["Fonds général".into()]);
    }
}
