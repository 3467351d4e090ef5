//! A letter as it is shown: what its MIME message says.
use super::escape;
use mail_parser::{Address, MessageParser};

/// A letter that arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// The first is 1.
    pub number: usize,
    /// Whom the envelope names; the header may name others.
    pub to: Vec<String>,
    /// « Hélène Dupré <helene@…> », of the header.
    pub to_header: String,
    /// Who writes, of the header.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// Its date in Unix seconds.
    pub sent_at: i64,
    /// The plain text.
    pub text: String,
    /// The HTML, if there is one.
    pub html: Option<String>,
    /// The message as it arrived.
    pub source: String,
}

impl Letter {
    pub(super) fn read(number: usize, to: Vec<String>, message: &[u8]) -> Self {
        let parsed = MessageParser::default().parse(message).unwrap_or_default();
        let text = |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned);
        let subject = parsed.subject().unwrap_or_default().trim();
        Self {
            number,
            to,
            to_header: named(parsed.to()),
            from: named(parsed.from()),
            subject: if subject.is_empty() {
                "(sans objet)".to_owned()
            } else {
                subject.to_owned()
            },
            sent_at: parsed.date().map_or(0, mail_parser::DateTime::to_timestamp),
            text: text(parsed.body_text(0)).unwrap_or_default(),
            html: text(parsed.body_html(0)),
            source: String::from_utf8_lossy(message).into_owned(),
        }
    }

    /// The text as HTML, its addresses as links.
    pub(super) fn text_with_links(&self) -> String {
        let words = self.text.split_inclusive(char::is_whitespace);
        words.map(word).collect()
    }

    /// The first link of the text.
    pub fn link(&self) -> Option<&str> {
        let mut words = self.text.split_whitespace();
        words.find(|word| is_address(word))
    }
}

fn is_address(word: &str) -> bool {
    word.starts_with("http://") || word.starts_with("https://")
}

fn word(word: &str) -> String {
    // A sentence may end right behind an address.
    let address = word.trim_end_matches(|c: char| c.is_whitespace() || ".,;)".contains(c));
    let rest = word.strip_prefix(address).unwrap_or_default();
    if !is_address(address) {
        return escape(word);
    }
    let shown = escape(address);
    format!("<a href=\"{shown}\">{shown}</a>{}", escape(rest))
}

fn named(address: Option<&Address<'_>>) -> String {
    let all = address.iter().flat_map(|address| address.iter());
    let all = all.map(|one| match (one.name(), one.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    });
    all.collect::<Vec<_>>().join(", ")
}
