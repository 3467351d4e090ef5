//! The fields of the index, and the name of the directory that holds one with exactly these fields.

use crate::analyzer::{FRENCH, WORDS};
use policies::Nature;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// Raise it when the meaning of a field changes while its type does not (analyzer, stop words, reference keys,
/// what makes a class).
const RECIPE: u32 = 2;

/// Every field, named once.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    /// The document's id, raw.
    pub(crate) id: Field,
    /// The document itself, as JSON.
    pub(crate) document: Field,
    /// Searched title; empty for articles, whose shown title is only an address.
    pub(crate) title: Field,
    pub(crate) summary: Field,
    pub(crate) section: Field,
    pub(crate) body: Field,
    /// Words as written, for correction; never for ranking.
    pub(crate) words: Field,
    /// Reference keys that are this document's.
    pub(crate) own: Field,
    /// Reference keys that it cites.
    pub(crate) cited: Field,
    /// Position in `Nature::ALL`'s order, see [`kind_number`].
    pub(crate) kind: Field,
    /// Number of the authorisation class.
    pub(crate) class: Field,
    /// Days, for sorting.
    pub(crate) date: Field,
}

/// Kinds in the order of their numbers and of the page's tabs.
pub(crate) const KINDS: [Nature; 4] = [
    Nature::Fiche,
    Nature::Texte,
    Nature::Jurisprudence,
    Nature::Actualite,
];
/// The name of the kind field, which collectors ask by name.
pub(crate) const KIND: &str = "kind";
/// The name of the date field, which collectors ask by name.
pub(crate) const DATE: &str = "date";

/// The number under which a kind is indexed.
pub(crate) fn kind_number(kind: Nature) -> u64 {
    match kind {
        Nature::Fiche => 0,
        Nature::Texte => 1,
        Nature::Jurisprudence => 2,
        Nature::Actualite => 3,
    }
}

impl Fields {
    pub(crate) fn new() -> Self {
        let mut builder = Schema::builder();
        let french = text(FRENCH, IndexRecordOption::WithFreqsAndPositions);
        Self {
            id: builder.add_text_field("id", STRING),
            document: builder.add_text_field("document", STORED),
            title: builder.add_text_field("title", french.clone()),
            summary: builder.add_text_field("summary", french.clone()),
            section: builder.add_text_field("section", french.clone()),
            body: builder.add_text_field("body", french),
            words: builder.add_text_field("words", text(WORDS, IndexRecordOption::Basic)),
            own: builder.add_text_field("own", STRING),
            cited: builder.add_text_field("cited", STRING),
            kind: builder.add_u64_field(KIND, INDEXED | FAST),
            class: builder.add_u64_field("class", INDEXED | FAST | STORED),
            date: builder.add_i64_field(DATE, INDEXED | FAST),
            schema: builder.build(),
        }
    }

    /// Sixteen hexadecimal digits that change whenever the index must be made anew.
    pub(crate) fn hash(&self) -> String {
        let described = serde_json::to_string(&self.schema).unwrap_or_default();
        format!("{:016x}", fnv1a(format!("{RECIPE} {described}").as_bytes()))
    }
}

fn text(tokenizer: &str, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(record);
    TextOptions::default().set_indexing_options(indexing)
}

/// FNV-1a: the standard library's hasher may change between compilers, this may not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
