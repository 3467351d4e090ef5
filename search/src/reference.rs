//! Legal references: one reader for documents and queries, one spelling of each key.
//! A key is raw text in the index: `CGFP:L411-1`, `art:L411-1`, `txt:88-145`, `arr:19-60222`, `ecli:…`, `date:1988-02-15`.

mod atoms;
mod codes;
mod dates;
mod digits;
mod keys;
mod reader;
mod series;

pub(crate) use keys::{article_key, keys_named_in, named_keys, own_keys};
pub(crate) use reader::{Reading, read};
pub(crate) use series::ArticlePlace;
