//! Mail to be sent: written in the transaction of what it tells, so that neither is without the
//! other, and sent later by whoever holds the mail server's address. Letters hold secrets (links),
//! so they are sealed until they leave, and emptied then.

use crate::error::Error;
use crate::journal;
use crate::store::{Store, Write};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a person is written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "kebab-case")]
pub enum Letter {
    /// An account was opened: choose a password.
    Invitation {
        /// The secret of the link.
        token: String,
        /// The name of the collectivité that opened it.
        collectivite: String,
        /// Whether it is for a référent, who will manage the accesses of others.
        #[serde(default)]
        referent: bool,
        /// Until when the link serves, Unix seconds.
        expires_at: i64,
    },
    /// A forgotten password: choose another.
    PasswordReset {
        /// The secret of the link.
        token: String,
        /// Until when the link serves, Unix seconds.
        expires_at: i64,
    },
    /// The invitation again, before it ends.
    InvitationReminder {
        /// The secret of the link.
        token: String,
        /// The name of the collectivité that opened the account.
        collectivite: String,
        /// Whether it is for a référent.
        #[serde(default)]
        referent: bool,
        /// Until when the link serves, Unix seconds.
        expires_at: i64,
    },
    /// Whether mail still reaches the person.
    AddressCheck {
        /// The secret of the link.
        token: String,
        /// Until when the link serves, Unix seconds.
        expires_at: i64,
    },
    /// Something that happened, and nothing to click that is secret.
    Notice {
        /// The subject line.
        subject: String,
        /// The text, a paragraph each.
        paragraphs: Vec<String>,
        /// A path on the portal to look at, if any.
        path: Option<String>,
    },
}

/// A letter with its address.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Envelope {
    /// Mail address.
    pub to: String,
    /// « Renée Martin ».
    pub name: String,
    /// What is written.
    pub letter: Letter,
}

impl Letter {
    /// Until when it is of use, Unix seconds; always, if it carries no link.
    pub fn expires_at(&self) -> Option<i64> {
        match self {
            Self::Invitation { expires_at, .. }
            | Self::InvitationReminder { expires_at, .. }
            | Self::AddressCheck { expires_at, .. }
            | Self::PasswordReset { expires_at, .. } => Some(*expires_at),
            Self::Notice { .. } => None,
        }
    }
}

fn place(id: &str) -> String {
    format!("outbox/{id}")
}

impl Write<'_> {
    /// Puts a letter to an account's address into the outbox, and gives its id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) async fn post(&mut self, account: &str, letter: Letter) -> Result<String, Error> {
        let (to, given, family): (String, String, String) =
            sqlx::query_as("SELECT login, given_name, family_name FROM accounts WHERE id = $1")
                .bind(account)
                .fetch_optional(&mut *self.tx)
                .await?
                .ok_or_else(|| Error::not_found("account", account))?;
        let envelope = Envelope {
            to,
            name: format!("{given} {family}"),
            letter,
        };
        let id = Uuid::now_v7().to_string();
        let sealed = self.store().seal_letter(&id, &envelope)?;
        sqlx::query("INSERT INTO outbox (id, account, sealed, created_at, next_try_at) VALUES ($1, $2, $3, $4, $4)")
            .bind(&id)
            .bind(account)
            .bind(sealed)
            .bind(self.now)
            .execute(&mut *self.tx)
            .await?;
        self.posted = true;
        Ok(id)
    }
}

impl Store {
    pub(crate) fn seal_letter(&self, id: &str, envelope: &Envelope) -> Result<String, Error> {
        let plain = serde_json::to_vec(envelope).map_err(|_| Error::Sealed)?;
        self.vault.seal(&place(id), &plain)
    }

    pub(crate) fn open_letter(&self, id: &str, sealed: &str) -> Result<Envelope, Error> {
        let plain = self.vault.open(&place(id), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Error::Sealed)
    }

    /// Writes to an account, with nothing else to be done along with it. Gives the letter's id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn notify(&self, account: &str, letter: Letter, by: &str) -> Result<String, Error> {
        let mut write = self.write().await?;
        let id = write.post(account, letter).await?;
        let entry = journal::Entry::by(by, "letter.post", account);
        write.record(&entry).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Waits until this process has committed a letter, if none is waiting already.
    pub async fn letter_posted(&self) {
        self.posted.notified().await;
    }
}
