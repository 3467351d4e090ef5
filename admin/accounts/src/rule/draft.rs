//! Rules that a référent prepares. A draft counts for nothing until it is published, and is published
//! over the version that it began from, or not at all.

use super::{ByTwo, InForce, stale};
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
    /// Their account.
    pub author_account: String,
    /// When, Unix seconds.
    pub saved_at: i64,
    /// A writer names the one it has seen; 0 writes the first.
    pub version: i64,
}

macro_rules! drafts {
    ($end:literal) => {
        concat!(
            "SELECT d.id, d.based_on, d.text, d.author AS author_account, d.saved_at, d.version,
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
        author_account: row.try_get("author_account")?,
        saved_at: row.try_get("saved_at")?,
        version: row.try_get("version")?,
    })
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

    /// Saves a draft that begins from a version of the rule (0: there is none yet) and takes the place of
    /// the draft of a version (0: there is none).
    ///
    /// # Errors
    /// [`Error::Policy`] when it is no rule of this collectivité, [`Error::Stale`] when somebody else
    /// saved a draft, or published the rule, meanwhile.
    pub async fn save_draft(
        &self,
        vocabulary: &Vocabulary,
        rule: &Rule,
        based_on: i64,
        version: i64,
    ) -> Result<(), Error> {
        Ruleset::check(vocabulary, self.collectivite(), rule)?;
        let mut write = self.write().await?;
        let statement = if version == 0 {
            "INSERT INTO rule_drafts (based_on, text, author, saved_at, collectivite, id)
             SELECT $1, $2, $3, $4, $5, $6 WHERE $7 = 0
                AND $1 = (SELECT COALESCE(MAX(version), 0) FROM rules WHERE collectivite = $5 AND id = $6)
             ON CONFLICT (collectivite, id) DO NOTHING"
        } else {
            "UPDATE rule_drafts SET based_on = $1, text = $2, author = $3, saved_at = $4, version = version + 1
             WHERE collectivite = $5 AND id = $6 AND version = $7
                AND $1 = (SELECT COALESCE(MAX(version), 0) FROM rules WHERE collectivite = $5 AND id = $6)"
        };
        let saved = sqlx::query(statement)
            .bind(based_on)
            .bind(&rule.text)
            .bind(self.by)
            .bind(write.now)
            .bind(self.id())
            .bind(&rule.id)
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

    /// Makes a draft the rule, as it was read and beside the rules it was looked at with; `reason` is
    /// that of who publishes it. Gives the number of the rule's version.
    ///
    /// # Errors
    /// [`Error::Stale`] when the draft, the rule that it began from or another rule is another one by
    /// now; [`Error::Policy`] when it is no rule any more, or another one in force is none;
    /// [`Error::SamePerson`] for who saved it, where two people are needed.
    pub async fn publish_draft(
        &self,
        vocabulary: &Vocabulary,
        (rule, version): (&Rule, i64),
        beside: &InForce,
        reason: &str,
    ) -> Result<i64, Error> {
        Ruleset::check(vocabulary, self.collectivite(), rule)?;
        let mut write = self.write().await?;
        let which = (self.collectivite(), rule.id.as_str());
        write.hold_beside(vocabulary, which, beside).await?;
        let by_two = write.needs_two_people(self.collectivite()).await?;
        let gone: Option<(i64, String)> = sqlx::query_as(
            "DELETE FROM rule_drafts WHERE collectivite = $1 AND id = $2 AND version = $3 AND text = $4
             RETURNING based_on, author",
        )
        .bind(self.id())
        .bind(&rule.id)
        .bind(version)
        .bind(&rule.text)
        .fetch_optional(&mut *write.tx)
        .await?;
        if by_two && gone.as_ref().is_some_and(|(_, author)| author == self.by) {
            return Err(Error::SamePerson);
        }
        let added = write.add_version(self.collectivite(), rule, reason, self.by);
        let added = added.await?;
        if gone.is_none_or(|(based_on, _)| based_on != added - 1) {
            return Err(stale(&rule.id));
        }
        write.commit().await?;
        Ok(added)
    }

    /// Withdraws a rule that is among those it was looked at beside; its versions stay. One that does
    /// not hold any more can always be withdrawn. Where two people are needed, the first one asks.
    ///
    /// # Errors
    /// [`Error::Stale`] when other rules are in force by now, also for one that is not in force here;
    /// [`Error::Policy`] when another one in force is no rule any more.
    pub async fn withdraw_rule(
        &self,
        vocabulary: &Vocabulary,
        rule: &Rule,
        beside: &InForce,
        reason: &str,
    ) -> Result<ByTwo, Error> {
        let mut write = self.write().await?;
        let which = (self.collectivite(), rule.id.as_str());
        let held = write.hold_beside(vocabulary, which, beside).await;
        let is_held = Ruleset::check(vocabulary, self.collectivite(), rule).is_ok();
        match held {
            Err(Error::Policy(_)) if !is_held => {}
            other => other?,
        }
        let (owner, id) = (self.collectivite(), &rule.id);
        let mut why = reason.to_owned();
        if write.needs_two_people(owner).await? {
            let Some(first) = write.ask_end(owner, id, (reason, self.by)).await? else {
                write.record(&self.entry("rule.ask-end", id)).await?;
                write.commit().await?;
                return Ok(ByTwo::Asked);
            };
            // Both of them stay in the history.
            why = format!("{first}\u{a0}; {reason}");
        }
        if !write.end_rule(owner, id, (&why, self.by)).await? {
            return Err(stale(id));
        }
        write.commit().await?;
        Ok(ByTwo::Done)
    }

    /// Takes back what somebody asked for: the rule stays.
    ///
    /// # Errors
    /// [`Error::Stale`] when nobody asks for its end.
    pub async fn keep_rule(&self, id: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let kept = sqlx::query(
            "UPDATE rules SET withdrawn_by = '', withdrawal_reason = ''
             WHERE collectivite = $1 AND id = $2 AND withdrawn_at IS NULL AND withdrawn_by <> ''",
        )
        .bind(self.id())
        .bind(id)
        .execute(&mut *write.tx)
        .await?;
        if kept.rows_affected() == 0 {
            return Err(stale(id));
        }
        write.record(&self.entry("rule.keep", id)).await?;
        write.commit().await
    }
}
