//! Newcomers on the way into the tables: the account they have or get, and the letter that fits.

use super::Newcomer;
use crate::account::normal_login;
use crate::bulk;
use crate::error::Error;
use crate::link::Purpose;
use crate::outbox::{Envelope, Letter};
use crate::store::Write;
use crate::token::Token;
use sqlx::AssertSqlSafe;
use std::collections::HashMap;
use uuid::Uuid;

/// Ids in one query.
const CHUNK: usize = 500;

/// A newcomer on the way into the tables.
pub(super) struct Arrival<'a> {
    pub(super) newcomer: &'a Newcomer,
    pub(super) account: String,
    pub(super) membership: String,
    /// Whether the account is new.
    pub(super) fresh: bool,
    /// Whether the person has not chosen a password yet.
    pub(super) waits: bool,
}

impl Write<'_> {
    /// Newcomers with the account they have, or the one they get.
    pub(super) async fn arrivals<'a>(
        &mut self,
        collectivite: &str,
        newcomers: &'a [Newcomer],
    ) -> Result<Vec<Arrival<'a>>, Error> {
        let mut known: HashMap<String, (String, bool)> = HashMap::new();
        for newcomers in newcomers.chunks(CHUNK) {
            let places: Vec<_> = (1..=newcomers.len()).map(|n| format!("${n}")).collect();
            // Nothing but numbered placeholders is added to the literal text.
            let statement = format!(
                "SELECT login, id, password_hash FROM accounts WHERE login IN ({})",
                places.join(", ")
            );
            let mut query =
                sqlx::query_as::<_, (String, String, Option<String>)>(AssertSqlSafe(statement));
            for newcomer in newcomers {
                query = query.bind(normal_login(&newcomer.login));
            }
            let found = query.fetch_all(&mut *self.tx).await?;
            let found = found.into_iter();
            known.extend(found.map(|(login, id, hash)| (login, (id, hash.is_none()))));
        }
        let arrivals = newcomers.iter().map(|newcomer| {
            let account = known.remove(&newcomer.login);
            Arrival {
                newcomer,
                fresh: account.is_none(),
                waits: account.as_ref().is_none_or(|(_, waits)| *waits),
                account: account.map_or_else(|| Uuid::now_v7().to_string(), |(id, _)| id),
                membership: format!("{collectivite}/{}", Uuid::now_v7()),
            }
        });
        Ok(arrivals.collect())
    }

    /// Invites those who are new; asks the others.
    pub(super) async fn write_to(
        &mut self,
        arrivals: &[Arrival<'_>],
        collectivite: &str,
    ) -> Result<(), Error> {
        let (now, expires_at) = (self.now, self.now + Purpose::Activation.lifetime());
        let (mut letters, mut links) = (Vec::new(), Vec::new());
        for arrival in arrivals.iter().filter(|a| a.waits && !a.fresh) {
            self.revoke_links(&arrival.account, Purpose::Activation)
                .await?;
        }
        for arrival in arrivals {
            let id = Uuid::now_v7().to_string();
            let letter = if arrival.waits {
                let token = Token::fresh()?;
                links.push([
                    Uuid::now_v7().to_string().into(),
                    Token::hash(token.as_str()).into(),
                    arrival.account.as_str().into(),
                    Purpose::Activation.as_str().into(),
                    id.clone().into(),
                    now.into(),
                    expires_at.into(),
                ]);
                Letter::Invitation {
                    token: token.as_str().to_owned(),
                    collectivite: collectivite.to_owned(),
                    referent: false,
                    expires_at,
                }
            } else {
                self.proposal(&arrival.account, &arrival.membership, collectivite)
            };
            let envelope = Envelope {
                to: arrival.newcomer.login.clone(),
                name: format!(
                    "{} {}",
                    arrival.newcomer.given_name, arrival.newcomer.family_name
                ),
                letter,
            };
            let sealed = self.store().seal_letter(&id, &envelope)?;
            letters.push([
                id.into(),
                arrival.account.as_str().into(),
                sealed.into(),
                now.into(),
                now.into(),
            ]);
        }
        let insert = "INSERT INTO outbox (id, account, sealed, created_at, next_try_at)";
        bulk::insert(&mut self.tx, insert, &letters).await?;
        let insert =
            "INSERT INTO links (id, token_hash, account, purpose, letter, created_at, expires_at)";
        bulk::insert(&mut self.tx, insert, &links).await?;
        self.posted = true;
        Ok(())
    }
}
