//! Guardrails that the CIG writes above collectivités, for all of them or for one. A CDG reads
//! them.

mod told;

pub use told::Announced;

use crate::changes::Change;
use crate::cig::CIG;
use crate::error::Error;
use crate::journal::Entry;
use crate::overseen::Overseen;
use crate::rule::{RuleVersion, StoredRule, read_stored, read_version};
use crate::store::{Store, Write};
use crate::within::Within;
use policies::{Guardrail, Rule, Vocabulary};
use sqlx::any::AnyRow;
use told::Concerned;

macro_rules! versions {
    ($end:literal) => {
        concat!(
            "SELECT g.id, g.version, g.text, g.reason, g.created_at, g.withdrawn_at, g.withdrawal_reason,
                (SELECT a.given_name || ' ' || a.family_name FROM accounts a WHERE a.id = g.author) AS author,
                (SELECT a.given_name || ' ' || a.family_name FROM accounts a WHERE a.id = g.withdrawn_by) AS withdrawn_by,
                (SELECT MAX(n.version) FROM guardrails n WHERE n.id = g.id) AS newest
             FROM guardrails g ",
            $end
        )
    };
}

const NEWEST: &str = versions!(
    "WHERE g.version = (SELECT MAX(n.version) FROM guardrails n WHERE n.id = g.id)
     ORDER BY (SELECT MIN(f.created_at) FROM guardrails f WHERE f.id = g.id), g.id"
);

/// The act of an end.
const WITHDRAW: &str = "guardrail.withdraw";

const OF_ONE: &str = versions!("WHERE g.id = $1 ORDER BY g.version DESC");

impl Overseen<'_> {
    /// The newest version of each, withdrawn ones too, in the order of their first publication.
    pub async fn list_guardrails(&self) -> Result<Vec<RuleVersion>, Error> {
        let rows = sqlx::query(NEWEST).fetch_all(&self.store.pool).await?;
        self.shown(&rows).await
    }

    /// Every version of one, the newest first; none for one that is not there.
    pub async fn list_guardrail_versions(&self, id: &str) -> Result<Vec<RuleVersion>, Error> {
        let rows = sqlx::query(OF_ONE).bind(id);
        let rows = rows.fetch_all(&self.store.pool).await?;
        self.shown(&rows).await
    }

    /// Those of all collectivités, and of the ones that are followed: to a CDG another one's does not
    /// exist.
    async fn shown(&self, rows: &[AnyRow]) -> Result<Vec<RuleVersion>, Error> {
        let mut versions = rows
            .iter()
            .map(read_version)
            .collect::<Result<Vec<_>, _>>()?;
        let cdg = self.affiliated_to();
        if !cdg.is_empty() {
            let own: Vec<String> =
                sqlx::query_scalar("SELECT id FROM collectivites WHERE cdg = $1")
                    .bind(cdg)
                    .fetch_all(&self.store.pool)
                    .await?;
            versions.retain(|version| {
                let only = Guardrail::only_of(&version.rule);
                let followed = only.is_none_or(|only| own.iter().any(|id| id == only.as_str()));
                followed && version.rule.model().is_some()
            });
        }
        Ok(versions)
    }

    /// Puts one in force over the version that it was written over (0: there is none), and gives its
    /// version.
    ///
    /// # Errors
    /// [`Error::Policy`] when it is none, [`Error::Stale`] when somebody else was first,
    /// [`Error::NotFound`] for a CDG.
    pub async fn publish_guardrail(
        &self,
        vocabulary: &Vocabulary,
        (rule, based_on): (&Rule, i64),
        announced: Announced<'_>,
    ) -> Result<i64, Error> {
        let Announced { by, reason, .. } = announced;
        self.of_everything()?;
        Guardrail::read(vocabulary, rule)?;
        let mut write = self.write().await?;
        let former = write.guardrail_text(&rule.id, based_on).await?;
        let added = sqlx::query_scalar::<_, i64>(
            "INSERT INTO guardrails (id, version, text, author, created_at, reason)
             SELECT $1, $2, $3, $4, $5, $6
             WHERE $7 = (SELECT COALESCE(MAX(version), 0) FROM guardrails WHERE id = $1) RETURNING version",
        )
        .bind(&rule.id)
        .bind(based_on + 1)
        .bind(&rule.text)
        .bind(by)
        .bind(write.now)
        .bind(reason)
        .bind(based_on)
        .fetch_optional(&mut *write.tx)
        .await?;
        let added = added.ok_or_else(|| stale(&rule.id))?;
        let entry = Entry::by(by, "guardrail.publish", &rule.id);
        let entry = entry.detail(&format!("version {added}"));
        let former = former.as_ref();
        let changed = write.guardrail_changed((entry, Some(rule)), former, announced);
        changed.await?;
        write.commit().await?;
        Ok(added)
    }

    /// Ends one that is in force as it was seen.
    ///
    /// # Errors
    /// [`Error::Stale`] when it is not, or not that version; [`Error::NotFound`] for a CDG.
    pub async fn withdraw_guardrail(
        &self,
        (id, version): (&str, i64),
        announced: Announced<'_>,
    ) -> Result<(), Error> {
        let Announced { by, reason, .. } = announced;
        self.of_everything()?;
        let mut write = self.write().await?;
        let text = write.guardrail_text(id, version).await?;
        let ended = sqlx::query(
            "UPDATE guardrails SET withdrawn_at = $1, withdrawn_by = $2, withdrawal_reason = $3
             WHERE id = $4 AND version = $5 AND withdrawn_at IS NULL
               AND version = (SELECT MAX(g.version) FROM guardrails g WHERE g.id = $4)",
        )
        .bind(write.now)
        .bind(by)
        .bind(reason)
        .bind(id)
        .bind(version)
        .execute(&mut *write.tx)
        .await?;
        if ended.rows_affected() == 0 {
            return Err(stale(id));
        }
        let entry = Entry::by(by, WITHDRAW, id);
        let changed = write.guardrail_changed((entry, None), text.as_ref(), announced);
        changed.await?;
        write.commit().await
    }
}

impl Within<'_> {
    /// Those in force above this collectivité, in the order of their first publication.
    pub async fn list_guardrails_above(&self) -> Result<Vec<RuleVersion>, Error> {
        let rows = sqlx::query(NEWEST).fetch_all(&self.store.pool).await?;
        let mut versions = rows
            .iter()
            .map(read_version)
            .collect::<Result<Vec<_>, _>>()?;
        versions.retain(|version| version.is_in_force() && self.lies_under(version));
        Ok(versions)
    }

    /// Every version of one that is or was above this collectivité, the newest first.
    pub async fn list_guardrail_versions(&self, id: &str) -> Result<Vec<RuleVersion>, Error> {
        let rows = sqlx::query(OF_ONE).bind(id).fetch_all(&self.store.pool);
        let versions = rows.await?;
        let versions = versions.iter().map(read_version);
        let mut versions = versions.collect::<Result<Vec<_>, _>>()?;
        versions.retain(|version| self.lies_under(version));
        Ok(versions)
    }

    fn lies_under(&self, version: &RuleVersion) -> bool {
        let only = Guardrail::only_of(&version.rule);
        only.is_none_or(|only| only == *self.collectivite())
    }
}

impl Store {
    /// Those in force, in the order of their ids.
    pub async fn guardrails_in_force(&self) -> Result<Vec<Rule>, Error> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, text FROM guardrails g WHERE withdrawn_at IS NULL
               AND version = (SELECT MAX(n.version) FROM guardrails n WHERE n.id = g.id) ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        let rules = rows.into_iter().map(|(id, text)| Rule { id, text });
        Ok(rules.collect())
    }

    /// The version of one that was the newest at a moment (Unix seconds).
    pub async fn guardrail_version(&self, id: &str, at: i64) -> Result<Option<StoredRule>, Error> {
        let row = sqlx::query(
            "SELECT id, version, text, created_at, COALESCE((SELECT a.given_name || ' ' || a.family_name
                FROM accounts a WHERE a.id = g.author), author) AS author
             FROM guardrails g WHERE id = $1 AND created_at <= $2 ORDER BY version DESC LIMIT 1",
        );
        let row = row.bind(id).bind(at).fetch_optional(&self.pool).await?;
        row.as_ref().map(read_stored).transpose()
    }
}

impl Write<'_> {
    async fn guardrail_text(&mut self, id: &str, version: i64) -> Result<Option<Rule>, Error> {
        let text = sqlx::query_scalar::<_, String>(
            "SELECT text FROM guardrails WHERE id = $1 AND version = $2 AND withdrawn_at IS NULL",
        );
        let text = text.bind(id).bind(version);
        let text = text.fetch_optional(&mut *self.tx).await?;
        Ok(text.map(|text| Rule {
            id: id.to_owned(),
            text,
        }))
    }

    /// Tells everybody whom a change concerns: those whom the text that counts then is above, if one does, and
    /// those whom only the one that counted until then was.
    async fn guardrail_changed(
        &mut self,
        (entry, counting): (Entry, Option<&Rule>),
        former: Option<&Rule>,
        announced: Announced<'_>,
    ) -> Result<(), Error> {
        let now = match counting {
            Some(text) => Concerned::of(self, text, &Concerned::default()).await?,
            None => Concerned::default(),
        };
        let freed = match former {
            Some(text) => Concerned::of(self, text, &now).await?,
            None => Concerned::default(),
        };
        let ended = Entry::by(announced.by, WITHDRAW, entry.object());
        let mut entries = vec![entry.clone().within(&CIG.into())];
        entries.extend(now.entries(&entry));
        entries.extend(freed.entries(&ended));
        self.record_all(&entries).await?;
        now.tell(self, |whose| told::published(announced, whose))
            .await?;
        let ended = Announced {
            said: counting.map_or(announced.said, |_| announced.before),
            ..announced
        };
        freed
            .tell(self, |whose| told::withdrawn(ended, whose))
            .await?;
        self.change(&Change::Guardrails).await
    }
}

fn stale(id: &str) -> Error {
    Error::Stale {
        what: "guardrail",
        id: id.to_owned(),
    }
}
