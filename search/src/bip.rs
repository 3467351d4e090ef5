//! BIP as one node has it: the newest snapshot of its index, if there is one, and the documents in it.

use crate::content::document::Document;
use crate::error::Error;
use crate::index::schema::Fields;
use crate::index::snapshot::Snapshot;
use crate::index::{Opened, newest};
use crate::question::Synonyms;
use crate::scope::{AllParts, Scope, class_of};
use arc_swap::ArcSwapOption;
use policies::{Classification, Principal, Ruleset, Situation, Theme};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;

/// BIP. Without a snapshot it is not ready, and answers nothing.
pub struct Bip {
    pub(crate) directory: PathBuf,
    pub(crate) fields: Fields,
    pub(crate) synonyms: Synonyms,
    snapshot: ArcSwapOption<Snapshot>,
    parts: AllParts,
    /// Woken when an answer failed: the index may be damaged.
    pub(crate) doubted: Notify,
}

impl fmt::Debug for Bip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bip")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

impl Bip {
    /// BIP of a directory, with nothing opened yet.
    ///
    /// # Errors
    /// When the program's own synonyms are malformed, which a test excludes.
    pub fn new(directory: &Path) -> Result<Self, Error> {
        Ok(Self {
            directory: directory.to_owned(),
            fields: Fields::new(),
            synonyms: Synonyms::embedded()?,
            snapshot: ArcSwapOption::empty(),
            parts: AllParts::default(),
            doubted: Notify::new(),
        })
    }

    /// With other synonyms than the program's own.
    #[must_use]
    pub fn with_synonyms(self, synonyms: Synonyms) -> Self {
        Self { synonyms, ..self }
    }

    /// Opens the newest complete index to be read, and says whether there was one.
    ///
    /// # Errors
    /// When there is one and it is damaged.
    pub fn open(&self) -> Result<bool, Error> {
        let Some(path) = newest(&self.directory, &self.fields)? else {
            return Ok(false);
        };
        let opened = Opened::at(&path)?;
        self.show(Some(opened.snapshot(&self.fields)?));
        Ok(true)
    }

    /// Answers by this snapshot from now on; by none when there is none.
    pub(crate) fn show(&self, snapshot: Option<Snapshot>) {
        self.snapshot.store(snapshot.map(Arc::new));
    }

    /// An answer failed: whoever follows looks whether the index is damaged.
    pub(crate) fn doubt(&self) {
        self.doubted.notify_one();
    }

    /// The newest one.
    pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.load_full()
    }

    /// It can answer.
    pub fn is_ready(&self) -> bool {
        self.snapshot.load().is_some()
    }

    /// How many documents it holds, whoever may read them.
    pub fn document_count(&self) -> u64 {
        let snapshot = self.snapshot.load();
        snapshot
            .as_ref()
            .map_or(0, |snapshot| snapshot.searcher.num_docs())
    }

    /// A theme or a collection of its documents that no rule could name.
    pub fn unknown(&self, classification: &Classification) -> Option<String> {
        let snapshot = self.snapshot.load();
        let classes = snapshot.iter().flat_map(|snapshot| snapshot.classes());
        let unknown = classes.filter_map(|class| {
            let themes = class.themes.iter().map(Theme::as_str);
            classification.unknown(themes, Some(class.collection.as_str()))
        });
        unknown.map(str::to_owned).next()
    }

    /// What this person may read: a decision for each of the classes that rules tell apart. `None` when BIP is
    /// not ready.
    pub fn scope(
        &self,
        ruleset: Arc<Ruleset>,
        principal: Principal,
        situation: Situation,
    ) -> Option<Scope> {
        let snapshot = self.snapshot()?;
        let of = (ruleset, principal, situation);
        Some(Scope::new(snapshot, &self.parts, of))
    }

    /// A document that this person may read. Absent and forbidden are the same answer.
    ///
    /// # Errors
    /// When the index fails.
    pub fn find_document(&self, id: &str, scope: &Scope) -> Result<Option<Document>, Error> {
        let found = scope.snapshot().find(id)?;
        Ok(found.filter(|document| scope.permits(&class_of(document))))
    }

    /// The title of a document that this person may not read, when it is announced to everybody.
    ///
    /// # Errors
    /// When the index fails.
    pub fn find_announced(&self, id: &str, scope: &Scope) -> Result<Option<String>, Error> {
        let found = scope.snapshot().find(id)?;
        let closed = found.filter(|document| !scope.permits(&class_of(document)));
        Ok(closed
            .filter(|document| document.announced)
            .map(|document| document.title))
    }
}
