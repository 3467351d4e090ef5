//! What can go wrong in BIP; what a client is told of it is `web/problem.rs`'s business.

use std::io::ErrorKind;
use std::path::PathBuf;
use tantivy::TantivyError;
use tantivy::directory::error::OpenReadError;

/// An import, index or page that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A line of an import that is no document.
    #[error("line {line} of the corpus is no document")]
    Malformed {
        /// Counted from 1.
        line: usize,
        /// What serde found.
        #[source]
        source: serde_json::Error,
    },
    /// A line of an import that is a document, but not one that can stand.
    #[error("line {line} of the corpus cannot stand: {reason}")]
    Rejected {
        /// Counted from 1.
        line: usize,
        /// Why.
        reason: String,
    },
    /// The corpus could not be read to its end.
    #[error("the corpus cannot be read")]
    Corpus(#[source] std::io::Error),
    /// The directory of the index.
    #[error("the index directory `{}` cannot be used", path.display())]
    Directory {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The index itself.
    #[error("the index failed")]
    Index(#[from] tantivy::TantivyError),
    /// Something in the store or the index is not what was put there; never the text of a document.
    #[error("{0} is not as it was written")]
    Corrupt(String),
    /// A document that names more readers than a class can hold.
    #[error("the document `{0}` is reserved to too many collectivités")]
    TooManyReaders(String),
    /// A line of a table of synonyms that is no group.
    #[error("line {line} of the synonyms is neither `a = b` nor `a > b`")]
    Synonyms {
        /// Counted from 1.
        line: usize,
    },
    /// A line of a query file that is no query.
    #[error("line {line} of the queries is no query")]
    Judgement {
        /// Counted from 1.
        line: usize,
        /// What serde found.
        #[source]
        source: serde_json::Error,
    },
    /// There is no index to look at.
    #[error("there is no index yet; `serve` makes it when it starts")]
    NoIndex,
    /// Another process writes the index that was just made.
    #[error("another process writes the index")]
    Busy,
    /// The store of the content.
    #[error("BIP's content cannot be reached")]
    Store(#[from] sqlx::Error),
    /// The tables of the content are not this program's.
    #[error(
        "the tables of BIP's content are not those of this version: run `convergences migrate`"
    )]
    Tables,
    /// A whole import of nothing, or that withdraws most of what there is without saying so.
    #[error(
        "the import would withdraw {withdrawn} of {held} documents: give `--yes` if that is meant"
    )]
    Drastic {
        /// How many it would withdraw.
        withdrawn: usize,
        /// How many there are.
        held: usize,
    },
    /// A document whose title many others bear.
    #[error("too many documents are called `{0}`")]
    Crowded(String),
    /// A page that could not be rendered.
    #[error("the page cannot be rendered")]
    Page(#[from] askama::Error),
    /// The search was abandoned: its thread ended before it did.
    #[error("the search was abandoned")]
    Abandoned,
}

impl Error {
    /// Whether it tells that an index is damaged, and not that it cannot be reached for now.
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            Self::Corrupt(_) => true,
            Self::Index(error) => match error {
                TantivyError::DataCorruption(_)
                | TantivyError::IncompatibleIndex(_)
                | TantivyError::SchemaError(_)
                | TantivyError::FieldNotFound(_) => true,
                TantivyError::OpenReadError(error) => match error {
                    OpenReadError::IoError { io_error, .. } => is_malformed(io_error),
                    OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_) => {
                        true
                    }
                },
                TantivyError::IoError(error) => is_malformed(error),
                _ => false,
            },
            _ => false,
        }
    }
}

fn is_malformed(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof
    )
}
