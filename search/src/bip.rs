//! The index on disk: where it is, whether it is complete, and the documents in it.

use crate::content::corpus;
use crate::content::document::Document;
use crate::error::Error;
use crate::index::analyzer::tokenizers;
use crate::index::schema::Fields;
use crate::index::snapshot::Snapshot;
use crate::index::writer;
use crate::question::Synonyms;
use crate::scope::{AllParts, Scope, class_of};
use policies::{Classification, Principal, Ruleset, Situation, Theme};
use std::fmt;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::{Index, IndexReader, ReloadPolicy};

/// An import in the making; left behind by an interrupted one, and then removed.
const UNFINISHED: &str = ".importing";

/// The base, opened.
pub struct Bip {
    pub(crate) synonyms: Synonyms,
    snapshot: Arc<Snapshot>,
    parts: AllParts,
}

impl fmt::Debug for Bip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bip")
            .field("documents", &self.document_count())
            .finish_non_exhaustive()
    }
}

impl Bip {
    /// Opens the newest complete index of `directory` that has today's fields, if there is one.
    ///
    /// # Errors
    /// When there is one and it cannot be opened.
    pub fn open(directory: &Path) -> Result<Option<Self>, Error> {
        let fields = Fields::new();
        match generations(directory, &fields)?.pop() {
            Some((_, path)) => Self::open_at(&path, &fields).map(Some),
            None => Ok(None),
        }
    }

    /// Makes an index of a corpus and opens it; the one before it stays until this one is complete. Where
    /// the classification has themes or collections, documents have no others.
    ///
    /// # Errors
    /// When the corpus has a fault (nothing is changed then) or the directory cannot be written.
    pub fn import(
        directory: &Path,
        corpus: impl BufRead,
        classification: &Classification,
        progress: impl FnMut(usize, usize),
    ) -> Result<Self, Error> {
        let documents = corpus::read(corpus, classification)?;
        let fields = Fields::new();
        let unfinished = directory.join(UNFINISHED);
        remove(&unfinished)?;
        std::fs::create_dir_all(&unfinished).map_err(failed(&unfinished))?;
        writer::write(&unfinished, &documents, progress)?;
        let before = generations(directory, &fields)?;
        let next = before.last().map_or(1, |(number, _)| number + 1);
        let path = directory.join(format!("bip-{}-{next}", fields.hash()));
        std::fs::rename(&unfinished, &path).map_err(failed(&path))?;
        let bip = Self::open_at(&path, &fields)?;
        for (_, old) in before {
            remove(&old)?;
        }
        Ok(bip)
    }

    fn open_at(path: &Path, fields: &Fields) -> Result<Self, Error> {
        let mut index = Index::open_in_dir(path)?;
        index.set_tokenizers(tokenizers());
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            synonyms: Synonyms::embedded()?,
            snapshot: Arc::new(Snapshot::of(&reader.searcher(), fields)?),
            parts: AllParts::default(),
        })
    }

    /// A theme or a collection of its documents that no rule could name.
    pub fn unknown(&self, classification: &Classification) -> Option<&str> {
        self.snapshot.classes().iter().find_map(|class| {
            let themes = class.themes.iter().map(Theme::as_str);
            classification.unknown(themes, Some(class.collection.as_str()))
        })
    }

    /// How many documents it holds, whoever may read them.
    pub fn document_count(&self) -> u64 {
        self.snapshot.searcher.num_docs()
    }

    /// What this person may read: a decision for each of the classes that rules tell apart.
    pub fn scope(
        &self,
        ruleset: Arc<Ruleset>,
        principal: Principal,
        situation: Situation,
    ) -> Scope {
        let of = (ruleset, principal, situation);
        Scope::new(self.snapshot.clone(), &self.parts, of)
    }

    /// A document that this person may read. Absent and forbidden are the same answer.
    ///
    /// # Errors
    /// When the index fails.
    pub fn find_document(&self, id: &str, scope: &Scope) -> Result<Option<Document>, Error> {
        let found = scope.snapshot().find(id)?;
        Ok(found.filter(|document| scope.permits(&class_of(document))))
    }
}

/// The complete indexes with today's fields, oldest first.
fn generations(directory: &Path, fields: &Fields) -> Result<Vec<(u64, PathBuf)>, Error> {
    let prefix = format!("bip-{}-", fields.hash());
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(source) => return Err(failed(directory)(source)),
    };
    for entry in entries {
        let entry = entry.map_err(failed(directory))?;
        let name = entry.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix(&prefix))
            .and_then(|number| number.parse().ok());
        if let Some(number) = number {
            found.push((number, entry.path()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    |source| Error::Directory { path, source }
}
