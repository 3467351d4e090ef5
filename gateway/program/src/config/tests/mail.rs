//! `[mail]`: what is understood, and what is said of what is not.

use super::{EXAMPLE, MINIMAL, changed, parsed, said};
use crate::config::PasswordSource;
use admin::{Relay, Security};

/// The minimal file with a `[mail]` of these lines; the first one is line 10.
fn with(lines: &str) -> String {
    changed("[bip]", &format!("[mail]\n{lines}\n[bip]"))
}

fn relay(smtp: &str) -> Relay {
    let text = with(&format!("smtp = \"{smtp}\"\nfrom = \"a@example.org\""));
    parsed(&text).mail.unwrap().relay
}

#[test]
fn the_example_says_how_letters_leave() {
    let mail = parsed(EXAMPLE).mail.unwrap();
    let expected = Relay {
        host: "relay.example.org".to_owned(),
        port: 587,
        security: Security::StartTls,
    };
    assert_eq!(mail.relay, expected);
    assert_eq!(mail.from.domain(), "example.org");
    assert!(mail.reply_to.is_some());
    let account = mail.account.unwrap();
    assert_eq!(account.login, "convergences");
    let file = "/etc/convergences/smtp.password".into();
    assert_eq!(account.password, PasswordSource::File(file));
    assert_eq!(mail.ca, Some("/etc/convergences/relay-ca.pem".into()));
    assert_eq!(mail.confirm_addresses_after_days, 365);
    assert!(parsed(MINIMAL).mail.is_none());
}

#[test]
fn the_scheme_says_how_the_connection_is_protected() {
    for (smtp, host, port, security) in [
        (
            "smtp://r.example.org",
            "r.example.org",
            587,
            Security::StartTls,
        ),
        (
            "smtp://192.0.2.1:2525/",
            "192.0.2.1",
            2525,
            Security::StartTls,
        ),
        ("smtps://r.example.org", "r.example.org", 465, Security::Tls),
        (
            "smtps://[2001:db8::1]:4650",
            "2001:db8::1",
            4650,
            Security::Tls,
        ),
        ("smtp+plain://127.0.0.1", "127.0.0.1", 25, Security::None),
        ("smtp+plain://[::1]:2525", "::1", 2525, Security::None),
        (
            "smtp+plain://localhost:2525",
            "localhost",
            2525,
            Security::None,
        ),
    ] {
        let host = host.to_owned();
        let expected = Relay {
            host,
            port,
            security,
        };
        assert_eq!(relay(smtp), expected, "{smtp}");
    }
}

const REMEDY: &str = "Write `smtp://HOST:587` (with STARTTLS), `smtps://HOST:465`, or `smtp+plain://127.0.0.1:25` for a relay on this machine.";

#[test]
fn what_is_no_mail_server_is_said() {
    for smtp in [
        "relay.example.org",
        "http://relay.example.org",
        "smtp+plain:/x",
    ] {
        let text = with(&format!("smtp = \"{smtp}\"\nfrom = \"a@example.org\""));
        let expected = format!("c.toml:10: `smtp`: not the address of a mail server. {REMEDY}");
        assert_eq!(said(&text), expected);
    }
    for smtp in [
        "smtp://",
        "smtp://a b",
        "smtp://r:0",
        "smtp://r:70000",
        "smtp://::1",
        "smtp://[::1]x",
        "smtp://r/x",
    ] {
        let text = with(&format!("smtp = \"{smtp}\"\nfrom = \"a@example.org\""));
        let expected =
            format!("c.toml:10: `smtp`: `{smtp}` is not the address of a mail server. {REMEDY}");
        assert_eq!(said(&text), expected);
    }
}

/// Lines of `[mail]`, and all that is said of them.
const MISTAKES: &[(&str, &str)] = &[
    (
        "",
        r#"c.toml:9: `smtp` is missing in `[mail]`. Add `smtp = "smtp://relay.example.org:587"`.
c.toml:9: `from` is missing in `[mail]`. Add `from = "Convergences <ne-pas-repondre@example.org>"`."#,
    ),
    (
        r#"smtp = "smtp://r.example.org"
from = "a@example.org"
confirm_addresses_after_days = 4000"#,
        "c.toml:12: `confirm_addresses_after_days`: 4000 is out of bounds. Write a number from 0 to 3650.",
    ),
    (
        r#"smtp = "smtp://r.example.org"
from = "a@example.org"
confirm_addresses_after_days = "never""#,
        "c.toml:12: `confirm_addresses_after_days` must be a whole number, not a text. Write it without quotes.",
    ),
    (
        r#"smtp = "smtp://user:secret@r.example.org"
from = "ici""#,
        r#"c.toml:10: `smtp`: a login does not belong in the address. Write it as `login`, and its password in the file of `password_file`.
c.toml:11: `from`: `ici` is not a mail address. Write an address, with a name or without, as in "Convergences <ne-pas-repondre@example.org>"."#,
    ),
    (
        r#"smtp = "smtp+plain://relay.example.org"
from = "a@example.org""#,
        "c.toml:10: `smtp`: `relay.example.org` is another machine: links would cross the network in the clear. Write `smtp://relay.example.org:587` or `smtps://relay.example.org:465`.",
    ),
    (
        r#"smtp = "smtp://r.example.org"
from = "a@example.org"
password = "secret"
login = "c""#,
        r#"c.toml:12: a secret does not belong in this file. Put it in a file of its own and name that: `password_file = "…"`."#,
    ),
    (
        r#"smtp = "smtp://r.example.org"
from = "a@example.org"
login = "c""#,
        r#"c.toml:12: `login` has no password. Add `password_file = "/etc/convergences/smtp.password"`, or leave `login` out."#,
    ),
    (
        r#"smtp = "smtp://r.example.org"
from = "a@example.org"
password_env = "PASSWORD""#,
        r#"c.toml:12: a password without a `login`. Add `login = "convergences"`, or leave the password out."#,
    ),
    (
        r#"smtp = "smtp://r.example.org"
from = "a@example.org"
login = "c"
password_file = "/p"
password_env = "PASSWORD""#,
        "c.toml:14: both `password_file` and `password_env`. Keep one of them.",
    ),
    (
        r#"smtp = "smtp://r.example.org"
from = "a@example.org"
login = "c"
password_env = "s3cret""#,
        r#"c.toml:13: `password_env`: not the name of a variable. Write its name in capitals, as in "CONVERGENCES_SMTP_PASSWORD"."#,
    ),
    (
        r#"smtp = "smtp://r.example.org"
from = "a@example.org"
replyto = "b@example.org""#,
        "c.toml:12: unknown key `replyto` in `[mail]`. Did you mean `reply_to`?",
    ),
];

#[test]
fn every_mistake_has_its_line_and_its_remedy() {
    for (lines, expected) in MISTAKES {
        assert_eq!(said(&with(lines)), *expected, "{lines}");
    }
}

#[test]
fn the_password_is_read_from_a_file_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = std::env::temp_dir().join(format!("convergences-{}-smtp", std::process::id()));
    let lines = format!(
        "smtp = \"smtp://r.example.org\"\nfrom = \"a@example.org\"\nlogin = \"c\"\npassword_file = \"{}\"",
        file.display()
    );
    let mail = parsed(&with(&lines)).mail.unwrap();
    assert!(
        mail.open()
            .unwrap_err()
            .starts_with("the mail server's password `/")
    );
    let write = |text: &str, mode| {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    write(" sésame \n", 0o600);
    let login = mail.open().unwrap().login.unwrap();
    assert_eq!(
        (login.name.as_str(), login.password.as_str()),
        ("c", " sésame ")
    );
    assert!(!format!("{login:?}").contains("sésame"));
    write("\n", 0o600);
    assert!(mail.open().unwrap_err().contains("is empty"));
    write("sésame", 0o644);
    assert!(
        mail.open()
            .unwrap_err()
            .contains("is open to others than its owner")
    );
    let _ = std::fs::remove_file(&file);
}
