//! As much of SMTP as a client needs to hand over a letter (RFC 5321 §4.5.1), without TLS or log-in.
use super::Mailbox;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// In bytes, line end included (RFC 5321 §4.5.3.1.5); generous.
const LONGEST_LINE: u64 = 4096;
const LARGEST_MESSAGE: usize = 4 << 20;

pub(super) async fn listen(listener: TcpListener, mailbox: Mailbox) {
    // A connection that cannot be accepted is the next one's luck.
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let mailbox = mailbox.clone();
            tokio::spawn(async move {
                let session = Session::new(stream, mailbox);
                // A client that leaves in the middle has handed nothing over.
                let _ = session.run().await;
            });
        }
    }
}

/// What to do after a reply.
enum Next {
    Reply(String),
    Message,
    End,
}

struct Session {
    stream: BufReader<TcpStream>,
    mailbox: Mailbox,
    /// Whether a sender was named.
    sender: bool,
    recipients: Vec<String>,
}

impl Session {
    fn new(stream: TcpStream, mailbox: Mailbox) -> Self {
        Self {
            stream: BufReader::new(stream),
            mailbox,
            sender: false,
            recipients: Vec::new(),
        }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.reply("220 mailbox ESMTP").await?;
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            match self.obey(&line) {
                Next::Reply(reply) => self.reply(&reply).await?,
                Next::Message => self.message().await?,
                Next::End => return self.reply("221 2.0.0 bye").await,
            }
        }
        Ok(())
    }

    fn obey(&mut self, line: &str) -> Next {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let reply = |text: &str| Next::Reply(text.to_owned());
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.reset();
                reply("250-mailbox\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
            }
            "HELO" => {
                self.reset();
                reply("250 mailbox")
            }
            "MAIL" if self.sender => reply("503 5.5.1 one sender is enough"),
            "MAIL" if path(rest, "FROM:").is_some() => {
                self.sender = true;
                reply("250 2.1.0 ok")
            }
            "RCPT" if !self.sender => reply("503 5.5.1 MAIL first"),
            "RCPT" => match (path(rest, "TO:"), self.mailbox.refusal()) {
                (None, _) => reply("501 5.5.4 RCPT TO:<address>"),
                (Some(_), Some(refusal)) => Next::Reply(refusal),
                (Some(address), None) => {
                    self.recipients.push(address);
                    reply("250 2.1.5 ok")
                }
            },
            "DATA" if self.recipients.is_empty() => reply("503 5.5.1 RCPT first"),
            "DATA" => Next::Message,
            "RSET" => {
                self.reset();
                reply("250 2.0.0 ok")
            }
            "NOOP" => reply("250 2.0.0 ok"),
            "VRFY" => reply("252 2.1.5 try"),
            "QUIT" => Next::End,
            "MAIL" => reply("501 5.5.4 MAIL FROM:<address>"),
            _ => reply("500 5.5.2 unknown command"),
        }
    }

    /// Reads up to the line that is a dot; a dot before another one is taken off (§4.5.2).
    async fn message(&mut self) -> std::io::Result<()> {
        self.reply("354 go on").await?;
        let mut message = Vec::new();
        while let Some(line) = self.line().await? {
            if matches!(line.as_slice(), b".\r\n" | b".\n") {
                let recipients = std::mem::take(&mut self.recipients);
                self.reset();
                if message.len() > LARGEST_MESSAGE {
                    return self.reply("552 5.3.4 too large").await;
                }
                self.mailbox.take(recipients, &message);
                return self.reply("250 2.0.0 kept").await;
            }
            if message.len() <= LARGEST_MESSAGE {
                message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            }
        }
        Ok(())
    }

    fn reset(&mut self) {
        self.sender = false;
        self.recipients.clear();
    }

    async fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LONGEST_LINE);
        limited.read_until(b'\n', &mut line).await?;
        Ok((!line.is_empty()).then_some(line))
    }

    async fn reply(&mut self, text: &str) -> std::io::Result<()> {
        self.stream
            .write_all(format!("{text}\r\n").as_bytes())
            .await
    }
}

/// The address of `FROM:<address> PARAMETERS`; that of a bounce is empty.
fn path(text: &str, keyword: &str) -> Option<String> {
    let (head, rest) = text.split_at_checked(keyword.len())?;
    let (address, _) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    head.eq_ignore_ascii_case(keyword)
        .then(|| address.to_owned())
}
