//! `convergences mail bounce`: letters that came back. The mail server that delivers to the sender's
//! address pipes each message into it.

use crate::cli::ConfigFile;
use crate::operator::{say, with_store};
use accounts::Schema;
use anyhow::Context as _;
use clap::Subcommand;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use std::io::Read as _;

/// A report is much smaller, even with the whole letter in it.
const LARGEST: u64 = 4 << 20;

/// `convergences mail …`.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Read a report of non-delivery (RFC 3464) from standard input, and mark its letter as refused.
    Bounce(ConfigFile),
}

pub(crate) fn mail(command: &MailCommand) -> anyhow::Result<()> {
    let MailCommand::Bounce(file) = command;
    let mut message = Vec::new();
    std::io::stdin().take(LARGEST).read_to_end(&mut message)?;
    let bounce = read(&message).context("this is no report of a letter that failed")?;
    with_store(&file.config, Schema::Expect, async |_, store| {
        let known = store.record_bounce(&bounce.letter, &bounce.said).await?;
        say(format_args!(
            "{}",
            if known {
                "The letter counts as refused."
            } else {
                "No letter that was sent has this id, or it is known to be refused."
            }
        ))
    })
}

/// A letter that came back.
#[derive(PartialEq, Eq, Debug)]
struct Bounce {
    /// What stands before the `@` of its `Message-ID`.
    letter: String,
    /// Why, in the words of whoever refused it.
    said: String,
}

/// `None` for what is no report, or one that says « not yet ». Whoever forges one must know the id of
/// a letter, which only its reader does.
fn read(message: &[u8]) -> Option<Bounce> {
    let report = MessageParser::default().parse(message)?;
    let status = report.parts.iter().find_map(status)?;
    if field(&status, "Action")? != "failed" {
        return None;
    }
    let id = report.parts.iter().find_map(returned)?;
    let (letter, _) = id.split_once('@')?;
    let said = field(&status, "Diagnostic-Code").or_else(|| field(&status, "Status"))?;
    Some(Bounce {
        letter: letter.to_owned(),
        said,
    })
}

fn is(part: &MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|content| {
        content.ctype().eq_ignore_ascii_case(kind)
            && content
                .subtype()
                .is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    })
}

fn status(part: &MessagePart<'_>) -> Option<String> {
    is(part, "message", "delivery-status")
        .then(|| String::from_utf8_lossy(part.contents()).into_owned())
}

/// The id of the letter in a report: it comes back whole, or its headers do.
fn returned(part: &MessagePart<'_>) -> Option<String> {
    let id = |message: &Message<'_>| message.message_id().map(str::to_owned);
    match &part.body {
        PartType::Message(letter) => id(letter),
        _ if is(part, "text", "rfc822-headers") => {
            id(&MessageParser::default().parse(part.contents())?)
        }
        _ => None,
    }
}

/// A field of the report, its further lines included, without the kind of the text (`smtp;`).
fn field(status: &str, name: &str) -> Option<String> {
    let mut lines = status.lines();
    let value = lines.find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })?;
    let further = lines.take_while(|line| line.starts_with([' ', '\t']));
    let words: Vec<&str> = std::iter::once(value)
        .chain(further)
        .flat_map(str::split_whitespace)
        .collect();
    let text = words.join(" ");
    let plain = text.split_once(';').map_or(text.as_str(), |(_, text)| text);
    Some(plain.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Postfix writes it.
    fn report(action: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@relay.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ne-pas-repondre@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=\"b/relay\"

--b/relay
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b/relay
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Fri, 20 Nov 2026 10:00:00 +0100 (CET)

Final-Recipient: rfc822; helene.dupre@fontclaire.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <helene.dupre@fontclaire.example>: Recipient
    address rejected: User unknown

--b/relay
Content-Description: Undelivered Message
Content-Type: {returned}

Date: Fri, 20 Nov 2026 09:00:00 +0000
Message-ID: <0193a0d2-0000-7000-8000-000000000001@example.org>
Subject: Bonjour

--b/relay--
"
        )
    }

    #[test]
    fn a_report_names_its_letter_and_says_why() {
        let expected = Bounce {
            letter: "0193a0d2-0000-7000-8000-000000000001".to_owned(),
            said: "550 5.1.1 <helene.dupre@fontclaire.example>: Recipient address rejected: User unknown"
                .to_owned(),
        };
        for returned in ["message/rfc822", "text/rfc822-headers"] {
            let text = report("failed", returned);
            for text in [text.clone(), text.replace('\n', "\r\n")] {
                assert_eq!(
                    read(text.as_bytes()).as_ref(),
                    Some(&expected),
                    "{returned}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_failure_marks_nothing() {
        let late = report("delayed", "message/rfc822");
        let answer = "From: a@example.org\nSubject: Re: Bonjour\n\nMerci !\n";
        let nameless = report("failed", "message/rfc822").replace("Message-ID", "X-Id");
        for text in [late.as_str(), answer, nameless.as_str(), ""] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
