//! What BIP is lent: the keys, the rulesets and the time.

use accounts::{Clock, Directory};
use policies::{Classification, CollectiviteId, Rulesets, VerifyingKeys};
use std::sync::Arc;

/// What BIP is lent.
pub(super) struct Gate {
    pub(super) directory: Arc<Directory>,
    pub(super) clock: Clock,
}

impl search::Gate for Gate {
    fn keys(&self) -> Arc<VerifyingKeys> {
        self.directory.verifying_keys()
    }

    fn rulesets(&self) -> Arc<Rulesets> {
        self.directory.rulesets()
    }

    fn classification(&self) -> Classification {
        self.directory.vocabulary().classification().clone()
    }

    fn collectivites(&self) -> Vec<(CollectiviteId, String)> {
        let entries = self.directory.entries().into_iter();
        let named = entries.map(|entry| {
            let collectivite = &entry.collectivite;
            (collectivite.id.clone(), collectivite.name.clone())
        });
        named.collect()
    }

    fn now(&self) -> i64 {
        self.clock.now()
    }
}
