//! What ids are called in sentences. Two that are called alike are told apart, so that a sentence
//! can be read back.

use std::collections::{BTreeMap, HashMap};

/// The names of everything that a collectivité's rules can speak of.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Of services.
    pub services: Labels,
    /// Of the areas of each service, by the service's id.
    pub areas: HashMap<String, Labels>,
    /// Of the services of the town hall.
    pub groups: Labels,
    /// Of profiles.
    pub profiles: Labels,
    /// Of people.
    pub agents: Labels,
    /// Of networks, which rules call by their names.
    pub networks: Labels,
    /// Of the themes of documents, by their names too.
    pub themes: Labels,
    /// Of the collections of documents, by their names too.
    pub collections: Labels,
}

/// Ids and what they are called.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    called: HashMap<String, String>,
    ids: HashMap<String, String>,
    /// By labels in small letters; none for two that differ in capitals only.
    in_small: HashMap<String, Option<String>>,
}

impl Labels {
    /// Names an id; with the id behind it when another has the same name.
    pub fn add(&mut self, id: &str, label: &str) {
        let plain = unmarked(label);
        let label = if plain.is_empty() {
            id.to_owned()
        } else if self.ids.contains_key(&plain) {
            format!("{plain} ({id})")
        } else {
            plain
        };
        let small = self.in_small.entry(label.to_lowercase());
        small
            .and_modify(|known| *known = None)
            .or_insert_with(|| Some(id.to_owned()));
        self.ids.insert(label.clone(), id.to_owned());
        self.called.insert(id.to_owned(), label);
    }

    /// What an id is called; the id itself when nothing is known of it.
    pub fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.called.get(id).map_or(id, String::as_str)
    }

    /// Whether the id is known.
    pub fn knows(&self, id: &str) -> bool {
        self.called.contains_key(id)
    }

    /// Every id with what it is called, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let by_id: BTreeMap<_, _> = self.called.iter().collect();
        by_id
            .into_iter()
            .map(|(id, label)| (id.as_str(), label.as_str()))
    }

    /// What is called so.
    pub(super) fn find(&self, label: &str) -> Option<&str> {
        if let Some(id) = self.ids.get(label) {
            return Some(id);
        }
        // In other capitals, unless two are.
        self.in_small.get(&label.to_lowercase())?.as_deref()
    }

    /// The longest label that a text begins with, and its id.
    pub(super) fn at_start_of(&self, text: &str) -> Option<(&str, &str)> {
        let labels = self
            .ids
            .iter()
            .filter(|(label, _)| text.starts_with(label.as_str()));
        let longest = labels.max_by_key(|(label, _)| label.len())?;
        Some((longest.0, longest.1))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Labels {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        let mut labels = Self::default();
        for (id, label) in pairs {
            labels.add(id, label);
        }
        labels
    }
}

/// A name as it stands between « and ».
pub(super) fn unmarked(name: &str) -> String {
    plain(name).replace(['«', '»'], "\"")
}

/// A text as it is compared: one kind of space, one kind of apostrophe.
pub(crate) fn plain(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace('\'', "’")
}
