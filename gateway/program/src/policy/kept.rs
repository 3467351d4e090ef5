//! The rules of one collectivité as files keep them.

use policies::{CollectiviteId, Rule};
use std::path::PathBuf;

/// One collectivité's files.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) owner: CollectiviteId,
    /// In the order of their ids.
    pub(super) rules: Vec<(PathBuf, Rule)>,
    /// The file that says what is expected of them, and its text.
    pub(super) expectations: Option<(PathBuf, String)>,
}

impl Kept {
    /// The rules alone.
    pub(super) fn rules(&self) -> Vec<Rule> {
        self.rules.iter().map(|(_, rule)| rule.clone()).collect()
    }
}
