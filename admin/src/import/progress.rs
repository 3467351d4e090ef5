//! Imports under way in this process: begun once, and how they ended when they failed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How far an import is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    /// Under way.
    Running,
    /// Nothing was written, and why.
    Failed(String),
}

/// By id; one that has ended well is not among them.
#[derive(Debug, Default)]
pub(crate) struct Imports(Mutex<HashMap<String, Progress>>);

impl Imports {
    /// Whether it may begin: not while it runs.
    pub(crate) fn begin(&self, id: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.insert(id.to_owned(), Progress::Running);
        before != Some(Progress::Running)
    }

    /// It has ended; a failure is told until the next try.
    pub(crate) fn end(&self, id: &str, failure: Option<String>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            Some(failure) => known.insert(id.to_owned(), Progress::Failed(failure)),
            None => known.remove(id),
        };
    }

    /// How far it is.
    pub(crate) fn of(&self, id: &str) -> Option<Progress> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(id).cloned()
    }
}
