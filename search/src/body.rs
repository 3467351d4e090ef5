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
    /// Any other line.
    Paragraph(String),
}

/// Reads a body. A subheading before any heading becomes a heading, so that no level is skipped.
pub(crate) fn blocks(body: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut has_heading = false;
    for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let text = line.trim_start_matches('#');
        let level = line.len() - text.len();
        if level > 0 && text.starts_with(' ') {
            let is_sub = level > 2 && has_heading;
            has_heading = true;
            let text = text.trim().to_owned();
            blocks.push(if is_sub {
                Block::Subheading(text)
            } else {
                Block::Heading(text)
            });
        } else if let Some(item) = line.strip_prefix("- ") {
            match blocks.last_mut() {
                Some(Block::List(items)) => items.push(item.to_owned()),
                _ => blocks.push(Block::List(vec![item.to_owned()])),
            }
        } else {
            blocks.push(Block::Paragraph(line.to_owned()));
        }
    }
    blocks
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
    fn no_heading_level_is_skipped() {
        assert_eq!(blocks("### Seul"), [Block::Heading("Seul".to_owned())]);
    }
}
