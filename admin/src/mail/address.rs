//! Mail addresses as an operator writes them: with or without a name.

use lettre::message::Mailbox;
use std::fmt;
use std::str::FromStr;

/// « Convergences <ne-pas-repondre@example.org> ».
#[derive(Clone, PartialEq, Eq)]
pub struct MailAddress(pub(super) Mailbox);

impl MailAddress {
    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl FromStr for MailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        text.trim().parse().map(Self).map_err(|_| NotAnAddress)
    }
}

/// So that no address comes into a log by way of what holds it.
impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(…)")
    }
}

/// A text that is no mail address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a mail address")]
pub struct NotAnAddress;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_or_none() {
        for text in [
            "Convergences <ne-pas-repondre@example.org>",
            "ne-pas-repondre@example.org",
            "Centre de gestion de l’Île <a.b@xn--le-zja.example>",
        ] {
            assert!(text.parse::<MailAddress>().is_ok(), "{text}");
        }
        for text in [
            "",
            "Convergences",
            "a@b@c",
            "Convergences <>",
            "a b@example.org",
        ] {
            assert!(text.parse::<MailAddress>().is_err(), "{text}");
        }
        let address: MailAddress = "A <a@example.org>".parse().unwrap();
        assert_eq!(address.domain(), "example.org");
        assert!(!format!("{address:?}").contains("example"));
    }
}
