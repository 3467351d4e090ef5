//! What a person may read, as authorisation classes: `policies::decide` runs once per class of the index,
//! and the classes it permits become one filter inside every query. No right is decided here.

use crate::document::Document;
use crate::error::Error;
use policies::{
    Action, DocumentClass, Principal, Resource, Ruleset, ServiceId, Shelves, Situation, decide,
};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

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

/// The classes of an index as far as one ruleset tells them apart.
#[derive(Debug)]
struct Parts {
    shelves: Shelves,
    examples: Vec<DocumentClass>,
    /// For each class, by its number, the place of what stands for it.
    places: Vec<usize>,
}

impl Parts {
    fn of(classes: &Classes, ruleset: &Ruleset) -> Self {
        let shelves = Shelves::of(&[ruleset]);
        let (mut examples, mut places) = (Vec::new(), Vec::new());
        let mut known = HashMap::new();
        for (_, class) in classes.numbered() {
            let place = *known
                .entry(shelves.example(class))
                .or_insert_with_key(|example| {
                    examples.push(example.clone());
                    examples.len() - 1
                });
            places.push(place);
        }
        Self {
            shelves,
            examples,
            places,
        }
    }
}

/// How many rulesets are remembered; beyond it they are looked at anew.
const KEPT: usize = 256;

/// The parts by the versions of rulesets: they are the same for everybody whom one judges.
#[derive(Debug, Default)]
pub(crate) struct AllParts(RwLock<HashMap<u64, Arc<Parts>>>);

impl AllParts {
    fn get(&self, classes: &Classes, ruleset: &Ruleset) -> Arc<Parts> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(parts) = known.get(&ruleset.version()) {
            return parts.clone();
        }
        drop(known);
        let parts = Arc::new(Parts::of(classes, ruleset));
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(ruleset.version(), parts.clone());
        parts
    }
}

/// What one person may read now. Only decisions make one: classes that no rule tells apart are decided
/// about once.
#[derive(Clone, Debug)]
pub struct Scope {
    permitted: Vec<u64>,
    ruleset: Arc<Ruleset>,
    parts: Arc<Parts>,
    principal: Principal,
    situation: Situation,
}

impl Scope {
    pub(crate) fn new(
        (classes, all): (&Classes, &AllParts),
        ruleset: Arc<Ruleset>,
        principal: Principal,
        situation: Situation,
    ) -> Self {
        let mut scope = Self {
            permitted: Vec::new(),
            parts: all.get(classes, &ruleset),
            ruleset,
            principal,
            situation,
        };
        let examples = scope.parts.examples.iter();
        let decided: Vec<_> = examples.map(|example| scope.decide(example)).collect();
        let numbered = (0..).zip(&scope.parts.places);
        let permitted = numbered.filter(|(_, place)| decided.get(**place) == Some(&true));
        scope.permitted = permitted.map(|(number, _)| number).collect();
        scope
    }

    /// The numbers of the permitted classes.
    pub(crate) fn permitted(&self) -> &[u64] {
        &self.permitted
    }

    /// Decides anew: the check of each document before it leaves.
    pub fn permits(&self, class: &DocumentClass) -> bool {
        self.decide(&self.parts.shelves.example(class))
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
