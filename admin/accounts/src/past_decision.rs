//! Decisions of the past as the journal keeps them, for a change of rules to be tried on.

use crate::error::Error;
use crate::within::Within;
use policies::Action;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

/// From where and with how much proof somebody asked, as far as rules speak of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Whether a second factor was used at login.
    pub second_factor: bool,
    /// The collectivité's networks that the address lay in, by their names then.
    pub networks: BTreeSet<String>,
}

impl Provenance {
    /// As the journal keeps it.
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastDecision {
    /// When, Unix seconds.
    pub at: i64,
    /// Whose account.
    pub account: String,
    /// What they wanted to do.
    pub action: Action,
    /// Where, by its id: `site/espace-reserve`.
    pub area: String,
    /// Whether they were let through.
    pub permitted: bool,
    /// In which circumstances; not known of entries from before they were kept.
    pub provenance: Option<Provenance>,
}

impl Within<'_> {
    /// Those from a moment on (Unix seconds), the newest first, so many at most. The journal has one
    /// permit for each person, area, action, hour and place that they asked from, and refusals one by one.
    pub async fn list_past_decisions(
        &self,
        since: i64,
        most: i64,
    ) -> Result<Vec<PastDecision>, Error> {
        let rows = sqlx::query(
            "SELECT at, actor, act, object, outcome, provenance FROM journal
             WHERE collectivite = $1 AND at >= $2 AND act IN ('ouvrir', 'envoyer') AND outcome IN ('permit', 'refusal')
             ORDER BY seq DESC LIMIT $3",
        )
        .bind(self.id())
        .bind(since)
        .bind(most)
        .fetch_all(&self.store.pool)
        .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &AnyRow) -> Result<PastDecision, Error> {
    let (act, outcome): (String, String) = (row.try_get("act")?, row.try_get("outcome")?);
    let sends = act == Action::Envoyer.as_str();
    let provenance: String = row.try_get("provenance")?;
    Ok(PastDecision {
        at: row.try_get("at")?,
        account: row.try_get("actor")?,
        action: if sends {
            Action::Envoyer
        } else {
            Action::Ouvrir
        },
        area: row.try_get("object")?,
        permitted: outcome == "permit",
        provenance: serde_json::from_str(&provenance).ok(),
    })
}
