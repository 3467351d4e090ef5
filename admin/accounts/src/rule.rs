//! Rules as stored: they belong to a collectivité, and every version is kept. What decisions go by is
//! the newest version of each, unless it was withdrawn.

mod draft;
mod history;
mod in_force;
mod named;
mod two_people;

pub use draft::RuleDraft;
pub(crate) use history::read_version;
pub use history::{EndAsked, RuleVersion, Withdrawal};
pub use in_force::InForce;
pub use two_people::{ByTwo, TwoPeople};

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::{Store, Write};
use policies::{CollectiviteId, Rule, Ruleset, Vocabulary};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::HashSet;

/// The version of a rule that counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredRule {
    /// The rule.
    pub rule: Rule,
    /// From 1 on.
    pub version: i64,
    /// Who wrote this version.
    pub author: String,
    /// When, Unix seconds.
    pub created_at: i64,
}

fn stale(id: &str) -> Error {
    Error::Stale {
        what: "rule",
        id: id.to_owned(),
    }
}

/// One change of an operator's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RuleChange {
    /// A rule, or a new version of it.
    Publish(CollectiviteId, Rule),
    /// The end of the rule of this id.
    Withdraw(CollectiviteId, String),
}

impl RuleChange {
    fn owner(&self) -> &CollectiviteId {
        match self {
            Self::Publish(owner, _) | Self::Withdraw(owner, _) => owner,
        }
    }
}

/// How an operator makes changes.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// Who makes them.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Also where a collectivité wants two people for it.
    pub alone: bool,
    /// The rules in force that they were looked at beside.
    pub beside: &'a [(CollectiviteId, InForce)],
}

impl Store {
    /// Makes all of these changes or none.
    ///
    /// # Errors
    /// [`Error::Policy`] when one is not a rule of its collectivité, [`Error::NotFound`] when one that is
    /// to end is not in force, [`Error::Stale`] when other rules are in force by now,
    /// [`Error::SamePerson`] where two people are needed; nothing is written then. Référents who wanted two are
    /// told of what an operator did alone.
    pub async fn change_rules(
        &self,
        vocabulary: &Vocabulary,
        changes: &[RuleChange],
        operation: Operation<'_>,
    ) -> Result<(), Error> {
        let Operation { by, reason, .. } = operation;
        let (mut write, mut passed) = (self.write().await?, HashSet::new());
        for (owner, beside) in operation.beside {
            write.expect_in_force(owner, beside).await?;
        }
        for change in changes {
            let owner = change.owner();
            let by_two = write.needs_two_people(owner).await?;
            if by_two && !operation.alone {
                return Err(Error::SamePerson);
            }
            if by_two && passed.insert(owner) {
                write
                    .tell_referents(owner.as_str(), &two_people::passed(reason))
                    .await?;
            }
            match change {
                RuleChange::Publish(_, rule) => {
                    Ruleset::check(vocabulary, owner, rule)?;
                    write.add_version(owner, rule, reason, by).await?;
                }
                RuleChange::Withdraw(_, id) => {
                    if !write.end_rule(owner, id, (reason, by)).await? {
                        return Err(Error::not_found("rule", id));
                    }
                }
            }
        }
        write.commit().await
    }

    /// Publishes a rule, or a new version of it, and gives the version's number.
    ///
    /// # Errors
    /// [`Error::Policy`] when it is not a rule of that collectivité; nothing is written then.
    pub async fn publish_rule(
        &self,
        vocabulary: &Vocabulary,
        collectivite: &CollectiviteId,
        rule: &Rule,
        by: &str,
    ) -> Result<i64, Error> {
        Ruleset::check(vocabulary, collectivite, rule)?;
        let mut write = self.write().await?;
        let version = write.add_version(collectivite, rule, "", by).await?;
        write.commit().await?;
        Ok(version)
    }

    /// The rules in force of a collectivité, in the order of their ids, by their authors' names while they are
    /// here.
    pub async fn list_rules(
        &self,
        collectivite: &CollectiviteId,
    ) -> Result<Vec<StoredRule>, Error> {
        let rows = sqlx::query(
            "SELECT id, version, text, created_at, COALESCE((SELECT a.given_name || ' ' || a.family_name
                FROM accounts a WHERE a.id = r.author), author) AS author
             FROM rules r WHERE collectivite = $1 AND withdrawn_at IS NULL AND version =
                   (SELECT MAX(version) FROM rules WHERE collectivite = r.collectivite AND id = r.id)
             ORDER BY id",
        )
        .bind(collectivite.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_stored).collect()
    }

    /// The version of a rule that was the newest at a moment (Unix seconds), by its author's name while they
    /// are here.
    pub async fn rule_version(
        &self,
        collectivite: &CollectiviteId,
        id: &str,
        at: i64,
    ) -> Result<Option<StoredRule>, Error> {
        let row = sqlx::query(
            "SELECT id, version, text, created_at, COALESCE((SELECT a.given_name || ' ' || a.family_name
                FROM accounts a WHERE a.id = r.author), author) AS author
             FROM rules r WHERE collectivite = $1 AND id = $2 AND created_at <= $3 ORDER BY version DESC LIMIT 1",
        )
        .bind(collectivite.as_str())
        .bind(id)
        .bind(at)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read_stored).transpose()
    }
}

pub(crate) fn read_stored(row: &AnyRow) -> Result<StoredRule, Error> {
    Ok(StoredRule {
        rule: Rule {
            id: row.try_get("id")?,
            text: row.try_get("text")?,
        },
        version: row.try_get("version")?,
        author: row.try_get("author")?,
        created_at: row.try_get("created_at")?,
    })
}

impl Write<'_> {
    /// Puts a version of a rule in force and gives its number.
    async fn add_version(
        &mut self,
        collectivite: &CollectiviteId,
        rule: &Rule,
        reason: &str,
        by: &str,
    ) -> Result<i64, Error> {
        let version = sqlx::query_scalar::<_, i64>(
            "INSERT INTO rules (collectivite, id, version, text, author, created_at, reason)
             VALUES ($1, $2, (SELECT COALESCE(MAX(version), 0) + 1 FROM rules WHERE collectivite = $1 AND id = $2),
                     $3, $4, $5, $6)
             RETURNING version",
        )
        .bind(collectivite.as_str())
        .bind(&rule.id)
        .bind(&rule.text)
        .bind(by)
        .bind(self.now)
        .bind(reason)
        .fetch_one(&mut *self.tx)
        .await?;
        let detail = format!("version {version}");
        let entry = Entry::by(by, "rule.publish", &rule.id).within(collectivite);
        self.record(&entry.detail(&detail)).await?;
        let change = Change::Collectivite(collectivite.clone());
        self.change(&change).await?;
        Ok(version)
    }

    /// Ends a rule that is in force; whether there was one.
    async fn end_rule(
        &mut self,
        collectivite: &CollectiviteId,
        id: &str,
        (reason, by): (&str, &str),
    ) -> Result<bool, Error> {
        let ended = sqlx::query(
            "UPDATE rules SET withdrawn_at = $1, withdrawn_by = $2, withdrawal_reason = $3
             WHERE collectivite = $4 AND id = $5 AND withdrawn_at IS NULL
               AND version = (SELECT MAX(r.version) FROM rules r WHERE r.collectivite = $4 AND r.id = $5)",
        )
        .bind(self.now)
        .bind(by)
        .bind(reason)
        .bind(collectivite.as_str())
        .bind(id)
        .execute(&mut *self.tx)
        .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        let change = Change::Collectivite(collectivite.clone());
        self.change(&change).await?;
        let entry = Entry::by(by, "rule.withdraw", id).within(collectivite);
        self.record(&entry).await?;
        Ok(true)
    }
}
