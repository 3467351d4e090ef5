//! Makes an index of a corpus in a directory of its own. It leaves to `bip.rs` to give that directory its
//! name, which happens only when everything is written: an import that was interrupted is simply made again.

use crate::analyzer::tokenizers;
use crate::document::Document;
use crate::error::Error;
use crate::reference::{cited_keys, own_keys};
use crate::schema::{Fields, kind_number};
use crate::scope::{Classes, class_of};
use policies::Diffusion;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::{Index, IndexWriter, TantivyDocument};

/// What the writer may hold in memory.
const BUDGET: usize = 100_000_000;

/// Writes the documents and their classes.
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
    let own: HashMap<String, BTreeSet<String>> = documents
        .iter()
        .map(|document| (document.id.clone(), own_keys(document)))
        .collect();
    let mut classes = Classes::default();
    // Restricted documents get segments of their own: see `statistics.rs`.
    let (restricted, open): (Vec<_>, Vec<_>) = documents
        .iter()
        .partition(|d| d.diffusion == Diffusion::Restreint);
    let mut done = 0;
    for part in [open, restricted]
        .into_iter()
        .filter(|part| !part.is_empty())
    {
        let mut writer: IndexWriter = index.writer_with_num_threads(1, BUDGET)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let before: BTreeSet<_> = index.searchable_segment_ids()?.into_iter().collect();
        for document in part {
            let class = classes.number(class_of(document));
            writer.add_document(indexed(&fields, document, class, &own)?)?;
            done += 1;
            progress(done, documents.len());
        }
        writer.commit()?;
        let made: Vec<_> = index
            .searchable_segment_ids()?
            .into_iter()
            .filter(|id| !before.contains(id))
            .collect();
        if made.len() > 1 {
            writer.merge(&made).wait()?;
        }
        writer.wait_merging_threads()?;
    }
    classes.save(directory)
}

fn indexed(
    fields: &Fields,
    document: &Document,
    class: u64,
    own: &HashMap<String, BTreeSet<String>>,
) -> Result<TantivyDocument, Error> {
    let mut entry = TantivyDocument::new();
    let json = serde_json::to_string(document).map_err(|_| Error::Corrupt(document.id.clone()))?;
    entry.add_text(fields.id, &document.id);
    entry.add_text(fields.document, json);
    if !document.is_article() {
        entry.add_text(fields.title, &document.title);
        entry.add_text(fields.words, &document.title);
    }
    entry.add_text(fields.summary, &document.summary);
    entry.add_text(
        fields.section,
        document.section.as_deref().unwrap_or_default(),
    );
    entry.add_text(fields.body, &document.body);
    entry.add_text(fields.words, &document.summary);
    entry.add_text(fields.words, &document.body);
    for key in own.get(&document.id).into_iter().flatten() {
        entry.add_text(fields.own, key);
    }
    for key in cited_keys(document, own) {
        entry.add_text(fields.cited, key);
    }
    entry.add_u64(fields.kind, kind_number(document.kind));
    entry.add_u64(fields.class, class);
    let day = document.shown_date().map_or(i64::MIN, |date| {
        i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
    });
    entry.add_i64(fields.date, day);
    Ok(entry)
}
