//! The journal: who did what, where, decided how, by which rules, when. Append-only, each entry's
//! MAC covers the one before, and the head knows the last: an altered, missing, added or re-ordered
//! entry shows. People are known by the ids of their accounts, never by name.

use crate::bulk;
use crate::error::Error;
use crate::openings;
use crate::past_decision::Provenance;
use crate::store::Store;
use crate::vault::Vault;
use policies::{Action, CollectiviteId};
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};

/// Something to remember.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    actor: String,
    act: String,
    object: String,
    collectivite: String,
    outcome: String,
    rules: String,
    detail: String,
    provenance: String,
    /// Whether it tells again of an opening that was told of: it is kept, and not counted.
    again: bool,
}

impl Entry {
    /// `actor` (an account's id, `operator`, `anonymous`) did `act` (`rule.publish`) to `object`.
    pub fn by(actor: &str, act: &str, object: &str) -> Self {
        Self {
            actor: actor.to_owned(),
            act: act.to_owned(),
            object: object.to_owned(),
            outcome: "done".to_owned(),
            ..Self::default()
        }
    }

    /// In this collectivité.
    #[must_use]
    pub fn within(mut self, collectivite: &CollectiviteId) -> Self {
        self.collectivite = collectivite.to_string();
        self
    }

    /// `permit` or `refusal`, and the rules that made it.
    #[must_use]
    pub fn decided(mut self, outcome: &str, rules: &[Box<str>]) -> Self {
        outcome.clone_into(&mut self.outcome);
        self.rules = rules.join(" ");
        self
    }

    /// From where and with how much proof.
    #[must_use]
    pub fn asked_from(mut self, provenance: &Provenance) -> Self {
        self.provenance = provenance.to_text();
        self
    }

    /// The same opening as before, from elsewhere.
    #[must_use]
    pub fn again(mut self, again: bool) -> Self {
        self.again = again;
        self
    }

    /// Anything more, in a word.
    #[must_use]
    pub fn detail(mut self, detail: &str) -> Self {
        detail.clone_into(&mut self.detail);
        self
    }

    pub(crate) fn object(&self) -> &str {
        &self.object
    }

    /// The collectivité and the area of an entry that tells of this permit.
    pub(crate) fn permitted(&self, action: Action) -> Option<(&str, &str)> {
        let told = self.outcome == "permit" && self.act == action.as_str() && !self.again;
        told.then_some((&self.collectivite, &self.object))
    }

    fn mac(&self, vault: &Vault, previous: &str, seq: i64, at: i64) -> String {
        let fields = [
            previous,
            &seq.to_string(),
            &at.to_string(),
            &self.actor,
            &self.act,
            &self.object,
            &self.collectivite,
            &self.outcome,
            &self.rules,
            &self.detail,
        ];
        // Entries from before it was kept have none.
        let provenance = (!self.provenance.is_empty()).then_some(&*self.provenance);
        // Lengths first, so that no text can pass for another split.
        let mut message = String::new();
        for field in fields.into_iter().chain(provenance) {
            message.push_str(&field.len().to_string());
            message.push(':');
            message.push_str(field);
        }
        vault.mac(message.as_bytes())
    }
}

/// Where the journal does not hold.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Tampering {
    /// An entry was altered, or stands where another should.
    #[error("entry {0} was altered or does not follow the one before it")]
    Altered(i64),
    /// An entry is missing.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// The journal's end was altered: it was wiped, or shortened.
    #[error("the journal's end, entry {0}, was altered")]
    Shortened(i64),
    /// There is more than the head knows.
    #[error("entry {0} was added behind the journal's head")]
    Added(i64),
}

const INSERT: &str = "INSERT INTO journal (seq, at, actor, act, object, collectivite, outcome, rules, detail, provenance, mac)";

/// Adds entries of one moment; their chain is made in memory, so that thousands are few statements.
pub(crate) async fn append(
    tx: &mut Transaction<'static, Any>,
    vault: &Vault,
    now: i64,
    entries: &[Entry],
) -> Result<(), Error> {
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let head =
        sqlx::query("UPDATE journal_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, mac")
            .bind(count)
            .fetch_one(&mut **tx)
            .await?;
    let (last, mut mac): (i64, String) = (head.try_get("seq")?, head.try_get("mac")?);
    let mut rows = Vec::with_capacity(entries.len());
    for (entry, seq) in entries.iter().zip(last - count + 1..) {
        mac = entry.mac(vault, &mac, seq, now);
        rows.push([
            seq.into(),
            now.into(),
            entry.actor.as_str().into(),
            entry.act.as_str().into(),
            entry.object.as_str().into(),
            entry.collectivite.as_str().into(),
            entry.outcome.as_str().into(),
            entry.rules.as_str().into(),
            entry.detail.as_str().into(),
            entry.provenance.as_str().into(),
            mac.clone().into(),
        ]);
    }
    bulk::insert(tx, INSERT, &rows).await?;
    openings::count(tx, now, entries).await?;
    sqlx::query("UPDATE journal_head SET mac = $1, seal = $2 WHERE id = 1")
        .bind(&mac)
        .bind(seal(vault, last, &mac))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What makes the head the head. An older head with its own seal can be put back only together
/// with the whole database it was part of.
fn seal(vault: &Vault, seq: i64, mac: &str) -> String {
    vault.mac(format!("head:{seq}:{mac}").as_bytes())
}

fn read(row: &AnyRow) -> Result<Entry, Error> {
    Ok(Entry {
        actor: row.try_get("actor")?,
        act: row.try_get("act")?,
        object: row.try_get("object")?,
        collectivite: row.try_get("collectivite")?,
        outcome: row.try_get("outcome")?,
        rules: row.try_get("rules")?,
        detail: row.try_get("detail")?,
        provenance: row.try_get("provenance")?,
        again: false,
    })
}

impl Store {
    /// Adds entries of one moment, in one transaction.
    pub async fn record(&self, entries: &[Entry]) -> Result<(), Error> {
        let mut write = self.write().await?;
        write.record_all(entries).await?;
        write.commit().await
    }

    /// Reads the whole journal against its chain; gives the number of entries. Nodes may write
    /// meanwhile.
    ///
    /// # Errors
    /// The inner error is the first place where it does not hold.
    pub async fn verify_journal(&self) -> Result<Result<i64, Tampering>, Error> {
        let (mut seen, mut mac) = (0, String::new());
        loop {
            let (last, last_mac, last_seal) = self.journal_head().await?;
            // A new installation has an empty journal, until its first write.
            let new = last == 0 && last_seal.is_empty() && self.last_change().await? == 0;
            if !new && seal(&self.vault, last, &last_mac) != last_seal {
                return Ok(Err(Tampering::Shortened(last)));
            }
            if let Err(tampering) = self.verify_entries(&mut seen, &mut mac, last).await? {
                return Ok(Err(tampering));
            }
            if mac != last_mac {
                return Ok(Err(Tampering::Altered(seen)));
            }
            let beyond: Option<i64> =
                sqlx::query_scalar("SELECT MIN(seq) FROM journal WHERE seq > $1")
                    .bind(last)
                    .fetch_one(&self.pool)
                    .await?;
            let Some(beyond) = beyond else {
                return Ok(Ok(seen));
            };
            if self.journal_head().await?.0 == last {
                return Ok(Err(Tampering::Added(beyond)));
            }
        }
    }

    async fn journal_head(&self) -> Result<(i64, String, String), Error> {
        let head = sqlx::query_as("SELECT seq, mac, seal FROM journal_head WHERE id = 1");
        Ok(head.fetch_one(&self.pool).await?)
    }

    /// Goes on from the entry `seen`, whose MAC is `previous`, to the entry `last`.
    async fn verify_entries(
        &self,
        seen: &mut i64,
        previous: &mut String,
        last: i64,
    ) -> Result<Result<(), Tampering>, Error> {
        while *seen < last {
            let rows = sqlx::query(
                "SELECT * FROM journal WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT 1000",
            )
            .bind(*seen)
            .bind(last)
            .fetch_all(&self.pool)
            .await?;
            if rows.is_empty() {
                return Ok(Err(Tampering::Missing(*seen + 1)));
            }
            for row in &rows {
                let (seq, at, mac): (i64, i64, String) =
                    (row.try_get("seq")?, row.try_get("at")?, row.try_get("mac")?);
                if seq != *seen + 1 {
                    return Ok(Err(Tampering::Missing(*seen + 1)));
                }
                if read(row)?.mac(&self.vault, previous, seq, at) != mac {
                    return Ok(Err(Tampering::Altered(seq)));
                }
                (*seen, *previous) = (seq, mac);
            }
        }
        Ok(Ok(()))
    }
}
