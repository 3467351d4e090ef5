//! Documents as the import format spells them, and what their fields mean.

pub(crate) mod body;
pub(crate) mod corpus;
pub(crate) mod document;
mod force;

pub use force::Force;
