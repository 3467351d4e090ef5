//! What is done without anybody asking, once a day: reviews of rights go on, what ends soon is
//! announced, addresses are asked to be confirmed.

use crate::error::Error;
use crate::store::Store;
use policies::ServiceId;

/// What the rounds go by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rounds {
    /// The services and what letters call them.
    pub services: Vec<(ServiceId, String)>,
    /// After how many seconds an address is to be confirmed again; never when none.
    pub confirm_addresses_after: Option<i64>,
}

impl Rounds {
    /// What letters call a service.
    pub(crate) fn name<'a>(&'a self, service: &'a str) -> &'a str {
        let known = self.services.iter().find(|(id, _)| id.as_str() == service);
        known.map_or(service, |(_, name)| name)
    }
}

impl Store {
    /// Does what is due. However often it is called, and on however many nodes, each thing is done
    /// once: what was done is written down in the same transaction.
    pub async fn daily_round(&self, rounds: &Rounds) -> Result<(), Error> {
        self.tend_reviews().await?;
        self.remind_invited().await?;
        self.remind_proposed().await?;
        self.announce_ends(rounds).await?;
        if let Some(after) = rounds.confirm_addresses_after {
            self.ask_for_confirmations(after).await?;
        }
        self.keep_first_versions().await
    }
}
