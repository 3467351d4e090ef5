//! Takes letters from the outbox and brings them to the mail server: at once when one is posted here,
//! within seconds when another node posted it or its time has come.

use super::address::MailAddress;
use super::message;
use super::relay::{Answer, Connection, Connector, Relay, RelayError, RelayLogin};
use accounts::{Departure, Error, Store};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The safety net under the wake-up call.
const POLL: Duration = Duration::from_secs(2);
/// Seconds between two looks for letters of long ago.
const PURGE: i64 = 86_400;

/// How letters leave, and what they say of where they come from.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The mail server.
    pub relay: Relay,
    /// Who we are to it.
    pub login: Option<RelayLogin>,
    /// Certificates (PEM) that vouch for it in the place of the system's.
    pub authorities: Option<Vec<u8>>,
    /// Who writes; refusals that come later go there.
    pub from: MailAddress,
    /// Who reads the answers; nobody does unless said.
    pub reply_to: Option<MailAddress>,
}

/// What one round through the outbox did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Round {
    /// Letters that the mail server took.
    pub sent: usize,
    /// Letters that it will never take.
    pub refused: usize,
    /// Letters that will be tried again.
    pub postponed: usize,
}

/// Sends letters.
pub struct Postman {
    store: Store,
    settings: MailSettings,
    /// `https://portail.example.org`.
    portal: String,
    connector: Connector,
}

impl std::fmt::Debug for Postman {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postman")
            .field("relay", &self.settings.relay)
            .finish_non_exhaustive()
    }
}

impl Postman {
    /// `portal` is the origin that links lead to, `host` the name that we greet the mail server with.
    ///
    /// # Errors
    /// Certificates that are none.
    pub fn new(
        store: Store,
        settings: MailSettings,
        portal: &str,
        host: &str,
    ) -> Result<Self, RelayError> {
        let connector = Connector::new(
            &settings.relay,
            settings.login.as_ref(),
            settings.authorities.as_deref(),
            host,
        )?;
        Ok(Self {
            store,
            settings,
            portal: portal.to_owned(),
            connector,
        })
    }

    /// Sends until told to stop; the letter under way is sent to its end.
    pub async fn run(self, stopping: CancellationToken) {
        let mut purged_at = i64::MIN;
        while !stopping.is_cancelled() {
            if let Err(error) = self.deliver(&stopping).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "Could not read or write the outbox");
            }
            let now = self.store.clock().now();
            if now.saturating_sub(purged_at) >= PURGE && self.store.purge_letters().await.is_ok() {
                purged_at = now;
            }
            tokio::select! {
                () = self.store.letter_posted() => {}
                () = tokio::time::sleep(POLL) => {}
                () = stopping.cancelled() => {}
            }
        }
    }

    /// Sends every letter that is due.
    ///
    /// # Errors
    /// The store. What the mail server says is no error: it is kept with the letter.
    pub async fn deliver(&self, stopping: &CancellationToken) -> Result<Round, Error> {
        let mut round = Round::default();
        while !stopping.is_cancelled() {
            let departures = self.store.claim_letters().await?;
            if departures.is_empty() {
                break;
            }
            self.carry(&departures, stopping, &mut round).await?;
        }
        Ok(round)
    }

    /// Brings claimed letters over one connection. When it breaks, the rest waits as well: the next
    /// one would run into the same.
    async fn carry(
        &self,
        departures: &[Departure],
        stopping: &CancellationToken,
        round: &mut Round,
    ) -> Result<(), Error> {
        let (mut connection, mut trouble) = match self.connector.connect().await {
            Ok(connection) => (Some(connection), String::new()),
            Err(error) => {
                let told = error.told();
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "Could not reach the mail server: letters wait");
                (None, told)
            }
        };
        for departure in departures {
            if stopping.is_cancelled() {
                self.store.release(departure).await?;
                continue;
            }
            let answer = match &mut connection {
                Some(open) => self.send(open, departure).await,
                None => Ok(Answer::NotNow(trouble.clone())),
            };
            let answer = answer.unwrap_or_else(|error| {
                // Not the error itself: it may hold what the server said of an address.
                tracing::warn!("The mail server left: letters wait");
                (connection, trouble) = (None, error.told());
                Answer::NotNow(trouble.clone())
            });
            self.note(departure, answer, round).await?;
        }
        if let Some(connection) = connection {
            connection.close().await;
        }
        Ok(())
    }

    async fn send(
        &self,
        connection: &mut Connection,
        departure: &Departure,
    ) -> Result<Answer, RelayError> {
        let written = message::write(
            &departure.id,
            departure.written_at,
            &departure.envelope,
            &self.settings,
            &self.portal,
        );
        let message = match written {
            Ok(message) => message,
            Err(error) => return Ok(Answer::Never(error.to_string())),
        };
        let Some(to) = message.envelope().to().first() else {
            return Ok(Answer::Never("it is for nobody".to_owned()));
        };
        let from = &self.settings.from.0.email;
        connection.send(from, to, &message.formatted()).await
    }

    /// Writes down what became of a letter. What the server said may hold the address: it goes to the
    /// store, never to the log.
    async fn note(
        &self,
        departure: &Departure,
        answer: Answer,
        round: &mut Round,
    ) -> Result<(), Error> {
        let id = &departure.id;
        match answer {
            Answer::Taken => {
                self.store.mark_sent(departure).await?;
                round.sent += 1;
                tracing::info!(letter.id = %id, "Sent a letter");
            }
            Answer::Never(said) => {
                self.store.refuse(departure, &said).await?;
                round.refused += 1;
                tracing::warn!(letter.id = %id, "The mail server refused a letter for good");
            }
            Answer::NotNow(said) => {
                if self.store.postpone(departure, &said).await? {
                    round.postponed += 1;
                    tracing::info!(letter.id = %id, "A letter waits for another try");
                } else {
                    tracing::error!(letter.id = %id, "Gave up a letter");
                }
            }
        }
        Ok(())
    }
}
