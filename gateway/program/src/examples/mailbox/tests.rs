//! The mailbox spoken to by hand, and its pages.

use super::super::wire::{get, serve};
use super::Mailbox;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Says all at once, which a server has to bear, and gives the first digits of each reply.
async fn say(at: SocketAddr, lines: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream
        .write_all(lines.replace('\n', "\r\n").as_bytes())
        .await
        .unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said.lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(code, _)| code.len() == 3)
        .map(|(code, _)| code.to_owned())
        .collect()
}

const LETTER: &str = "EHLO me
MAIL FROM:<a@example.org> BODY=8BITMIME
RCPT TO:<helene@example.org>
DATA
From: Centre <a@example.org>
To: =?utf-8?Q?H=C3=A9l=C3=A8ne?= <helene@example.org>
Subject: =?utf-8?B?w4ljaMOpYW5jZQ==?= <b>
Date: Fri, 20 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Allez là : http://portail.localhost/x?a=1&b=2.
..et un point
.
QUIT
";

#[tokio::test]
async fn a_letter_is_kept_as_it_was_written_and_shown() {
    let (mailbox, smtp) = Mailbox::start().await.unwrap();
    let replies = say(smtp, LETTER).await;
    assert_eq!(replies, ["220", "250", "250", "250", "354", "250", "221"]);
    let letters = mailbox.wait_for("Helene@example.org", 1).await;
    assert_eq!(letters[0].subject, "Échéance <b>");
    assert_eq!(letters[0].to_header, "Hélène <helene@example.org>");
    assert!(letters[0].text.ends_with("\r\n.et un point\r\n"));
    let pages = serve(mailbox.router()).await;
    let list = get(pages, "/", &[]).await.body;
    assert!(list.contains("<a href=\"/courriels/1\">Échéance &lt;b&gt;</a>"));
    assert!(list.contains("20/11/2026 à 10\u{a0}h\u{a0}00"));
    let shown = get(pages, "/courriels/1", &[]).await.body;
    let link = "http://portail.localhost/x?a=1&amp;b=2";
    assert!(shown.contains(&format!("<a href=\"{link}\">{link}</a>.")));
    for nowhere in ["/courriels/2", "/courriels/x", "/x"] {
        assert_eq!(get(pages, nowhere, &[]).await.status, 404);
    }
}

#[tokio::test]
async fn what_is_refused_is_not_kept() {
    let (mailbox, smtp) = Mailbox::start().await.unwrap();
    mailbox.refuse_recipients(Some("550 5.1.1 no such mailbox"));
    let refused = "HELO me\nMAIL FROM:<>\nRCPT TO:<a@example.org>\nDATA\nQUIT\n";
    assert_eq!(
        say(smtp, refused).await,
        ["220", "250", "250", "550", "503", "221"]
    );
    mailbox.refuse_recipients(None);
    let out_of_turn = "RCPT TO:<a@b>\nMAIL\nMAIL FROM:a\nMAIL FROM:<a@b>\nMAIL FROM:<a@b>\nRCPT\nTURN\nRSET\nDATA\nQUIT\n";
    assert_eq!(
        say(smtp, out_of_turn).await,
        [
            "220", "503", "501", "501", "250", "503", "501", "500", "250", "503", "221"
        ]
    );
    assert!(mailbox.letters().is_empty());
}
