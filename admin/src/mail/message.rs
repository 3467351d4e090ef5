//! A letter as a MIME message: plain text, and the same as HTML.

use super::letter::Text;
use super::postman::MailSettings;
use accounts::Departure;
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
    departure: &Departure,
    settings: &MailSettings,
    portal: &str,
) -> Result<Message, Unwritable> {
    let envelope = &departure.envelope;
    let email = envelope.to.parse().map_err(|_| Unwritable::Address)?;
    let text = Text::of(envelope, portal, settings.reply_to.is_some());
    let written_at = Duration::from_secs(departure.written_at.try_into().unwrap_or_default());
    let mut message = Message::builder()
        .from(settings.from.0.clone())
        .to(Mailbox::new(Some(envelope.name.clone()), email))
        .subject(text.subject.clone())
        .date(UNIX_EPOCH + written_at)
        .message_id(Some(message_id(&departure.id, settings.from.domain())));
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
