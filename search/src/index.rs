//! What is made searchable, and how: the fields, their analysis, the directories, writing, and reading at one
//! moment.

pub(crate) mod analyzer;
mod category;
mod directory;
mod entry;
pub(crate) mod schema;
pub(crate) mod snapshot;
pub(crate) mod statistics;
pub(crate) mod within;
mod writer;

pub(crate) use directory::{finish, newest, unfinished};
pub(crate) use entry::{day, has_class};
pub(crate) use writer::{Making, Mark, Opened, Writer};
