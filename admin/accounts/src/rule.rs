//! Rules as stored: they belong to a collectivité, and every version is kept.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::Store;
use policies::{CollectiviteId, Rule, Ruleset, Vocabulary};
use sqlx::Row as _;

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

impl Store {
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
        let version = sqlx::query_scalar::<_, i64>(
            "INSERT INTO rules (collectivite, id, version, text, author, created_at)
             VALUES ($1, $2, (SELECT COALESCE(MAX(version), 0) + 1 FROM rules WHERE collectivite = $1 AND id = $2),
                     $3, $4, $5)
             RETURNING version",
        )
        .bind(collectivite.as_str())
        .bind(&rule.id)
        .bind(&rule.text)
        .bind(by)
        .bind(write.now)
        .fetch_one(&mut *write.tx)
        .await?;
        write
            .change(&Change::Collectivite(collectivite.clone()))
            .await?;
        let detail = format!("version {version}");
        write
            .record(
                &Entry::by(by, "rule.publish", &rule.id)
                    .within(collectivite)
                    .detail(&detail),
            )
            .await?;
        write.commit().await?;
        Ok(version)
    }

    /// Withdraws a rule; its versions stay.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn withdraw_rule(
        &self,
        collectivite: &CollectiviteId,
        id: &str,
        by: &str,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE rules SET withdrawn_at = $1 WHERE collectivite = $2 AND id = $3 AND withdrawn_at IS NULL",
        )
        .bind(write.now)
        .bind(collectivite.as_str())
        .bind(id)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("rule", id));
        }
        write
            .change(&Change::Collectivite(collectivite.clone()))
            .await?;
        write
            .record(&Entry::by(by, "rule.withdraw", id).within(collectivite))
            .await?;
        write.commit().await
    }

    /// The rules in force of a collectivité, in the order of their ids.
    pub async fn list_rules(
        &self,
        collectivite: &CollectiviteId,
    ) -> Result<Vec<StoredRule>, Error> {
        let rows = sqlx::query(
            "SELECT id, version, text, author, created_at FROM rules r
             WHERE collectivite = $1 AND withdrawn_at IS NULL AND version =
                   (SELECT MAX(version) FROM rules WHERE collectivite = r.collectivite AND id = r.id)
             ORDER BY id",
        )
        .bind(collectivite.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(StoredRule {
                    rule: Rule {
                        id: row.try_get("id")?,
                        text: row.try_get("text")?,
                    },
                    version: row.try_get("version")?,
                    author: row.try_get("author")?,
                    created_at: row.try_get("created_at")?,
                })
            })
            .collect()
    }
}
