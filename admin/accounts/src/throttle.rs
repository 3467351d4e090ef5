//! Slows guessing down without making a weapon of it (CNIL 2022-100, case 2). Failures count for a
//! login from one network, for a login from everywhere, and for a network; a network from which the
//! login succeeded before keeps its own lane, so strangers cannot lock the last référent out.
//! Successes never count.

use crate::error::Error;
use crate::store::{Store, Write};
use crate::token::Token;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

const DAY: i64 = 86_400;
/// Wrong tries of one login from one network before each further one waits.
const FREE_TRIES: i64 = 5;
/// Wrong tries of one login from unknown networks in a day.
const TRIES_A_DAY: i64 = 25;
/// Wrong tries from one network in ten minutes: a town hall shares one address.
const TRIES_OF_A_NETWORK: i64 = 100;
/// How long a success keeps a network known.
const KNOWN: i64 = 90 * DAY;

/// Where a try comes from and whom it is for, as the counters know them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Origin {
    login_hash: String,
    network: String,
}

impl Origin {
    pub(crate) fn new(login: &str, address: Option<IpAddr>) -> Self {
        Self {
            login_hash: Token::hash(login),
            network: address.map_or_else(|| "unknown".to_owned(), network),
        }
    }
}

impl Origin {
    pub(crate) fn login_hash(&self) -> &str {
        &self.login_hash
    }

    pub(crate) fn network(&self) -> &str {
        &self.network
    }
}

/// One try at a time for a login from a network.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<Origin, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    pub(crate) fn of(&self, origin: &Origin) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        turns.entry(origin.clone()).or_default().clone()
    }
}

/// The /24 or /64 of an address.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

impl Store {
    /// How many seconds a further try must wait; 0 when it may go on.
    pub(crate) async fn wait_before_login(&self, origin: &Origin) -> Result<i64, Error> {
        let now = self.clock.now();
        let here = self.failures_here(origin, now).await?;
        if here.0 >= FREE_TRIES {
            let delay = 60_i64 << (here.0 - FREE_TRIES).min(4);
            let wait = here.1 + delay.min(900) - now;
            if wait > 0 {
                return Ok(wait);
            }
        }
        let network = self
            .count(
                "SELECT COUNT(*) FROM login_tries WHERE network = $1 AND at > $2 AND success = 0",
                &origin.network,
                now - 600,
            )
            .await?;
        if network >= TRIES_OF_A_NETWORK && !self.knows(origin, now).await? {
            return Ok(60);
        }
        let everywhere = self
            .count(
                "SELECT COUNT(*) FROM login_tries WHERE login_hash = $1 AND at > $2 AND success = 0",
                &origin.login_hash,
                now - DAY,
            )
            .await?;
        if everywhere >= TRIES_A_DAY && !self.knows(origin, now).await? {
            return Ok(900);
        }
        Ok(0)
    }

    /// Failures of this login from this network since its last success there, and the last one's time.
    async fn failures_here(&self, origin: &Origin, now: i64) -> Result<(i64, i64), Error> {
        let since = sqlx::query_scalar::<_, Option<i64>>(
            "SELECT MAX(at) FROM login_tries WHERE login_hash = $1 AND network = $2 AND success = 1",
        )
        .bind(&origin.login_hash)
        .bind(&origin.network)
        .fetch_one(&self.pool)
        .await?;
        let row: (i64, i64) = sqlx::query_as(
            "SELECT COUNT(*), COALESCE(MAX(at), 0) FROM login_tries
             WHERE login_hash = $1 AND network = $2 AND success = 0 AND at > $3 AND at >= $4",
        )
        .bind(&origin.login_hash)
        .bind(&origin.network)
        .bind(now - DAY)
        .bind(since.unwrap_or(0))
        .fetch_one(&self.pool)
        .await?;
        Ok(row)
    }

    async fn knows(&self, origin: &Origin, now: i64) -> Result<bool, Error> {
        let successes: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM login_tries WHERE login_hash = $1 AND network = $2 AND at > $3 AND success = 1",
        )
        .bind(&origin.login_hash)
        .bind(&origin.network)
        .bind(now - KNOWN)
        .fetch_one(&self.pool)
        .await?;
        Ok(successes > 0)
    }

    async fn count(&self, query: &'static str, key: &str, since: i64) -> Result<i64, Error> {
        Ok(sqlx::query_scalar(query)
            .bind(key)
            .bind(since)
            .fetch_one(&self.pool)
            .await?)
    }
}

impl Write<'_> {
    /// Counts a try; a success forgets the failures from there.
    pub(crate) async fn count_try(&mut self, origin: &Origin, success: bool) -> Result<(), Error> {
        if success {
            sqlx::query("DELETE FROM login_tries WHERE login_hash = $1 AND network = $2")
                .bind(&origin.login_hash)
                .bind(&origin.network)
                .execute(&mut *self.tx)
                .await?;
        }
        sqlx::query("INSERT INTO login_tries (id, login_hash, network, at, success) VALUES ($1, $2, $3, $4, $5)")
            .bind(Uuid::now_v7().to_string())
            .bind(&origin.login_hash)
            .bind(&origin.network)
            .bind(self.now)
            .bind(i64::from(success))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
