//! The plain text of a body, read into headings, lists and paragraphs for the page.

/// A piece of a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Block {
    /// `## `.
    Heading(String),
    /// `### ` and deeper, below a heading.
    Subheading(String),
    /// Consecutive `- ` lines.
    List(Vec<String>),
    /// « Attention », « À noter »… on a line of its own, and the line after it.
    Remark(String, String),
    /// Consecutive lines of cells between `|`; a line of dashes below the first is left out.
    Table {
        /// The first line.
        head: Vec<String>,
        /// The others.
        rows: Vec<Vec<String>>,
    },
    /// Any other line.
    Paragraph(String),
}

/// The lines that announce a remark.
const REMARKS: [&str; 7] = [
    "Attention",
    "À noter",
    "À savoir",
    "Exemple",
    "Important",
    "Rappel",
    "Attention !",
];

/// Reads a body. A subheading before any heading becomes a heading, so that no level is skipped.
pub(crate) fn blocks(body: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut has_heading = false;
    let mut lines = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .peekable();
    while let Some(line) = lines.next() {
        if let Some((level, text)) = heading(line) {
            let is_sub = level > 2 && has_heading;
            has_heading = true;
            blocks.push(if is_sub {
                Block::Subheading(text.to_owned())
            } else {
                Block::Heading(text.to_owned())
            });
        } else if let Some(item) = line.strip_prefix("- ") {
            add_item(&mut blocks, item);
        } else if let Some(cells) = cells(line) {
            add_row(&mut blocks, cells);
        } else if REMARKS.contains(&line.trim_end_matches([':', ' ', '\u{a0}']))
            && let Some(text) = lines.next_if(|next| heading(next).is_none())
        {
            let text = text.strip_prefix("- ").unwrap_or(text);
            blocks.push(Block::Remark(line.to_owned(), capitalised(text)));
        } else {
            blocks.push(Block::Paragraph(line.to_owned()));
        }
    }
    blocks
}

/// `## Titre`: its level and its words.
fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    (level > 0 && text.starts_with(' ')).then(|| (level, text.trim()))
}

fn add_item(blocks: &mut Vec<Block>, item: &str) {
    match blocks.last_mut() {
        Some(Block::List(items)) => items.push(item.to_owned()),
        _ => blocks.push(Block::List(vec![item.to_owned()])),
    }
}

/// `| a | b |`: its cells.
fn cells(line: &str) -> Option<Vec<String>> {
    let inside = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(
        inside
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect(),
    )
}

fn add_row(blocks: &mut Vec<Block>, cells: Vec<String>) {
    let is_rule = cells
        .iter()
        .all(|cell| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':')));
    match blocks.last_mut() {
        Some(Block::Table { .. }) if is_rule => {}
        Some(Block::Table { rows, .. }) => rows.push(cells),
        _ => blocks.push(Block::Table {
            head: cells,
            rows: Vec::new(),
        }),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_lists_and_paragraphs_are_told_apart() {
        let read = blocks("Un texte.\n\n## Titre\n- a\n- b\n### Sous-titre\n#sans espace\n- c");
        let paragraph = |text: &str| Block::Paragraph(text.to_owned());
        assert_eq!(
            read,
            [
                paragraph("Un texte."),
                Block::Heading("Titre".to_owned()),
                Block::List(vec!["a".to_owned(), "b".to_owned()]),
                Block::Subheading("Sous-titre".to_owned()),
                paragraph("#sans espace"),
                Block::List(vec!["c".to_owned()]),
            ]
        );
    }

    #[test]
    fn remarks_and_tables_are_told_from_paragraphs() {
        let read =
            blocks("À noter\nl'agent\n| Âge | Durée |\n|---|:-:|\n| 16 ans | 6 jours |\nAttention");
        let owned = |cells: &[&str]| cells.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            read,
            [
                Block::Remark("À noter".to_owned(), "L'agent".to_owned()),
                Block::Table {
                    head: owned(&["Âge", "Durée"]),
                    rows: vec![owned(&["16 ans", "6 jours"])],
                },
                Block::Paragraph("Attention".to_owned()),
            ]
        );
    }

    #[test]
    fn no_heading_level_is_skipped() {
        assert_eq!(blocks("### Seul"), [Block::Heading("Seul".to_owned())]);
    }
}
