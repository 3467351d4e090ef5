//! A ruleset as Cedar itself, for who proves something of it.

use crate::guardrails;
use crate::ruleset::Ruleset;
use cedar_policy::{EntityUid, Policy, Schema};

/// A ruleset in Cedar.
#[derive(Clone, Debug)]
pub struct Cedar {
    /// What its policies can speak of.
    pub schema: Schema,
    /// The collectivité; nobody's for those who have not logged in.
    pub owner: EntityUid,
    /// All of them.
    pub policies: Vec<Policy>,
    /// Those that the collectivité wrote.
    pub rules: Vec<Policy>,
    /// Those that the CIG wrote above it.
    pub guardrails: Vec<Policy>,
}

impl Ruleset {
    /// The policies themselves, for who proves something of them.
    pub fn to_cedar(&self) -> Cedar {
        let nobody = || "".into();
        let owner = self.tenant();
        let owner = owner.map_or_else(nobody, |(id, _)| id.clone());
        let rules = self.own().iter();
        let rules = rules.filter(|policy| !guardrails::is_reserved(policy.id()));
        Cedar {
            schema: self.vocabulary().schema().clone(),
            owner: self.vocabulary().collectivite(&owner),
            policies: self.policies().cloned().collect(),
            rules: rules.cloned().collect(),
            guardrails: self
                .above()
                .iter()
                .map(|one| one.policy().clone())
                .collect(),
        }
    }
}
