//! What a person may read, as authorisation classes: `policies::decide` runs once per class of the index,
//! and the classes it permits become one filter inside every query. No right is decided here.

use crate::content::document::Document;
use crate::error::Error;
use crate::index::snapshot::Snapshot;
use crate::index::within::Within;
use policies::{
    Action, DocumentClass, Member, Nature, Permit, Principal, Reason, Refusal, Resource, Ruleset,
    ServiceId, Shelves, Situation, decide,
};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use tantivy::query::{BooleanQuery, Occur, Query as Node};

/// BIP's id among the online services.
const SERVICE: &str = "bip";

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

/// A class as the index spells it: one term.
pub(crate) fn spelled(class: &DocumentClass) -> Result<String, Error> {
    serde_json::to_string(class).map_err(|_| Error::Corrupt("a class".to_owned()))
}

/// The classes of a snapshot as far as one ruleset tells them apart.
#[derive(Debug)]
struct Parts {
    shelves: Shelves,
    examples: Vec<DocumentClass>,
    /// For each class, by its place, the position of what stands for it.
    positions: Vec<usize>,
}

impl Parts {
    fn of(classes: &[DocumentClass], ruleset: &Ruleset) -> Self {
        let shelves = Shelves::of(&[ruleset]);
        let (mut examples, mut positions) = (Vec::new(), Vec::new());
        let mut known = HashMap::new();
        for class in classes {
            let position = *known
                .entry(shelves.example(class))
                .or_insert_with_key(|example| {
                    examples.push(example.clone());
                    examples.len() - 1
                });
            positions.push(position);
        }
        Self {
            shelves,
            examples,
            positions,
        }
    }
}

/// How many rulesets are remembered; beyond it they are looked at anew.
const KEPT: usize = 256;

/// The parts by snapshot and version of ruleset: they are the same for everybody whom one judges.
#[derive(Debug, Default)]
pub(crate) struct AllParts(RwLock<HashMap<(u64, u64), Arc<Parts>>>);

impl AllParts {
    fn get(&self, snapshot: &Snapshot, ruleset: &Ruleset) -> Arc<Parts> {
        let key = (snapshot.number, ruleset.version());
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(parts) = known.get(&key) {
            return parts.clone();
        }
        drop(known);
        let parts = Arc::new(Parts::of(snapshot.classes(), ruleset));
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, parts.clone());
        parts
    }
}

/// What one person may read now, of one snapshot. Only decisions make one: classes that no rule tells apart
/// are decided about once.
#[derive(Clone)]
pub struct Scope {
    snapshot: Arc<Snapshot>,
    permitted: Arc<[bool]>,
    ruleset: Arc<Ruleset>,
    parts: Arc<Parts>,
    principal: Principal,
    situation: Situation,
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}

impl Scope {
    pub(crate) fn new(
        snapshot: Arc<Snapshot>,
        all: &AllParts,
        (ruleset, principal, situation): (Arc<Ruleset>, Principal, Situation),
    ) -> Self {
        let mut scope = Self {
            permitted: Arc::default(),
            parts: all.get(&snapshot, &ruleset),
            snapshot,
            ruleset,
            principal,
            situation,
        };
        let examples = scope.parts.examples.iter();
        let decided = examples.map(|example| scope.decide(Action::Lire, example).is_ok());
        let decided: Vec<_> = decided.collect();
        let positions = scope.parts.positions.iter();
        let permitted = positions.map(|at| decided.get(*at).copied().unwrap_or_default());
        scope.permitted = permitted.collect();
        scope
    }

    /// What is read.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// For each class of the snapshot, by its place, whether it is permitted.
    pub(crate) fn permitted(&self) -> &[bool] {
        &self.permitted
    }

    /// What matches a query within the scope.
    pub(crate) fn within(&self, query: Box<dyn Node>) -> BooleanQuery {
        let permitted = Box::new(self.documents());
        BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, permitted)])
    }

    /// The documents of the scope.
    pub(crate) fn documents(&self) -> Within {
        self.snapshot.within(&self.permitted)
    }

    /// Decides anew: the check of each document before it leaves.
    pub fn permits(&self, class: &DocumentClass) -> bool {
        let example = self.parts.shelves.example(class);
        self.decide(Action::Lire, &example).is_ok()
    }

    /// Whether documents of a class may be written, published and withdrawn.
    pub(crate) fn may_write(&self, class: &DocumentClass) -> Result<Permit, Refusal> {
        self.decide(Action::Rediger, &self.parts.shelves.example(class))
    }

    /// Whether anything may be: a sheet that is nothing in particular, or where a rule forbids that, something of
    /// what there is.
    pub(crate) fn may_write_something(&self) -> Result<Permit, Refusal> {
        let plain = DocumentClass::of(ServiceId::from(SERVICE), Nature::Fiche);
        let refusal = match self.may_write(&plain) {
            Err(refusal) if refusal.reason() == Reason::Forbidden => refusal,
            decided => return decided,
        };
        let examples = self.parts.examples.iter();
        let mut decided = examples.map(|example| self.decide(Action::Rediger, example));
        decided.find_map(Result::ok).ok_or(refusal)
    }

    /// As whom the person asks.
    pub(crate) fn member(&self) -> Option<&Member> {
        match &self.principal {
            Principal::Member(member) => Some(member),
            Principal::Anonymous => None,
        }
    }

    fn decide(&self, action: Action, example: &DocumentClass) -> Result<Permit, Refusal> {
        decide(
            &self.ruleset,
            &self.principal,
            action,
            Resource::Document(example),
            &self.situation,
        )
    }
}
