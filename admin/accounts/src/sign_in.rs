//! The journal as the person reads it whom it is about: log-ins and refusals, by pages.

use crate::dossier::moment;
use crate::error::Error;
use crate::store::Store;
use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// How many entries a page holds.
const PAGE: i64 = 30;
/// How far back it is shown to the person, seconds.
pub(crate) const YEAR: i64 = 366 * 86_400;

/// An entry of the journal about the person. Times are Unix seconds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnEntry {
    /// When.
    #[serde(rename = "le", serialize_with = "moment")]
    pub at: i64,
    /// Whether the person did it, or it was done to the account.
    #[serde(rename = "par_moi")]
    pub own: bool,
    /// `login`, `ouvrir`, `account.suspend` …
    #[serde(rename = "operation")]
    pub act: String,
    /// `portal`, an area, an account …
    #[serde(rename = "objet")]
    pub object: String,
    /// `done`, `permit` or `refusal`.
    #[serde(rename = "issue")]
    pub outcome: String,
}

impl Store {
    /// A page (from 1 on) of the person's log-ins and refusals of twelve months, the newest first, and
    /// how many pages there are.
    pub async fn list_sign_ins(
        &self,
        account: &str,
        page: i64,
    ) -> Result<(Vec<OwnEntry>, i64), Error> {
        let since = self.clock.now() - YEAR;
        let total: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM journal WHERE actor = $1 AND at > $2 AND (act = 'login' OR outcome = 'refusal')",
        )
        .bind(account)
        .bind(since)
        .fetch_one(&self.pool)
        .await?;
        let rows = sqlx::query(
            "SELECT at, actor, act, object, outcome FROM journal
             WHERE actor = $1 AND at > $2 AND (act = 'login' OR outcome = 'refusal')
             ORDER BY seq DESC LIMIT $3 OFFSET $4",
        )
        .bind(account)
        .bind(since)
        .bind(PAGE)
        .bind((page.clamp(1, 100_000) - 1) * PAGE)
        .fetch_all(&self.pool)
        .await?;
        let entries: Result<_, Error> = rows.iter().map(|row| entry(row, account)).collect();
        Ok((entries?, ((total + PAGE - 1) / PAGE).max(1)))
    }
}

/// An entry as the account's holder reads it.
pub(crate) fn entry(row: &AnyRow, account: &str) -> Result<OwnEntry, Error> {
    Ok(OwnEntry {
        at: row.try_get("at")?,
        own: row.try_get::<String, _>("actor")? == account,
        act: row.try_get("act")?,
        object: row.try_get("object")?,
        outcome: row.try_get("outcome")?,
    })
}
