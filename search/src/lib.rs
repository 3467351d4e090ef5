//! BIP: corpus, index, query, pages, API.
//!
//! Reading order: `content` (documents, the import format, the store) · `index` (what is made searchable, and how) ·
//! `reference` (the names of texts) · `scope` (what a person may read: classes, decided by `policies`) ·
//! `bip` (the newest snapshot), `follow` (how it comes to be) · `question` (what is asked) · `answer` (hits, counts, extracts, suggestions:
//! of what the scope permits and nothing else) · `evaluation` (how good it is) · `web` (pages and JSON).
//!
//! Who a person is, is told by the gateway's signed assertion; what they may read, by `policies::decide`.
//!
#![doc = include_str!("../SCALE.md")]

mod answer;
mod bip;
mod content;
mod error;
mod evaluation;
mod follow;
mod index;
mod paris;
mod question;
mod reference;
mod scope;
mod verify;
mod web;

pub use answer::{Citing, Correction, Facets, Fragment, Hit, Neighbours, Results, Suggestion};
pub use bip::Bip;
pub use content::corpus::{EMBEDDED_COLLECTIONS, EMBEDDED_THEMES, embedded_corpus};
pub use content::document::{Change, Citation, Document, Format, Relation, TextReference};
pub use content::{Coverage, Force, Holdings, Library, Planned, Tables, Written};
pub use error::Error;
pub use evaluation::{Evaluation, Judged};
pub use follow::Follower;
pub use question::{Cursor, Expansion, Filters, Query, Question, Sort, Start, Synonyms};
pub use scope::Scope;
pub use web::{Gate, router};
