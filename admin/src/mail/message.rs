//! A letter as a MIME message: plain text, and the same as HTML.

use super::letter::Text;
use super::postman::MailSettings;
use accounts::Envelope;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use std::time::{Duration, UNIX_EPOCH};

/// What mail programs answer to nobody (RFC 3834 §5), and Exchange, which goes by its own header.
const AUTOMATIC: [(&str, &str); 3] = [
    ("Auto-Submitted", "auto-generated"),
    ("X-Auto-Response-Suppress", "All"),
    ("Content-Language", "fr"),
];

/// Why a letter cannot be written as a message.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritable {
    /// Where it should go is no mail address.
    #[error("not a mail address")]
    Address,
    /// Its text could not be made.
    #[error("the text could not be made")]
    Text(#[from] askama::Error),
    /// Its headers do not stand.
    #[error("the message could not be made")]
    Message(#[from] lettre::error::Error),
}

/// Writes the message. The same letter has the same `Message-ID` and `Date` each time it is tried, so
/// that what arrives twice can be seen as one.
pub(super) fn write(
    id: &str,
    written_at: i64,
    envelope: &Envelope,
    settings: &MailSettings,
    portal: &str,
) -> Result<Message, Unwritable> {
    let email = envelope.to.parse().map_err(|_| Unwritable::Address)?;
    let text = Text::of(envelope, portal, settings.reply_to.is_some());
    let written_at = Duration::from_secs(written_at.try_into().unwrap_or_default());
    let mut message = Message::builder()
        .from(settings.from.0.clone())
        .to(Mailbox::new(Some(text.name.clone()), email))
        .subject(text.subject.clone())
        .date(UNIX_EPOCH + written_at)
        .message_id(Some(message_id(id, settings.from.domain())));
    if let Some(address) = &settings.reply_to {
        message = message.reply_to(address.0.clone());
    }
    for (name, value) in AUTOMATIC {
        let name = HeaderName::new_from_ascii_str(name);
        message = message.raw_header(HeaderValue::new(name, value.to_owned()));
    }
    let parts = MultiPart::alternative_plain_html(text.plain()?, text.html()?);
    Ok(message.multipart(parts)?)
}

fn message_id(letter: &str, domain: &str) -> String {
    format!("<{letter}@{domain}>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Relay, Security};
    use accounts::Letter;

    /// lettre panics on what it cannot write in a header; nobody's name may end the postman.
    #[test]
    fn no_name_and_no_subject_is_too_odd_to_be_written() {
        let settings = MailSettings {
            relay: Relay {
                host: "localhost".to_owned(),
                port: 25,
                security: Security::None,
            },
            login: None,
            authorities: None,
            from: "Centre <a@example.org>".parse().unwrap(),
            reply_to: None,
        };
        let long = "Anne-Élisabeth ".repeat(40);
        let all: String = ('\0'..='\u{2fff}').collect();
        for odd in [
            "",
            " ",
            "\"",
            "\\",
            "a\\\"b",
            "\r\n.\r\n",
            "\t",
            "\u{7f}\u{85}",
            "\u{2028}",
            "=?utf-8?B?w4k=?=",
            "<a@b>",
            "(a)",
            "🐌",
            "é\u{301}",
            &long,
            &all,
        ] {
            let envelope = Envelope {
                to: "helene@example.org".to_owned(),
                name: odd.to_owned(),
                letter: Letter::Notice {
                    subject: odd.to_owned(),
                    paragraphs: vec![odd.to_owned()],
                    path: None,
                },
            };
            let message = write("id", 0, &envelope, &settings, "https://p.example").unwrap();
            assert!(message.formatted().is_ascii(), "{odd:?}");
        }
    }
}
