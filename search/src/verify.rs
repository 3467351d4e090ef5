//! Whether a node's index holds the content, and nothing else.

use crate::bip::Bip;
use crate::content::Library;
use crate::error::Error;
use crate::index::{Opened, newest};
use std::collections::HashSet;

/// Documents read at a time.
const BATCH: i64 = 1000;

impl Bip {
    /// The last write that this node's index holds, and the epoch it was made for; `None` without an index.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn follows(&self) -> Result<Option<(i64, i64)>, Error> {
        let Some(path) = newest(&self.directory, &self.fields)? else {
            return Ok(None);
        };
        let mark = Opened::at(&path)?.mark;
        Ok(Some((mark.place.change, mark.epoch)))
    }

    /// What differs between the content and the index, a line for each document. What changes meanwhile may be
    /// among it.
    ///
    /// # Errors
    /// When there is no index, or the store or the index fails.
    pub async fn differences(&self, library: &Library) -> Result<Vec<String>, Error> {
        let snapshot = self.snapshot().ok_or(Error::NoIndex)?;
        let mut differences = Vec::new();
        let mut held = HashSet::new();
        let mut after = String::new();
        loop {
            let documents = library.documents(&after, BATCH).await?;
            let Some(last) = documents.last() else {
                break;
            };
            after.clone_from(&last.id);
            for document in documents {
                let indexed = snapshot.find(&document.id)?;
                let indexed = indexed.map(|indexed| serde_json::to_string(&indexed));
                match indexed.transpose() {
                    Ok(None) => differences.push(format!("`{}` is not in the index", document.id)),
                    Ok(indexed) if indexed == document.json => {}
                    _ => differences.push(format!("`{}` is another in the index", document.id)),
                }
                held.insert(document.id);
            }
        }
        for id in snapshot.ids()? {
            if !held.contains(&id) {
                differences.push(format!("`{id}` is in the index only"));
            }
        }
        Ok(differences)
    }
}
