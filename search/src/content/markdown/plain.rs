//! Markdown as the plain text of the import format: what is searched, quoted in extracts and compared. One
//! line a paragraph, a title (`## `), a point of a list (`- `) or a row of a table (`| a | b |`).

use super::{Levels, events};
use pulldown_cmark::{Event, Tag, TagEnd};

/// The plain text of a body.
pub(crate) fn plain(text: &str) -> String {
    let mut levels = Levels::default();
    let mut plain = String::new();
    for event in events(text) {
        match event {
            Event::Text(text) | Event::Code(text) => plain.push_str(&text),
            Event::HardBreak | Event::Rule => end_line(&mut plain),
            Event::Start(Tag::Heading { level, .. }) => {
                end_line(&mut plain);
                plain.push_str(if levels.next(level) == 2 {
                    "## "
                } else {
                    "### "
                });
            }
            Event::Start(Tag::Item) => {
                end_line(&mut plain);
                plain.push_str("- ");
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => plain.push_str("| "),
            Event::End(TagEnd::TableCell) => plain.push_str(" | "),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                plain.truncate(plain.trim_end().len());
                end_line(&mut plain);
            }
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock,
            ) => {
                end_line(&mut plain);
            }
            _ => {}
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn end_line(plain: &mut String) {
    if !plain.is_empty() && !plain.ends_with(['\n', ' ']) {
        plain.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_as_the_import_format_would_spell_it() {
        let text = "Un *mot*,\net [un lien](https://example.org).\n\n# Titre\n### Sous-titre\n\n1. a\n2. b\n   - c\n\n\
                    | x | y |\n|---|---|\n| 1 | **2** |\n\n> **Attention**\n>\n> Fin &amp; <b>suite</b>.";
        assert_eq!(
            plain(text),
            "Un mot,\net un lien.\n## Titre\n### Sous-titre\n- a\n- b\n- c\n| x | y |\n| 1 | 2 |\n\
             Attention\nFin & <b>suite</b>."
        );
    }
}
