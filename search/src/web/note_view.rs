//! A note of the CIG as it stands beside a text.

use super::markdown;
use super::view::Day;
use crate::content::document::Document;
use crate::content::notes::{Note, holds};

/// A note of the CIG.
pub(super) struct NoteView {
    pub(super) number: i64,
    /// What it is about; empty for all of the document.
    pub(super) passage: String,
    pub(super) html: String,
    pub(super) day: Day,
    /// Its passage is no longer in the document.
    pub(super) is_lost: bool,
}

impl NoteView {
    pub(super) fn of(note: &Note, document: &Document) -> Self {
        Self {
            number: note.number,
            html: markdown::render_small(&note.body),
            day: Day::of(note.written_at),
            is_lost: !holds(&document.plain_body(), &note.passage),
            passage: note.passage.clone(),
        }
    }
}
