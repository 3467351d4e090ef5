//! The journal as a collectivité reads it: its own entries, the newest first, with the people they
//! name while these exist. Entries themselves hold no names.

use crate::error::Error;
use crate::sort_key;
use crate::within::Within;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// How many a page holds.
pub const CHRONICLE_PAGE: i64 = 50;

/// An entry, with whom it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChronicleEntry {
    /// Its number in the journal.
    pub seq: i64,
    /// When, Unix seconds.
    pub at: i64,
    /// `membership.suspend`.
    pub act: String,
    /// Who did it: a name here, or none.
    pub actor: Option<String>,
    /// An id.
    pub object: String,
    /// The name of the member it was done to, if it was one.
    pub member: Option<String>,
    /// `done`, `permit` or `refusal`.
    pub outcome: String,
    /// The rules that decided.
    pub rules: String,
    /// Anything more, in a word.
    pub detail: String,
}

/// Which entries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChronicleFilter {
    /// The beginning of an act: `membership.`; empty for all.
    pub act: String,
    /// A membership's id: what it did and what was done to it; empty for all.
    pub member: String,
    /// A name as one types it: the same for all whom it finds; empty for all.
    pub person: String,
    /// From this moment on, Unix seconds.
    pub from: Option<i64>,
    /// Before this moment, Unix seconds.
    pub until: Option<i64>,
    /// What a refusal page gave as its reference; empty for all.
    pub reference: String,
    /// Only entries before this number; 0 begins with the newest.
    pub before: i64,
}

impl Within<'_> {
    /// A page of entries; fewer than fifty when there are no more.
    pub async fn chronicle(&self, filter: &ChronicleFilter) -> Result<Vec<ChronicleEntry>, Error> {
        let before = if filter.before > 0 {
            filter.before
        } else {
            i64::MAX
        };
        let begins = |act: &str| (!act.is_empty()).then(|| format!("{act}%"));
        let rows = sqlx::query(
            "SELECT j.seq, j.at, j.act, j.object, j.outcome, j.rules, j.detail,
                    (SELECT m.given_name || ' ' || m.family_name FROM memberships m
                     WHERE m.account = j.actor AND m.collectivite = $1) AS actor,
                    (SELECT m.given_name || ' ' || m.family_name FROM memberships m
                     WHERE m.id = j.object AND m.collectivite = $1) AS member
             FROM journal j WHERE j.collectivite = $1 AND j.seq < $2 AND ($3 = '' OR j.act LIKE $3)
               AND ($4 = '' OR j.object = $4 OR j.actor IN
                    (SELECT m.account FROM memberships m WHERE m.id = $4 AND m.collectivite = $1))
               AND ($6 = '' OR (j.outcome = 'refusal' AND j.detail = $6))
               AND ($7 = '' OR j.object IN (SELECT m.id FROM memberships m WHERE m.collectivite = $1 AND m.sort_key LIKE $7)
                    OR j.actor IN (SELECT m.account FROM memberships m WHERE m.collectivite = $1 AND m.sort_key LIKE $7))
               AND j.at >= $8 AND j.at < $9
             ORDER BY j.seq DESC LIMIT $5",
        )
        .bind(self.id())
        .bind(before)
        .bind(begins(&filter.act).unwrap_or_default())
        .bind(&filter.member)
        .bind(CHRONICLE_PAGE)
        .bind(&filter.reference)
        .bind(sort_key::pattern(&filter.person))
        .bind(filter.from.unwrap_or(0))
        .bind(filter.until.unwrap_or(i64::MAX))
        .fetch_all(&self.store.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Notes that the journal is being read; whoever shows entries of it does so first.
    pub async fn note_reading(&self) -> Result<(), Error> {
        let read = self.entry("journal.read", self.id());
        self.store.record(&[read]).await
    }
}

fn read(row: &AnyRow) -> Result<ChronicleEntry, Error> {
    Ok(ChronicleEntry {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        act: row.try_get("act")?,
        actor: row.try_get("actor")?,
        object: row.try_get("object")?,
        member: row.try_get("member")?,
        outcome: row.try_get("outcome")?,
        rules: row.try_get("rules")?,
        detail: row.try_get("detail")?,
    })
}
