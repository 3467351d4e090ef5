//! The one who writes an index: documents in, documents out, and with each commit how far the content was
//! read, so that whoever opens the index later goes on from there.

use super::analyzer::tokenizers;
use super::entry::entry;
use super::schema::Fields;
use super::snapshot::Snapshot;
use crate::content::document::Document;
use crate::content::library::{Current, Marks, Place};
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tantivy::directory::error::LockError;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};

/// What the writer may hold in memory while it makes an index.
const MAKING: usize = 100_000_000;
/// The same while it follows changes.
const FOLLOWING: usize = 20_000_000;

/// How far the content was read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) origin: i64,
    pub(crate) epoch: i64,
    #[serde(flatten)]
    pub(crate) place: Place,
}

/// An index that is read.
pub(crate) struct Opened {
    path: PathBuf,
    index: Index,
    reader: IndexReader,
    pub(crate) mark: Mark,
}

/// An index that is written. There is one at a time: its directory is locked.
pub(crate) struct Writer {
    fields: Fields,
    pub(crate) opened: Opened,
    entries: IndexWriter,
}

impl Mark {
    /// Whether an index that was read so far belongs to this content, and not to one that it was restored to
    /// or exchanged for.
    pub(crate) fn belongs(&self, marks: &Marks) -> bool {
        (self.origin, self.epoch) == (marks.origin, marks.epoch)
            && self.place.change <= marks.change
    }
}

impl Opened {
    /// Opens a complete index.
    ///
    /// # Errors
    /// When it is damaged: its files do not have the sums that they were written with.
    pub(crate) fn at(path: &Path) -> Result<Self, Error> {
        let mut index = Index::open_in_dir(path)?;
        let damaged = index.validate_checksum()?;
        if let Some(file) = damaged.into_iter().next() {
            return Err(Error::Corrupt(file.display().to_string()));
        }
        index.set_tokenizers(tokenizers());
        let mark = mark_of(&index)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            path: path.to_owned(),
            index,
            reader,
            mark,
        })
    }

    /// It is the index of this directory.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        self.path == path
    }

    /// The same, as far as it is written now.
    pub(crate) fn refreshed(self) -> Result<Self, Error> {
        Ok(Self {
            mark: mark_of(&self.index)?,
            ..self
        })
    }

    /// The right to write it; `None` while another process has it.
    pub(crate) fn lock(&self) -> Result<Option<IndexWriter>, Error> {
        match self.index.writer_with_num_threads(1, FOLLOWING) {
            Ok(writer) => Ok(Some(writer)),
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether its files are still what was written.
    pub(crate) fn is_sound(&self) -> Result<bool, Error> {
        Ok(self.index.validate_checksum()?.is_empty())
    }

    /// What it holds now.
    pub(crate) fn snapshot(&self, fields: &Fields) -> Result<Snapshot, Error> {
        self.reader.reload()?;
        Snapshot::of(&self.reader.searcher(), fields)
    }
}

impl Writer {
    /// Takes over a complete index.
    pub(crate) fn of(opened: Opened, writer: IndexWriter, fields: &Fields) -> Self {
        Self {
            fields: fields.clone(),
            opened,
            entries: writer,
        }
    }

    /// Replaces and removes what changed, and commits.
    pub(crate) fn apply(&mut self, changes: &[Current]) -> Result<(), Error> {
        for change in changes {
            let id = Term::from_field_text(self.fields.id, &change.id);
            self.entries.delete_term(id);
            if let Some(entry) = made(&self.fields, change) {
                self.entries.add_document(entry)?;
            }
        }
        if let Some(last) = changes.last() {
            self.opened.mark.place = Place {
                change: last.change,
                id: last.id.clone(),
            };
        }
        commit(&mut self.entries, &self.opened.mark)
    }
}

/// An index in the making.
pub(crate) struct Making {
    fields: Fields,
    writer: IndexWriter,
}

impl Making {
    /// Begins one in an empty directory.
    pub(crate) fn at(path: &Path, fields: &Fields) -> Result<Self, Error> {
        let index = Index::builder()
            .schema(fields.schema.clone())
            .tokenizers(tokenizers())
            .create_in_dir(path)?;
        Ok(Self {
            fields: fields.clone(),
            writer: index.writer_with_num_threads(1, MAKING)?,
        })
    }

    /// Adds documents that it does not hold yet.
    pub(crate) fn add(&mut self, documents: &[Current]) -> Result<(), Error> {
        for document in documents {
            if let Some(entry) = made(&self.fields, document) {
                self.writer.add_document(entry)?;
            }
        }
        Ok(())
    }

    /// Writes all of it; nothing is complete before.
    pub(crate) fn finish(mut self, mark: &Mark) -> Result<(), Error> {
        commit(&mut self.writer, mark)?;
        self.writer.wait_merging_threads()?;
        Ok(())
    }
}

fn mark_of(index: &Index) -> Result<Mark, Error> {
    let mark = index.load_metas()?.payload.unwrap_or_default();
    serde_json::from_str(&mark).map_err(|_| Error::Corrupt(mark))
}

/// The entry of a document; `None` of a withdrawn one. One that cannot be made (of a newer version of the
/// program, say) is left out and told of: it closes itself, and keeps no other from being followed.
fn made(fields: &Fields, document: &Current) -> Option<TantivyDocument> {
    let json = document.json.as_deref()?;
    let read: Option<Document> = serde_json::from_str(json).ok();
    let made = read.and_then(|read| entry(fields, &read).ok());
    if made.is_none() {
        tracing::error!(document.id = %document.id, "A document cannot be indexed: nobody finds it");
    }
    made
}

fn commit(writer: &mut IndexWriter, mark: &Mark) -> Result<(), Error> {
    let payload = serde_json::to_string(mark).map_err(|_| Error::Corrupt("a mark".to_owned()))?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&payload);
    prepared.commit()?;
    Ok(())
}
