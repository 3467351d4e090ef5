//! Which documents a rule is about.

use crate::document::{Collection, DocumentClass, Nature, Theme};
use crate::principal::ServiceId;
use std::collections::BTreeSet;

/// Some documents of a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Documents {
    /// Which holds them.
    pub service: ServiceId,
    /// Only those of these kinds; all when empty.
    pub natures: BTreeSet<Nature>,
    /// Only those about one of these themes at least; all when empty.
    pub themes: BTreeSet<Theme>,
    /// Only those in one of these collections; all when empty.
    pub collections: BTreeSet<Collection>,
}

impl Documents {
    /// All that a service holds.
    pub fn of(service: ServiceId) -> Self {
        Self {
            service,
            natures: BTreeSet::new(),
            themes: BTreeSet::new(),
            collections: BTreeSet::new(),
        }
    }

    pub(super) fn include(&self, class: &DocumentClass) -> bool {
        self.service == class.service
            && (self.natures.is_empty() || self.natures.contains(&class.nature))
            && (self.themes.is_empty() || !self.themes.is_disjoint(&class.themes))
            && (self.collections.is_empty() || self.collections.contains(&class.collection))
    }

    /// Whether a document can be among both. One can be about themes of both.
    pub(super) fn meet(&self, other: &Self) -> bool {
        self.service == other.service
            && overlap(&self.natures, &other.natures)
            && overlap(&self.collections, &other.collections)
    }
}

fn overlap<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> bool {
    one.is_empty() || other.is_empty() || !one.is_disjoint(other)
}
