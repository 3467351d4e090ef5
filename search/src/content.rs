//! Documents as the import format spells them, what their fields mean, and the store that holds them.

pub(crate) mod body;
pub(crate) mod corpus;
pub(crate) mod document;
pub(crate) mod drafts;
mod force;
mod import;
pub(crate) mod library;
pub(crate) mod markdown;
pub(crate) mod notes;
pub(crate) mod publication;
pub(crate) mod unanswered;
pub(crate) mod versions;
mod write;

pub use force::Force;
pub use import::Coverage;
pub use library::{Holdings, Library, Tables};
pub use publication::Planned;
pub use write::Written;
