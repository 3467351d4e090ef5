//! What people type and paste, as it is kept.

use jiff::civil::Date;

/// A text without what a word processor leaves in it: signs that nobody sees, and points of a list that are no
/// list to Markdown.
pub(super) fn tidied(body: &str) -> String {
    let is_seen = |sign: &char| {
        let is_control = sign.is_control() && !matches!(sign, '\n' | '\t');
        !is_control && !matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    let lines = body.trim_end().lines().map(|line| {
        let line: String = line.chars().filter(is_seen).collect();
        let point = line
            .trim_start()
            .strip_prefix(['•', '·', '▪', '◦', '‣', '\u{f0b7}']);
        let deeper = line.trim_start().strip_prefix("o\t");
        match (point, deeper) {
            (Some(point), _) => format!("- {}", point.trim_start()),
            (None, Some(point)) => format!("  - {}", point.trim_start()),
            (None, None) => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How many signs a text has. A browser sends the end of a line as two.
pub(super) fn length(text: &str) -> usize {
    text.chars().filter(|sign| *sign != '\r').count()
}

/// Titles and summaries are one line, whatever was pasted.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// « 28/11/2026 », or as a browser's own field says it: « 2026-11-28 ».
pub(super) fn read_date(text: &str) -> Option<Date> {
    text.trim()
        .parse()
        .ok()
        .or_else(|| french_date(text.trim()))
}

fn french_date(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let mut part = || parts.next()?.trim().parse::<i16>().ok();
    let (day, month, year) = (part()?, part()?, part()?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_pasted_from_a_word_processor_is_a_list() {
        let pasted = "Un\u{b}e liste\u{200b}\u{a0}:\r\n•\tun\r\n·  deux\r\no\ttrois\r\n";
        assert_eq!(tidied(pasted), "Une liste\u{a0}:\n- un\n- deux\n  - trois");
    }
}
