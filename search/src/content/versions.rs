//! What a document was before, and what changed from one version to the next.

use super::document::{Document, Format};
use super::library::Library;
use super::markdown;
use crate::error::Error;
use policies::CollectiviteId;
use similar::{ChangeTag, TextDiff};
use sqlx::Row as _;
use std::time::Duration;

/// How many former versions are looked at.
const MOST: i64 = 20;
/// Unchanged lines shown around a change.
const AROUND: usize = 1;
/// Longer than this nobody waits: the rest counts as replaced.
const LONGEST: Duration = Duration::from_millis(200);

/// A former version.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// The write that had brought it.
    pub(crate) change: i64,
    /// Who wrote it; `None` for an import.
    pub(crate) author: Option<String>,
    /// When it was replaced, Unix seconds.
    pub(crate) until: i64,
    pub(crate) document: Document,
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    Kept,
    Added,
    Removed,
}

/// A line of either version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    pub(crate) fate: Fate,
    /// Its pieces, and whether each is what changed.
    pub(crate) pieces: Vec<(String, bool)>,
}

impl Library {
    /// The last former versions of a document, the newest first. One that this program cannot read is left
    /// out: nobody could tell who may read it.
    pub(crate) async fn versions(&self, id: &str) -> Result<Vec<Version>, Error> {
        let rows = sqlx::query(
            "SELECT v.json, v.change, v.changed_at, d.changed_at, v.author, v.ended_at FROM bip_versions v JOIN bip_documents d ON d.id = v.id \
             WHERE v.id = $1 ORDER BY v.change DESC LIMIT $2",
        )
        .bind(id)
        .bind(MOST)
        .fetch_all(&self.pool)
        .await?;
        let mut versions = Vec::new();
        let mut until = None;
        for row in rows {
            let json: String = row.try_get(0)?;
            let ended: Option<i64> = row.try_get(5)?;
            let replaced = match ended.or(until) {
                Some(until) => until,
                None => row.try_get(3)?,
            };
            until = Some(row.try_get(2)?);
            if let Ok(document) = serde_json::from_str(&json) {
                versions.push(Version {
                    change: row.try_get(1)?,
                    author: row.try_get(4)?,
                    until: replaced,
                    document,
                });
            }
        }
        Ok(versions)
    }
}

/// The lines that changed from one version to another, in groups that stand together.
pub(crate) fn changed_lines(before: &Document, after: &Document) -> Vec<Vec<Line>> {
    changed(&text(before), &text(after))
}

/// The same for those who write: who reads it, how it is sorted and what it cites too.
pub(crate) fn changed_for_authors(before: &Document, after: &Document) -> Vec<Vec<Line>> {
    changed(&whole_text(before), &whole_text(after))
}

fn changed(before: &str, after: &str) -> Vec<Vec<Line>> {
    let diff = TextDiff::configure()
        .timeout(LONGEST)
        .diff_lines(before, after);
    let groups = diff.grouped_ops(AROUND);
    let lines = groups.iter().map(|group| {
        let changes = group.iter().flat_map(|op| diff.iter_inline_changes(op));
        let lines = changes.map(|change| Line {
            fate: match change.tag() {
                ChangeTag::Equal => Fate::Kept,
                ChangeTag::Insert => Fate::Added,
                ChangeTag::Delete => Fate::Removed,
            },
            pieces: change
                .iter_strings_lossy()
                .map(|(changed, piece)| (piece.trim_end_matches('\n').to_owned(), changed))
                .filter(|(piece, _)| !piece.is_empty())
                .collect(),
        });
        lines.filter(|line| !line.pieces.is_empty()).collect()
    });
    lines.collect()
}

/// What an author writes of a document, line by line.
fn whole_text(document: &Document) -> String {
    let readers = document.reserve_a.iter().map(CollectiviteId::as_str);
    let said = [
        ("Diffusion", document.diffusion.as_str().to_owned()),
        ("Réservé à", readers.collect::<Vec<_>>().join(", ")),
        (
            "Titre annoncé",
            if document.announced { "oui" } else { "" }.to_owned(),
        ),
        ("Thèmes", document.themes.join(", ")),
        (
            "Collection",
            document.collection.clone().unwrap_or_default(),
        ),
        ("Rubrique", document.section.clone().unwrap_or_default()),
        ("Public", document.audience.join(", ")),
        (
            "Date",
            document.date.map(|day| day.to_string()).unwrap_or_default(),
        ),
        (
            "Mise à jour",
            document
                .updated
                .map(|day| day.to_string())
                .unwrap_or_default(),
        ),
    ];
    let said = said.into_iter().filter(|(_, value)| !value.is_empty());
    let said = said.map(|(name, value)| format!("{name}\u{a0}: {value}\n"));
    let texts = document.references.iter().map(|one| {
        let label = one.label.as_deref().or(one.to.as_deref());
        format!(
            "Texte cité\u{a0}: {}\n",
            label.or(one.url.as_deref()).unwrap_or_default()
        )
    });
    let mut whole = text(document);
    whole.extend(said.chain(texts));
    whole
}

/// What a reader sees of a document, line by line.
fn text(document: &Document) -> String {
    let state = document
        .state
        .as_deref()
        .map(|state| format!("État\u{a0}: {state}"));
    let parts = [
        Some(document.title.clone()),
        state,
        Some(document.summary.clone()),
    ];
    let mut text = String::new();
    for part in parts.into_iter().flatten().filter(|part| !part.is_empty()) {
        text.push_str(&part);
        text.push('\n');
    }
    // In Markdown or not, what reads the same is the same.
    let body = match document.format {
        Format::Plain => markdown::plain(&markdown::from_plain(&document.body)),
        Format::Markdown => markdown::plain(&document.body),
    };
    let body = body.lines().map(|line| line.trim_start_matches(['#', ' ']));
    for line in body.filter(|line| !line.is_empty()) {
        // A hyphen would read as the sign of a line taken out.
        match line.strip_prefix("- ") {
            Some(item) => text.extend(["• ", item]),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(body: &str) -> Document {
        let line = serde_json::json!({
            "id": "a", "kind": "fiche", "title": "Congé", "body": body, "source_url": "", "licence": "",
        });
        serde_json::from_value(line).unwrap()
    }

    fn told(line: &Line) -> String {
        let sign = match line.fate {
            Fate::Kept => ' ',
            Fate::Added => '+',
            Fate::Removed => '-',
        };
        let pieces = line.pieces.iter().map(|(piece, changed)| {
            if *changed {
                format!("[{piece}]")
            } else {
                piece.clone()
            }
        });
        format!("{sign}{}", pieces.collect::<String>())
    }

    #[test]
    fn a_sheet_that_goes_on_in_markdown_has_not_changed_by_it() {
        let before = document("À savoir\nl'agent * est informé.\n## Titre\n- un\n| a | b |\n| c |");
        let after = Document {
            body: markdown::from_plain(&before.body),
            format: Format::Markdown,
            ..before.clone()
        };
        assert!(changed_lines(&before, &after).is_empty());
    }

    #[test]
    fn changed_lines_are_told_with_their_words_and_their_neighbours() {
        let before = document("## Durée\nTrois ans au plus.\nUne ligne.\nUne autre.\nLa fin.");
        let after =
            document("## Durée\nCinq ans au plus.\nUne ligne.\nUne autre.\nLa fin.\nUn ajout.");
        let groups = changed_lines(&before, &after);
        let groups: Vec<Vec<String>> = groups
            .iter()
            .map(|group| group.iter().map(told).collect())
            .collect();
        assert_eq!(
            groups,
            [
                vec![
                    " Durée",
                    "-[Trois] ans au plus.",
                    "+[Cinq] ans au plus.",
                    " Une ligne."
                ],
                vec![" La fin.", "+Un ajout."],
            ]
        );
        assert!(changed_lines(&before, &before).is_empty());
    }
}
