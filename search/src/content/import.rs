//! An import: every line is read before anything is written, then batches are, each whole or not at all. What
//! is already there is left alone, so that an import that was interrupted goes on when it is made again.

use super::corpus;
use super::document::Document;
use super::library::Library;
use super::write::Written;
use crate::error::Error;
use policies::Classification;
use std::collections::HashSet;
use std::io::BufRead;

/// Documents of a batch.
const BATCH: usize = 500;

/// Whether what an import does not name stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Coverage {
    /// It adds and replaces.
    Part,
    /// It is everything there is: what it does not name is withdrawn.
    Whole {
        /// Even when that is more than half of what there is.
        most: bool,
    },
}

impl Library {
    /// Imports a corpus; `progress` hears how many documents of how many are done. Where the classification
    /// has themes or collections, documents have no others.
    ///
    /// # Errors
    /// When the corpus has a fault (nothing is changed then), or the store fails (whole batches are kept).
    pub async fn import(
        &self,
        corpus: impl BufRead,
        classification: &Classification,
        coverage: Coverage,
        now: i64,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Written, Error> {
        let documents = corpus::read(corpus, classification)?;
        let others = self.others(&documents, coverage).await?;
        let mut sum = Written::default();
        let mut done = 0;
        for batch in documents.chunks(BATCH) {
            sum += self.write(batch, now).await?;
            done += batch.len();
            progress(done, documents.len());
        }
        for batch in others.chunks(BATCH) {
            sum += self.withdraw(batch, now).await?;
        }
        Ok(sum)
    }

    /// The documents that a whole import withdraws: a file that was cut short is no reason to lose them.
    async fn others(&self, named: &[Document], coverage: Coverage) -> Result<Vec<String>, Error> {
        let Coverage::Whole { most } = coverage else {
            return Ok(Vec::new());
        };
        let named: HashSet<&str> = named.iter().map(|one| one.id.as_str()).collect();
        let mut others = self.imported_ids().await?;
        let held = others.len();
        others.retain(|id| !named.contains(id.as_str()));
        if !most && others.len() * 2 > held {
            let withdrawn = others.len();
            return Err(Error::Drastic { withdrawn, held });
        }
        Ok(others)
    }
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, other: Self) {
        self.written += other.written;
        self.unchanged += other.unchanged;
        self.withdrawn += other.withdrawn;
        self.kept += other.kept;
    }
}
