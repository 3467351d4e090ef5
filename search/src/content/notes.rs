//! Notes of the CIG on texts and decisions, attached to a passage. They stay when an import replaces the document,
//! and say when their passage is no longer in it.

use super::document::Document;
use super::drafts::Outcome;
use super::library::Library;
use crate::error::Error;
use crate::index::analyzer::fold;
use policies::Nature;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// More notes than a text is ever given.
const MOST: i64 = 200;
/// How often a number is asked for that somebody else takes at the same time.
const TRIES: usize = 5;

/// A note on a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Note {
    /// Within its document.
    pub(crate) number: i64,
    /// The words that it is about; empty for all of the document.
    pub(crate) passage: String,
    /// Markdown.
    pub(crate) body: String,
    pub(crate) author: String,
    /// When it was written last, Unix seconds.
    pub(crate) written_at: i64,
    /// Another at each save.
    pub(crate) revision: i64,
}

/// Sheets and news say themselves what there is to say.
pub(crate) fn is_annotated(document: &Document) -> bool {
    matches!(document.kind, Nature::Texte | Nature::Jurisprudence)
}

/// Whether a text holds a passage, however spaces, accents and apostrophes are written.
pub(crate) fn holds(text: &str, passage: &str) -> bool {
    passage.is_empty() || letters(text).contains(&letters(passage))
}

fn letters(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

impl Library {
    /// The notes of a document, in the order of their numbers.
    pub(crate) async fn notes(&self, document: &str) -> Result<Vec<Note>, Error> {
        let rows = sqlx::query(
            "SELECT number, passage, body, author, written_at, revision FROM bip_notes WHERE document = $1 ORDER BY number LIMIT $2",
        )
        .bind(document)
        .bind(MOST)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(note).collect()
    }

    /// Adds a note: its number and revision are given to it.
    pub(crate) async fn add_note(&self, document: &str, note: &Note) -> Result<Outcome, Error> {
        for _ in 0..TRIES {
            let added = sqlx::query(
                "INSERT INTO bip_notes (document, number, passage, body, author, written_at, revision) \
                 SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6 FROM bip_notes WHERE document = $1 \
                 ON CONFLICT (document, number) DO NOTHING",
            )
            .bind(document)
            .bind(&note.passage)
            .bind(&note.body)
            .bind(&note.author)
            .bind(note.written_at)
            .bind(self.next_revision().await?)
            .execute(&self.pool)
            .await?;
            if added.rows_affected() == 1 {
                return Ok(Outcome::Done);
            }
        }
        Ok(Outcome::Overtaken)
    }

    /// Puts a note in the place of the revision that its author has seen.
    pub(crate) async fn revise_note(&self, document: &str, note: &Note) -> Result<Outcome, Error> {
        let revised = sqlx::query(
            "UPDATE bip_notes SET passage = $1, body = $2, author = $3, written_at = $4, revision = $5 \
             WHERE document = $6 AND number = $7 AND revision = $8",
        )
        .bind(&note.passage)
        .bind(&note.body)
        .bind(&note.author)
        .bind(note.written_at)
        .bind(self.next_revision().await?)
        .bind(document)
        .bind(note.number)
        .bind(note.revision)
        .execute(&self.pool)
        .await?;
        Ok(Outcome::of(revised.rows_affected()))
    }

    /// Takes a note away.
    pub(crate) async fn remove_note(
        &self,
        document: &str,
        (number, revision): (i64, i64),
    ) -> Result<Outcome, Error> {
        let text = "DELETE FROM bip_notes WHERE document = $1 AND number = $2 AND revision = $3";
        let gone = sqlx::query(text)
            .bind(document)
            .bind(number)
            .bind(revision)
            .execute(&self.pool)
            .await?;
        Ok(Outcome::of(gone.rows_affected()))
    }
}

fn note(row: &AnyRow) -> Result<Note, Error> {
    Ok(Note {
        number: row.try_get(0)?,
        passage: row.try_get(1)?,
        body: row.try_get(2)?,
        author: row.try_get(3)?,
        written_at: row.try_get(4)?,
        revision: row.try_get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_found_however_it_was_copied() {
        let text = "Le fonctionnaire a droit\u{a0}à des congés\nde longue maladie, d’une durée maximale de trois ans.";
        for passage in [
            "congés de longue  maladie",
            "d'une durée",
            "Trois ans",
            "a droit à des",
        ] {
            assert!(holds(text, passage), "{passage}");
        }
        assert!(holds(text, ""));
        for other in ["ongés de longue", "deux ans", "maladie durée"] {
            assert!(!holds(text, other), "{other}");
        }
    }
}
