//! The mail server that takes our letters, and what it says to each. A reply counts for a letter only
//! where it is about its recipient or its content (RFC 5321 §4.2.1): a server that refuses us, our
//! login or our sender says nothing about the letter.

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use std::error::Error as _;
use std::fmt;
use std::time::Duration;
use tokio::time::timeout;
use zeroize::Zeroizing;

const CONNECTING: Duration = Duration::from_secs(20);
/// For a whole letter; ten of them stay within a claim. Servers that look into a message first take
/// their time.
const SENDING: Duration = Duration::from_mins(1);
const GOODBYE: Duration = Duration::from_secs(2);

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// It begins in the clear and must go on under TLS; without it nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: for a relay on this machine.
    None,
}

/// Where the mail server is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Relay {
    /// A name or an address; what its certificate must say.
    pub host: String,
    /// 587, 465 …
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
}

/// Who we are to the mail server.
#[derive(Clone)]
pub struct RelayLogin {
    /// A name.
    pub name: String,
    /// Its password.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for RelayLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelayLogin(…)")
    }
}

/// Why the mail server cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// What should be its authorities' certificates are none.
    #[error("the certificates that should vouch for the mail server do not read")]
    Certificates(#[source] SmtpError),
    /// The connection failed, or ended.
    #[error("the mail server could not be used")]
    Connection(#[source] SmtpError),
    /// It took too long.
    #[error("the mail server did not answer in time")]
    Slow,
}

impl RelayError {
    /// For whoever asks why a letter waits.
    pub(super) fn told(&self) -> String {
        self.source()
            .map_or_else(|| self.to_string(), |source| format!("{self}: {source}"))
    }
}

/// What became of one letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// The mail server has it.
    Taken,
    /// Not now.
    NotNow(String),
    /// Never.
    Never(String),
}

/// How to reach the mail server.
pub(super) struct Connector {
    relay: Relay,
    tls: Option<TlsParameters>,
    login: Option<Credentials>,
    hello: ClientId,
}

impl Connector {
    /// `authorities` (PEM) vouch for the server in the system's place; `host` is our own name.
    pub(super) fn new(
        relay: &Relay,
        login: Option<&RelayLogin>,
        authorities: Option<&[u8]>,
        host: &str,
    ) -> Result<Self, RelayError> {
        let tls = if relay.security == Security::None {
            None
        } else {
            Some(tls(&relay.host, authorities).map_err(RelayError::Certificates)?)
        };
        Ok(Self {
            relay: relay.clone(),
            tls,
            login: login
                .map(|login| Credentials::new(login.name.clone(), login.password.to_string())),
            hello: ClientId::Domain(host.to_owned()),
        })
    }

    /// A connection on which letters can be sent.
    pub(super) async fn connect(&self) -> Result<Connection, RelayError> {
        timeout(CONNECTING, self.greet())
            .await
            .map_err(|_| RelayError::Slow)?
            .map(Connection)
            .map_err(RelayError::Connection)
    }

    async fn greet(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let at = (self.relay.host.as_str(), self.relay.port);
        let at_once = match self.relay.security {
            Security::Tls => self.tls.clone(),
            Security::StartTls | Security::None => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(at, Some(CONNECTING), &self.hello, at_once, None)
                .await?;
        if let (Security::StartTls, Some(tls)) = (self.relay.security, &self.tls) {
            // Fails where the server does not offer it: whoever took the offer out of its greeting
            // would else read the links (RFC 3207 §6).
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some(login) = &self.login {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], login)
                .await?;
        }
        Ok(connection)
    }
}

fn tls(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters, SmtpError> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authorities {
        tls = tls
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem)?);
    }
    tls.build()
}

/// An open connection.
pub(super) struct Connection(AsyncSmtpConnection);

impl Connection {
    /// Sends one message.
    pub(super) async fn send(
        &mut self,
        from: &Address,
        to: &Address,
        message: &[u8],
    ) -> Result<Answer, RelayError> {
        let answer = timeout(SENDING, self.deliver(from, to, message))
            .await
            .map_err(|_| RelayError::Slow)?;
        let answer = answer.map_err(RelayError::Connection)?;
        if answer != Answer::Taken {
            // The next letter starts anew; if it cannot, it will tell.
            let _ = timeout(GOODBYE, self.0.command(Rset)).await;
        }
        Ok(answer)
    }

    async fn deliver(
        &mut self,
        from: &Address,
        to: &Address,
        message: &[u8],
    ) -> Result<Answer, SmtpError> {
        let mail = Mail::new(Some(from.clone()), Vec::new());
        if let Err(error) = self.0.command(mail).await {
            let (_, said) = reply(error)?;
            return Ok(Answer::NotNow(said));
        }
        // An address that is not ASCII is for the server to refuse: few take it (RFC 6531).
        let steps = match self.0.command(Rcpt::new(to.clone(), Vec::new())).await {
            Ok(_) => match self.0.command(Data).await {
                Ok(_) => self.0.message(message).await,
                refused => refused,
            },
            refused => refused,
        };
        match steps.map_err(reply) {
            Ok(_) => Ok(Answer::Taken),
            Err(Ok((true, said))) => Ok(Answer::Never(said)),
            Err(Ok((false, said))) => Ok(Answer::NotNow(said)),
            Err(Err(error)) => Err(error),
        }
    }

    /// Ends it politely, if the server lets us.
    pub(super) async fn close(mut self) {
        let _ = timeout(GOODBYE, self.0.quit()).await;
    }
}

/// Whether a negative reply is for good, and what it says; anything else stays an error.
fn reply(error: SmtpError) -> Result<(bool, String), SmtpError> {
    let Some(code) = error.status() else {
        return Err(error);
    };
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    Ok((error.is_permanent(), format!("{code} {text}")))
}
