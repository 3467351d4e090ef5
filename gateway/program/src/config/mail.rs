//! `[mail]`: the mail server, who writes, and the password it may ask for.

use super::mistakes::{Problem, problem};
use super::secret::{self, Secret};
use super::section::Section;
use super::{network, values};
use admin::{MailAddress, MailSettings, Relay, RelayLogin, Security};
use std::net::IpAddr;
use std::path::PathBuf;
use zeroize::Zeroizing;

const SMTP: &str = "smtp://relay.example.org:587";
const FROM: &str = "Convergences <ne-pas-repondre@example.org>";
const PASSWORD_FILE: &str = "/etc/convergences/smtp.password";
/// Unless said otherwise.
const CONFIRM_AFTER_DAYS: i64 = 365;
const SECRET: Secret = Secret {
    name: "the mail server's password",
    remedy: "Ask whoever runs the mail server for it",
};

/// How letters leave.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The mail server.
    pub relay: Relay,
    /// Who writes.
    pub from: MailAddress,
    /// Who reads the answers.
    pub reply_to: Option<MailAddress>,
    /// Who we are to the mail server, if it asks.
    pub account: Option<RelayAccount>,
    /// A file of certificates that vouch for the mail server in the place of the system's.
    pub ca: Option<PathBuf>,
    /// After how many days people are asked whether mail still reaches them; 0 asks nobody.
    pub confirm_addresses_after_days: i64,
}

/// Who we are to the mail server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RelayAccount {
    /// A name.
    pub login: String,
    /// Where its password is.
    pub password: PasswordSource,
}

/// Where the mail server's password is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PasswordSource {
    /// A file that only its owner may read.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
}

impl Mail {
    /// Reads what the section names.
    ///
    /// # Errors
    /// A sentence for the operator: what is missing, unreadable, or readable by others.
    pub fn open(&self) -> Result<MailSettings, String> {
        let login = self.account.as_ref().map(RelayAccount::open).transpose()?;
        let authorities = self.ca.as_ref().map(|path| {
            std::fs::read(path).map_err(|error| {
                let path = path.display();
                format!("the certificates `{path}` of `[mail]` cannot be read: {error}.")
            })
        });
        Ok(MailSettings {
            relay: self.relay.clone(),
            login,
            authorities: authorities.transpose()?,
            from: self.from.clone(),
            reply_to: self.reply_to.clone(),
        })
    }
}

impl RelayAccount {
    fn open(&self) -> Result<RelayLogin, String> {
        let (place, text) = match &self.password {
            PasswordSource::File(path) => (
                format!("`{}`", path.display()),
                secret::from_file(path, SECRET)?,
            ),
            PasswordSource::Environment(name) => (
                format!("the variable `{name}`"),
                secret::from_variable(name, SECRET)?,
            ),
        };
        let text = Zeroizing::new(text);
        // Editors end a file with a line end that nobody types.
        let password = text.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            let Secret { name, remedy } = SECRET;
            return Err(format!("{name} in {place} is empty. {remedy}."));
        }
        Ok(RelayLogin {
            name: self.login.clone(),
            password: Zeroizing::new(password.to_owned()),
        })
    }
}

/// Reads `[mail]`, which may be left out.
pub(super) fn read(root: &Section<'_>) -> Option<Mail> {
    let section = root.section("mail")?;
    let relay = section.required("smtp", SMTP, relay);
    let from = section.required("from", FROM, address);
    let reply_to = section.text("reply_to", address);
    let ca = section.text("ca", values::file);
    let account = account(&section);
    let days = section.number("confirm_addresses_after_days", 0..=3650);
    section.finish();
    Some(Mail {
        relay: relay?,
        from: from?,
        reply_to,
        account,
        ca,
        confirm_addresses_after_days: days.unwrap_or(CONFIRM_AFTER_DAYS),
    })
}

fn account(section: &Section<'_>) -> Option<RelayAccount> {
    let login = section.text("login", values::line);
    let file = section.text("password_file", secret::path(PASSWORD_FILE));
    let variable = section.text(
        "password_env",
        secret::variable("CONVERGENCES_SMTP_PASSWORD"),
    );
    let (in_file, in_variable) = (section.has("password_file"), section.has("password_env"));
    let wrong = |key, message: &str, remedy: &str| {
        section.wrong(section.at(key), problem(message, remedy));
    };
    if section.has("password") {
        let remedy = "Put it in a file of its own and name that: `password_file = \"…\"`";
        wrong("password", "a secret does not belong in this file", remedy);
    } else if in_file && in_variable {
        let message = "both `password_file` and `password_env`";
        wrong("password_env", message, "Keep one of them");
    } else if section.has("login") && !in_file && !in_variable {
        let remedy = format!("Add `password_file = \"{PASSWORD_FILE}\"`, or leave `login` out");
        wrong("login", "`login` has no password", &remedy);
    } else if !section.has("login") && (in_file || in_variable) {
        let key = if in_file {
            "password_file"
        } else {
            "password_env"
        };
        let remedy = "Add `login = \"convergences\"`, or leave the password out";
        wrong(key, "a password without a `login`", remedy);
    }
    let password = file
        .map(PasswordSource::File)
        .or(variable.map(PasswordSource::Environment));
    Some(RelayAccount {
        login: login?,
        password: password?,
    })
}

fn address(text: &str) -> Result<MailAddress, Problem> {
    let text = values::line(text)?;
    text.parse().map_err(|_| {
        problem(
            format!("`{}` is not a mail address", text.escape_debug()),
            format!("Write an address, with a name or without, as in \"{FROM}\""),
        )
    })
}

/// `smtp://host:587` (STARTTLS), `smtps://host:465`, or `smtp+plain://127.0.0.1:25`.
fn relay(text: &str) -> Result<Relay, Problem> {
    let remedy = "Write `smtp://HOST:587` (with STARTTLS), `smtps://HOST:465`, or `smtp+plain://127.0.0.1:25` for a relay on this machine";
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let (security, usual) = match scheme {
        "smtp" => (Security::StartTls, 587),
        "smtps" => (Security::Tls, 465),
        "smtp+plain" => (Security::None, 25),
        _ => return Err(problem("not the address of a mail server", remedy)),
    };
    if rest.contains('@') {
        let message = "a login does not belong in the address";
        let remedy = "Write it as `login`, and its password in the file of `password_file`";
        return Err(problem(message, remedy));
    }
    let found = host_and_port(rest, usual);
    let (host, port) = found.ok_or_else(|| {
        problem(
            format!("`{text}` is not the address of a mail server"),
            remedy,
        )
    })?;
    let here = host
        .parse::<IpAddr>()
        .map_or(host == "localhost", |ip| ip.is_loopback());
    if security == Security::None && !here {
        let message =
            format!("`{host}` is another machine: links would cross the network in the clear");
        let remedy = format!("Write `smtp://{host}:587` or `smtps://{host}:465`");
        return Err(problem(message, remedy));
    }
    Ok(Relay {
        host,
        port,
        security,
    })
}

fn host_and_port(text: &str, usual: u16) -> Option<(String, u16)> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let known = |host: &str| network::is_name(host) || host.parse::<IpAddr>().is_ok();
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let port = match rest.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None if rest.is_empty() => usual,
            None => return None,
        };
        return (known(host) && port > 0).then(|| (host.to_owned(), port));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (text, usual),
    };
    (known(host) && !host.contains(':') && port > 0).then(|| (host.to_owned(), port))
}
