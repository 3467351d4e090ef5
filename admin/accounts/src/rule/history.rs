//! Every version of a collectivité's rules: who published it, when and why, and whether it counts.

use crate::error::Error;
use crate::within::Within;
use policies::Rule;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A version of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleVersion {
    /// What it says.
    pub rule: Rule,
    /// From 1 on.
    pub version: i64,
    /// The name of who published it, while they are here.
    pub author: Option<String>,
    /// Why.
    pub reason: String,
    /// When, Unix seconds.
    pub created_at: i64,
    /// Whether a newer version took its place.
    pub superseded: bool,
    /// How it ended, if it was withdrawn.
    pub withdrawal: Option<Withdrawal>,
    /// Who asks for its end, where that takes two people.
    pub end_asked: Option<EndAsked>,
}

/// Somebody asks for the end of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndAsked {
    /// Their account.
    pub account: String,
    /// Their name, while they are here.
    pub name: Option<String>,
    /// Why.
    pub reason: String,
}

/// The end of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withdrawal {
    /// When, Unix seconds.
    pub at: i64,
    /// The name of whose work it was, while they are here.
    pub author: Option<String>,
    /// Why.
    pub reason: String,
}

impl RuleVersion {
    /// Whether decisions go by it.
    pub fn is_in_force(&self) -> bool {
        !self.superseded && self.withdrawal.is_none()
    }
}

macro_rules! versions {
    ($end:literal) => {
        concat!(
            "SELECT r.id, r.version, r.text, r.reason, r.created_at, r.withdrawn_at, r.withdrawal_reason, r.withdrawn_by AS ender,
                (SELECT m.given_name || ' ' || m.family_name FROM memberships m
                 WHERE m.account = r.author AND m.collectivite = r.collectivite) AS author,
                (SELECT m.given_name || ' ' || m.family_name FROM memberships m
                 WHERE m.account = r.withdrawn_by AND m.collectivite = r.collectivite) AS withdrawn_by,
                (SELECT MAX(n.version) FROM rules n WHERE n.collectivite = r.collectivite AND n.id = r.id) AS newest
             FROM rules r WHERE r.collectivite = $1 ",
            $end
        )
    };
}

/// A version as a row of any text that is published in versions tells it, nobody asking for its end.
pub(crate) fn read_version(row: &AnyRow) -> Result<RuleVersion, Error> {
    let version: i64 = row.try_get("version")?;
    let withdrawn_at: Option<i64> = row.try_get("withdrawn_at")?;
    let withdrawal = withdrawn_at.map(|at| {
        Ok::<_, Error>(Withdrawal {
            at,
            author: row.try_get("withdrawn_by")?,
            reason: row.try_get("withdrawal_reason")?,
        })
    });
    Ok(RuleVersion {
        rule: Rule {
            id: row.try_get("id")?,
            text: row.try_get("text")?,
        },
        version,
        author: row.try_get("author")?,
        reason: row.try_get("reason")?,
        created_at: row.try_get("created_at")?,
        superseded: version < row.try_get::<i64, _>("newest")?,
        withdrawal: withdrawal.transpose()?,
        end_asked: None,
    })
}

fn read(row: &AnyRow) -> Result<RuleVersion, Error> {
    let version = read_version(row)?;
    let ender: String = row.try_get("ender")?;
    if version.withdrawal.is_some() || ender.is_empty() {
        return Ok(version);
    }
    let end_asked = EndAsked {
        account: ender,
        name: row.try_get("withdrawn_by")?,
        reason: row.try_get("withdrawal_reason")?,
    };
    Ok(RuleVersion {
        end_asked: Some(end_asked),
        ..version
    })
}

impl Within<'_> {
    /// The newest version of every rule, withdrawn ones too, in the order of their first publication.
    pub async fn list_rules(&self) -> Result<Vec<RuleVersion>, Error> {
        let rows = sqlx::query(versions!(
            "AND r.version = (SELECT MAX(n.version) FROM rules n WHERE n.collectivite = $1 AND n.id = r.id)
             ORDER BY (SELECT MIN(f.created_at) FROM rules f WHERE f.collectivite = $1 AND f.id = r.id), r.id"
        ))
        .bind(self.id())
        .fetch_all(&self.store.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Every version of a rule, the newest first; none for a rule that is not here.
    pub async fn list_versions(&self, id: &str) -> Result<Vec<RuleVersion>, Error> {
        let rows = sqlx::query(versions!("AND r.id = $2 ORDER BY r.version DESC"))
            .bind(self.id())
            .bind(id)
            .fetch_all(&self.store.pool)
            .await?;
        rows.iter().map(read).collect()
    }
}
