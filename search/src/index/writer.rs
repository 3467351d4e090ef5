//! Makes an index of a corpus in a directory of its own. It leaves to `bip.rs` to give that directory its
//! name, which happens only when everything is written: an import that was interrupted is simply made again.

use super::analyzer::tokenizers;
use super::entry::entry;
use super::schema::Fields;
use crate::content::document::Document;
use crate::error::Error;
use std::path::Path;
use tantivy::{Index, IndexWriter};

/// What the writer may hold in memory.
const BUDGET: usize = 100_000_000;

/// Writes the documents.
pub(crate) fn write(
    directory: &Path,
    documents: &[Document],
    mut progress: impl FnMut(usize, usize),
) -> Result<(), Error> {
    let fields = Fields::new();
    let index = Index::builder()
        .schema(fields.schema.clone())
        .tokenizers(tokenizers())
        .create_in_dir(directory)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, BUDGET)?;
    for (done, document) in documents.iter().enumerate() {
        writer.add_document(entry(&fields, document)?)?;
        progress(done + 1, documents.len());
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}
