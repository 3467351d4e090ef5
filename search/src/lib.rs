//! BIP: corpus, index, query, pages, API.
//!
//! Reading order: `document`, `corpus` (the import format) · `analyzer`, `category`, `schema`, `reference`
//! (what is made searchable, and how) · `import`, `bip` (the index on disk) · `scope` (what a person may
//! read: classes, decided by `policies`) · `query`, `statistics`, `correction`, `search`, `snippet` (hits,
//! counts and extracts of that only) · `web` (pages and JSON).
//!
//! Who a person is, is told by the gateway's signed assertion; what they may read, by `policies::decide`.

mod analyzer;
mod bip;
mod body;
mod category;
mod corpus;
mod correction;
mod document;
mod error;
mod hit;
mod import;
mod kind_counts;
mod query;
mod reference;
mod schema;
mod scope;
mod search;
mod snippet;
mod statistics;
mod web;

pub use bip::Bip;
pub use corpus::{EMBEDDED_COLLECTIONS, EMBEDDED_THEMES, embedded_corpus};
pub use document::{Change, Citation, Document, Relation, TextReference};
pub use error::Error;
pub use hit::{Correction, Fragment, Hit, Results};
pub use query::{Query, Window};
pub use scope::Scope;
pub use web::{Gate, router};
