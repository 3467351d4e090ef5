//! Which rules are in force: what a change of one of them was looked at beside, and is made beside or
//! not at all.

use super::{RuleVersion, StoredRule};
use crate::error::Error;
use crate::store::Write;
use policies::{CollectiviteId, Rule, Ruleset, Vocabulary};
use std::fmt::{self, Display};

/// The rules in force by id and version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InForce(Vec<(String, i64)>);

impl InForce {
    /// Those among the newest versions of all rules.
    pub fn of(newest: &[RuleVersion]) -> Self {
        let those = newest.iter().filter(|version| version.is_in_force());
        Self::sorted(those.map(|version| (version.rule.id.clone(), version.version)))
    }

    /// These rules.
    pub fn among(rules: &[StoredRule]) -> Self {
        let those = rules.iter();
        Self::sorted(those.map(|stored| (stored.rule.id.clone(), stored.version)))
    }

    fn sorted(those: impl Iterator<Item = (String, i64)>) -> Self {
        let mut those: Vec<_> = those.collect();
        those.sort_unstable();
        Self(those)
    }

    fn is(&self, rows: &[(String, i64, String)]) -> bool {
        let known = rows.iter();
        let known = known.map(|(id, version, _)| (id.clone(), *version));
        Self::sorted(known) == *self
    }
}

/// `ID@VERSION ID@VERSION`.
impl Display for InForce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (id, version)) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { " " };
            write!(formatter, "{separator}{id}@{version}")?;
        }
        Ok(())
    }
}

impl Write<'_> {
    /// Holds changes to the rules that they were looked at beside.
    ///
    /// # Errors
    /// [`Error::Stale`] when others are in force by now.
    pub(super) async fn expect_in_force(
        &mut self,
        collectivite: &CollectiviteId,
        beside: &InForce,
    ) -> Result<(), Error> {
        let rows = self.rules_in_force(collectivite).await?;
        let as_expected = beside.is(&rows).then_some(());
        as_expected.ok_or_else(|| super::stale(collectivite.as_str()))
    }

    /// Id, version and text of each.
    async fn rules_in_force(
        &mut self,
        collectivite: &CollectiviteId,
    ) -> Result<Vec<(String, i64, String)>, Error> {
        let rows = sqlx::query_as(
            "SELECT id, version, text FROM rules r WHERE collectivite = $1 AND withdrawn_at IS NULL AND version =
                (SELECT MAX(n.version) FROM rules n WHERE n.collectivite = $1 AND n.id = r.id)",
        );
        let rows = rows.bind(collectivite.as_str());
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// Whether a rule in force speaks of a network: a text does by its name between quotes.
    pub(crate) async fn is_network_named(
        &mut self,
        collectivite: &CollectiviteId,
        name: &str,
    ) -> Result<bool, Error> {
        let rows = self.rules_in_force(collectivite).await?;
        Ok(rows.into_iter().any(|(id, _, text)| {
            let spoken = text.contains(&format!("\"{name}\""));
            let model = Rule { id, text }.model();
            let named = model.map(|model| model.conditions.networks.contains(name));
            named.unwrap_or(spoken)
        }))
    }

    /// Holds a change of the rule `id` to what it was looked at beside. With a rule that does not hold
    /// any more nodes keep the last rules that did: a change beside it would not count anywhere.
    ///
    /// # Errors
    /// [`Error::Stale`] when other rules are in force by now, [`Error::Policy`] when one of the others
    /// does not hold.
    pub(super) async fn hold_beside(
        &mut self,
        vocabulary: &Vocabulary,
        (collectivite, id): (&CollectiviteId, &str),
        beside: &InForce,
    ) -> Result<(), Error> {
        let rows = self.rules_in_force(collectivite).await?;
        if !beside.is(&rows) {
            return Err(super::stale(id));
        }
        for (other, _, text) in rows {
            if other != id {
                let rule = Rule { id: other, text };
                Ruleset::check(vocabulary, collectivite, &rule)?;
            }
        }
        Ok(())
    }
}
