//! What is made searchable, and how: the fields, their analysis, writing them, and reading them at one moment.

pub(crate) mod analyzer;
mod category;
mod entry;
pub(crate) mod schema;
pub(crate) mod snapshot;
pub(crate) mod statistics;
pub(crate) mod writer;

pub(crate) use entry::day;
