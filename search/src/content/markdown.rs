//! Bodies written in Markdown (`CommonMark` with tables): as plain text for the index, and made from the plain
//! text of an import that somebody goes on writing. HTML in them is text; `web/markdown.rs` shows them.

mod convert;
mod plain;

pub(crate) use convert::from_plain;
pub(crate) use plain::plain;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser};

/// The pieces of a text. What would be HTML is text, and a line that ends is one that its author ended.
pub(crate) fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::SoftBreak => Event::HardBreak,
        other => other,
    })
}

/// Titles stand below the document's own, and no level is skipped: `#` and `##` are one, all others the next.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    has_title: bool,
}

impl Levels {
    /// 2 or 3.
    pub(crate) fn next(&mut self, level: HeadingLevel) -> u8 {
        let is_below = self.has_title && level > HeadingLevel::H2;
        self.has_title = true;
        if is_below { 3 } else { 2 }
    }
}
