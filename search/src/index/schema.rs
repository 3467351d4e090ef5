//! The fields of the index, and the name of the directory that holds one with exactly these fields.

use super::analyzer::{FRENCH, WORDS};
use policies::Nature;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// Raise it when the meaning of a field changes while its type does not (analyzer, stop words, reference keys,
/// what makes a class).
const RECIPE: u32 = 6;

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
    /// Words as written, for correction and truncation; never for ranking.
    pub(crate) words: Field,
    /// Words of the shown title as written, for suggestions.
    pub(crate) title_words: Field,
    /// The shown title as one folded term, for suggestions that begin like it.
    pub(crate) title_whole: Field,
    /// Reference keys that are this document's.
    pub(crate) own: Field,
    /// Reference keys that it cites by their names only.
    pub(crate) cited: Field,
    /// Ids of the documents on which it rests.
    pub(crate) cites: Field,
    /// Ids of the documents that it changes.
    pub(crate) modifies: Field,
    /// Position in [`KINDS`].
    pub(crate) kind: Field,
    /// The authorisation class, spelled as JSON.
    pub(crate) class: Field,
    pub(crate) theme: Field,
    pub(crate) force: Field,
    pub(crate) date: Field,
    pub(crate) tie: Field,
    pub(crate) length: Field,
}

/// Kinds in the order of their numbers and of the page's tabs.
pub(crate) const KINDS: [Nature; 4] = [
    Nature::Fiche,
    Nature::Texte,
    Nature::Jurisprudence,
    Nature::Actualite,
];

/// The names of the columns that collectors read.
pub(crate) mod column {
    pub(crate) const KIND: &str = "kind";
    pub(crate) const CLASS: &str = "class";
    pub(crate) const THEME: &str = "theme";
    /// The number of a [`crate::Force`].
    pub(crate) const FORCE: &str = "force";
    /// Year, month and day as one number: 20261125.
    pub(crate) const DATE: &str = "date";
    /// A number made of the id: it settles ties, the same on every node.
    pub(crate) const TIE: &str = "tie";
    /// Characters of the title.
    pub(crate) const LENGTH: &str = "length";
}

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
        let words = text(WORDS, IndexRecordOption::Basic);
        Self {
            id: builder.add_text_field("id", STRING),
            document: builder.add_text_field("document", STORED),
            title: builder.add_text_field("title", french.clone()),
            summary: builder.add_text_field("summary", french.clone()),
            section: builder.add_text_field("section", french.clone()),
            body: builder.add_text_field("body", french),
            words: builder.add_text_field("words", words.clone()),
            title_words: builder.add_text_field("title_words", words),
            title_whole: builder.add_text_field("title_whole", STRING),
            own: builder.add_text_field("own", STRING),
            cited: builder.add_text_field("cited", STRING),
            cites: builder.add_text_field("cites", STRING),
            modifies: builder.add_text_field("modifies", STRING),
            kind: builder.add_u64_field(column::KIND, INDEXED | FAST),
            class: builder.add_text_field(column::CLASS, FAST),
            theme: builder.add_text_field(column::THEME, STRING | FAST),
            force: builder.add_u64_field(column::FORCE, INDEXED | FAST),
            date: builder.add_i64_field(column::DATE, FAST),
            tie: builder.add_u64_field(column::TIE, FAST),
            length: builder.add_u64_field(column::LENGTH, FAST),
            schema: builder.build(),
        }
    }

    /// The fields whose words rank, with their weights.
    pub(crate) fn ranked(&self) -> [(Field, f32); 4] {
        [
            (self.title, 1.0),
            (self.summary, 1.0),
            (self.section, 0.5),
            (self.body, 1.0),
        ]
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
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
