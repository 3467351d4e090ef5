//! What became of an invitation: read off the link and the letter that carried it.

use crate::error::Error;
use crate::rights::places;
use crate::store::Store;
use crate::within::Within;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::HashMap;

/// Where an invitation stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvitationState {
    /// On its way, or arrived.
    Sent,
    /// Its link was opened, perhaps by a program that reads mail.
    Opened,
    /// A password was chosen.
    Activated,
    /// Too late.
    Expired,
    /// The mail server refused it, or it came back.
    Refused,
    /// Withdrawn.
    Revoked,
}

/// An invitation, the last of its account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// Where it stands.
    pub state: InvitationState,
    /// Since when, Unix seconds.
    pub since: i64,
    /// Until when its link serves, or served.
    pub expires_at: i64,
}

impl Store {
    /// The last invitation of an account.
    pub async fn find_invitation(&self, account: &str) -> Result<Option<Invitation>, Error> {
        let row = sqlx::query(
            "SELECT l.created_at, l.expires_at, l.opened_at, l.used_at, l.revoked_at, o.refused_at
             FROM links l JOIN outbox o ON o.id = l.letter
             WHERE l.account = $1 AND l.purpose = 'activation' ORDER BY l.id DESC LIMIT 1",
        )
        .bind(account)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| read(&row, self.clock.now())).transpose()
    }
}

impl Within<'_> {
    /// The last invitation from here of each of these accounts that has one.
    pub async fn list_invitations(
        &self,
        accounts: &[&str],
    ) -> Result<HashMap<String, Invitation>, Error> {
        if accounts.is_empty() {
            return Ok(HashMap::new());
        }
        let statement = format!(
            "SELECT l.account, l.created_at, l.expires_at, l.opened_at, l.used_at, l.revoked_at, o.refused_at
             FROM links l JOIN outbox o ON o.id = l.letter JOIN memberships m ON m.account = l.account
             WHERE m.collectivite = $1 AND m.accepted_at IS NOT NULL AND l.purpose = 'activation'
               AND l.account IN ({}) ORDER BY l.id",
            places(accounts.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(statement)).bind(self.id());
        for account in accounts {
            query = query.bind((*account).to_owned());
        }
        let rows = query.fetch_all(&self.store.pool).await?;
        let now = self.store.clock.now();
        // The later ones replace the earlier.
        rows.iter()
            .map(|row| Ok((row.try_get("account")?, read(row, now)?)))
            .collect()
    }
}

fn read(row: &AnyRow, now: i64) -> Result<Invitation, Error> {
    let time = |column| row.try_get::<Option<i64>, _>(column);
    let expires_at: i64 = row.try_get("expires_at")?;
    let reached = [
        (time("used_at")?, InvitationState::Activated),
        (time("revoked_at")?, InvitationState::Revoked),
        (time("refused_at")?, InvitationState::Refused),
        (
            Some(expires_at).filter(|at| *at <= now),
            InvitationState::Expired,
        ),
        (time("opened_at")?, InvitationState::Opened),
        (Some(row.try_get("created_at")?), InvitationState::Sent),
    ];
    let (since, state) = reached
        .into_iter()
        .find_map(|(at, state)| Some((at?, state)))
        .unwrap_or((expires_at, InvitationState::Expired));
    Ok(Invitation {
        state,
        since,
        expires_at,
    })
}
