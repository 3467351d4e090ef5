//! Imports under way in this process: begun once, and how they ended when they failed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// By id: none while it runs, else why it failed.
#[derive(Debug, Default)]
pub(crate) struct Imports(Mutex<HashMap<String, Option<String>>>);

impl Imports {
    /// Whether it may begin: not while it runs.
    pub(crate) fn begin(&self, id: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(id) == Some(&None) {
            return false;
        }
        known.insert(id.to_owned(), None);
        true
    }

    /// It has ended; a failure is told until the next try.
    pub(crate) fn end(&self, id: &str, failure: Option<String>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            Some(failure) => known.insert(id.to_owned(), Some(failure)),
            None => known.remove(id),
        };
    }

    /// Whether it runs or has failed.
    pub(crate) fn of(&self, id: &str) -> Option<Option<String>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(id).cloned()
    }
}
