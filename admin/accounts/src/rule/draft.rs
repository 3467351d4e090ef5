//! Rules that a référent prepares. A draft counts for nothing until it is published, and is published
//! over the version that it began from, or not at all.

use crate::error::Error;
use crate::within::Within;
use policies::{Rule, Ruleset, Vocabulary};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A rule in preparation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleDraft {
    /// What it would become.
    pub rule: Rule,
    /// The version that it began from; 0 for a rule that is new.
    pub based_on: i64,
    /// The name of who saved it last, while they are here.
    pub author: Option<String>,
    /// When, Unix seconds.
    pub saved_at: i64,
    /// A writer names the one it has seen; 0 writes the first.
    pub version: i64,
}

macro_rules! drafts {
    ($end:literal) => {
        concat!(
            "SELECT d.id, d.based_on, d.text, d.saved_at, d.version,
                (SELECT m.given_name || ' ' || m.family_name FROM memberships m
                 WHERE m.account = d.author AND m.collectivite = d.collectivite) AS author
             FROM rule_drafts d WHERE d.collectivite = $1 ",
            $end
        )
    };
}

fn read(row: &AnyRow) -> Result<RuleDraft, Error> {
    Ok(RuleDraft {
        rule: Rule {
            id: row.try_get("id")?,
            text: row.try_get("text")?,
        },
        based_on: row.try_get("based_on")?,
        author: row.try_get("author")?,
        saved_at: row.try_get("saved_at")?,
        version: row.try_get("version")?,
    })
}

fn stale(id: &str) -> Error {
    Error::Stale {
        what: "rule",
        id: id.to_owned(),
    }
}

impl Within<'_> {
    /// The drafts, the newest first.
    pub async fn list_drafts(&self) -> Result<Vec<RuleDraft>, Error> {
        let rows = sqlx::query(drafts!("ORDER BY d.saved_at DESC, d.id"))
            .bind(self.id())
            .fetch_all(&self.store.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// The draft of a rule.
    pub async fn find_draft(&self, id: &str) -> Result<Option<RuleDraft>, Error> {
        let row = sqlx::query(drafts!("AND d.id = $2"))
            .bind(self.id())
            .bind(id)
            .fetch_optional(&self.store.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Saves a draft; of version 0, a first one.
    ///
    /// # Errors
    /// [`Error::Policy`] when it is no rule of this collectivité, [`Error::Stale`] when somebody else
    /// saved one meanwhile.
    pub async fn save_draft(
        &self,
        vocabulary: &Vocabulary,
        rule: &Rule,
        based_on: i64,
        version: i64,
    ) -> Result<(), Error> {
        Ruleset::check(vocabulary, self.collectivite(), rule)?;
        let mut write = self.write().await?;
        let saved = sqlx::query(
            "INSERT INTO rule_drafts (collectivite, id, based_on, text, author, saved_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (collectivite, id) DO UPDATE SET text = $4, author = $5, saved_at = $6,
                 version = rule_drafts.version + 1
             WHERE rule_drafts.version = $7",
        )
        .bind(self.id())
        .bind(&rule.id)
        .bind(based_on)
        .bind(&rule.text)
        .bind(self.by)
        .bind(write.now)
        .bind(version)
        .execute(&mut *write.tx)
        .await?;
        if saved.rows_affected() == 0 {
            return Err(stale(&rule.id));
        }
        write.record(&self.entry("rule.draft", &rule.id)).await?;
        write.commit().await
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`Error::Stale`], also for one that is not here.
    pub async fn discard_draft(&self, id: &str, version: i64) -> Result<(), Error> {
        let mut write = self.write().await?;
        let gone = sqlx::query(
            "DELETE FROM rule_drafts WHERE collectivite = $1 AND id = $2 AND version = $3",
        )
        .bind(self.id())
        .bind(id)
        .bind(version)
        .execute(&mut *write.tx)
        .await?;
        if gone.rows_affected() == 0 {
            return Err(stale(id));
        }
        write.record(&self.entry("rule.discard", id)).await?;
        write.commit().await
    }

    /// Makes a draft the rule, as it was read, with the reason of who publishes it; gives the number of
    /// the rule's version.
    ///
    /// # Errors
    /// [`Error::Stale`] when the draft, or the rule that it began from, is another one by now;
    /// [`Error::Policy`] when it is no rule any more.
    pub async fn publish_draft(
        &self,
        vocabulary: &Vocabulary,
        rule: &Rule,
        version: i64,
        reason: &str,
    ) -> Result<i64, Error> {
        Ruleset::check(vocabulary, self.collectivite(), rule)?;
        let mut write = self.write().await?;
        let based_on: Option<i64> = sqlx::query_scalar(
            "DELETE FROM rule_drafts WHERE collectivite = $1 AND id = $2 AND version = $3 AND text = $4
             RETURNING based_on",
        )
        .bind(self.id())
        .bind(&rule.id)
        .bind(version)
        .bind(&rule.text)
        .fetch_optional(&mut *write.tx)
        .await?;
        let added = write.add_version(self.collectivite(), rule, reason, self.by);
        let added = added.await?;
        if based_on != Some(added - 1) {
            return Err(stale(&rule.id));
        }
        write.commit().await?;
        Ok(added)
    }

    /// Withdraws a rule of a certain version; its versions stay.
    ///
    /// # Errors
    /// [`Error::Stale`], also for one that is not in force here.
    pub async fn withdraw_rule(&self, id: &str, version: i64, reason: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let said = (reason, self.by);
        let ended = write.end_rule(self.collectivite(), id, Some(version), said);
        if !ended.await? {
            return Err(stale(id));
        }
        write.commit().await
    }
}
