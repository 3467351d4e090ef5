//! What a person may read, as authorisation classes: `policies::decide` runs once per class of the index,
//! and the classes it permits become one filter inside every query. No right is decided here.

use crate::document::Document;
use crate::error::Error;
use policies::{
    Action, DocumentClass, Principal, Resource, Ruleset, ServiceId, Shelves, Situation, decide,
};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

/// BIP's id among the online services.
const SERVICE: &str = "bip";
const FILE: &str = "classes.json";

/// The class of a document: all that rules may ask of it.
pub(crate) fn class_of(document: &Document) -> DocumentClass {
    let mut reserve_a = document.reserve_a.clone();
    reserve_a.sort_unstable();
    reserve_a.dedup();
    let plain = DocumentClass::of(ServiceId::from(SERVICE), document.kind);
    let themes = document.themes.iter().map(|theme| theme.as_str().into());
    let themes: BTreeSet<_> = themes.collect();
    let collection = document.collection.as_deref().map(Into::into);
    DocumentClass {
        themes: if themes.is_empty() {
            plain.themes
        } else {
            themes
        },
        collection: collection.unwrap_or(plain.collection),
        diffusion: document.diffusion,
        reserve_a,
        ..plain
    }
}

/// The classes of an index; a class's number is its position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Classes(Vec<DocumentClass>);

impl Classes {
    /// The number of a class, new or known.
    pub(crate) fn number(&mut self, class: DocumentClass) -> u64 {
        let position = self
            .0
            .iter()
            .position(|known| *known == class)
            .unwrap_or_else(|| {
                self.0.push(class);
                self.0.len() - 1
            });
        position as u64
    }

    /// Each class with its number.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &DocumentClass)> {
        (0..).zip(&self.0)
    }

    pub(crate) fn save(&self, directory: &Path) -> Result<(), Error> {
        let path = directory.join(FILE);
        let text = serde_json::to_vec(&self.0).map_err(|_| Error::Corrupt(FILE.to_owned()))?;
        std::fs::write(&path, text).map_err(|source| Error::Directory { path, source })
    }

    pub(crate) fn load(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(FILE);
        let text = std::fs::read(&path).map_err(|source| Error::Directory { path, source })?;
        serde_json::from_slice(&text)
            .map(Self)
            .map_err(|_| Error::Corrupt(FILE.to_owned()))
    }
}

/// What one person may read now. Only decisions make one: classes that no rule tells apart are decided
/// about once.
#[derive(Clone, Debug)]
pub struct Scope {
    permitted: Vec<u64>,
    ruleset: Arc<Ruleset>,
    shelves: Arc<Shelves>,
    principal: Principal,
    situation: Situation,
}

impl Scope {
    pub(crate) fn new(
        classes: &Classes,
        ruleset: Arc<Ruleset>,
        principal: Principal,
        situation: Situation,
    ) -> Self {
        let mut scope = Self {
            permitted: Vec::new(),
            shelves: Arc::new(Shelves::of(&[&ruleset])),
            ruleset,
            principal,
            situation,
        };
        let mut decided = HashMap::new();
        for (number, class) in classes.numbered() {
            let example = scope.shelves.example(class);
            let permits = decided
                .entry(example)
                .or_insert_with_key(|example| scope.decide(example));
            if *permits {
                scope.permitted.push(number);
            }
        }
        scope
    }

    /// The numbers of the permitted classes.
    pub(crate) fn permitted(&self) -> &[u64] {
        &self.permitted
    }

    /// Decides anew: the check of each document before it leaves.
    pub fn permits(&self, class: &DocumentClass) -> bool {
        self.decide(&self.shelves.example(class))
    }

    fn decide(&self, example: &DocumentClass) -> bool {
        decide(
            &self.ruleset,
            &self.principal,
            Action::Lire,
            Resource::Document(example),
            &self.situation,
        )
        .is_ok()
    }
}
