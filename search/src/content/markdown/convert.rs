//! The plain text of an import as Markdown, for somebody to go on writing.

use crate::content::body::{Block, blocks};

/// Markdown that reads as a plain body does.
pub(crate) fn from_plain(body: &str) -> String {
    let written = blocks(body).iter().map(written).collect::<Vec<_>>();
    written.join("\n\n")
}

fn written(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("## {}", escaped(text)),
        Block::Subheading(text) => format!("### {}", escaped(text)),
        Block::Paragraph(text) => escaped(text),
        Block::List(items) => {
            let items = items.iter().map(|item| format!("- {}", escaped(item)));
            items.collect::<Vec<_>>().join("\n")
        }
        Block::Remark(title, text) => format!("> **{}**\n>\n> {}", escaped(title), escaped(text)),
        Block::Table { head, rows } => {
            let width = rows.iter().chain([head]).map(Vec::len).max();
            let width = width.unwrap_or_default();
            let line = |cells: &Vec<String>| {
                let cells = cells.iter().map(|cell| escaped(cell));
                // A row that is wider than the head would lose its last cells.
                let cells = cells.chain(std::iter::repeat(String::new()));
                format!("| {} |", cells.take(width).collect::<Vec<_>>().join(" | "))
            };
            let rule = format!("|{}", "---|".repeat(width));
            let lines = [line(head), rule].into_iter().chain(rows.iter().map(line));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

/// Text that Markdown reads as it is. Only signs that would mean something where they stand are escaped: the
/// author sees them.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let after_number = text.len() - number.len();
    let mut rest = text.chars();
    while let Some(sign) = rest.next() {
        let next = rest.as_str().chars().next();
        let at = text.len() - rest.as_str().len() - sign.len_utf8();
        let means = match sign {
            '-' | '+' | '#' | '>' | '=' | '~' if at == 0 => true,
            '.' | ')' if at == after_number && at > 0 => true,
            '*' | '`' | '\\' => true,
            '_' => {
                let before = safe.chars().last();
                let is_inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                !is_inner(before) || !is_inner(next)
            }
            '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            '&' => next.is_some_and(|next| next.is_ascii_alphabetic() || next == '#'),
            ']' => next.is_some_and(|next| "([:".contains(next)),
            _ => false,
        };
        if means {
            safe.push('\\');
        }
        safe.push(sign);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::corpus::embedded_corpus;
    use crate::content::document::Document;
    use crate::content::markdown::plain;
    use policies::Nature;
    use std::io::BufRead as _;

    #[test]
    fn signs_that_mean_something_to_markdown_stay_signs() {
        for text in [
            "a * b * c",
            "3 < 4 et <b>",
            "&amp; et R&D",
            "[1](x) et [note]",
            "- un tiret",
            "# dièse",
            "> plus",
            "_souligné_ et a_b_c",
            "\\ et `code`",
            "=== ",
            "1. un",
            "12) douze",
            "1.5 et a_b_ c",
        ] {
            assert_eq!(plain(&escaped(text)), text.trim_end(), "{text}");
        }
    }

    /// The words of a text: lists may be numbered anew, and spaces are nothing to a reader.
    fn words(text: &str) -> String {
        text.split(|c: char| !c.is_alphanumeric())
            .collect::<String>()
            .to_lowercase()
    }

    #[test]
    fn a_row_wider_than_its_head_keeps_its_cells() {
        let wide = "| Cotisation | Taux |\n| CSG | 98,25 % | 9,20 % |";
        assert_eq!(
            plain(&from_plain(wide)),
            "| Cotisation | Taux |  |\n| CSG | 98,25 % | 9,20 % |"
        );
    }

    #[test]
    fn every_sheet_of_the_corpus_says_the_same_in_markdown() {
        let mut count = 0;
        for line in embedded_corpus().unwrap().lines() {
            let document: Document = serde_json::from_str(&line.unwrap()).unwrap();
            if document.kind == Nature::Fiche {
                let again = plain(&from_plain(&document.body));
                let is_same = words(&again) == words(&document.body);
                assert!(is_same, "{}\n{again}", document.id);
                let counts = [&again, &document.body].map(|body| {
                    let shown = |kind: fn(&Block) -> bool| {
                        blocks(body).iter().filter(|one| kind(one)).count()
                    };
                    let titles =
                        shown(|one| matches!(one, Block::Heading(_) | Block::Subheading(_)));
                    (
                        titles,
                        shown(|one| matches!(one, Block::List(_))),
                        shown(|one| matches!(one, Block::Table { .. })),
                    )
                });
                assert_eq!(counts[0], counts[1], "{}", document.id);
                count += 1;
            }
        }
        assert!(count > 500, "{count}");
    }
}
