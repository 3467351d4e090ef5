//! Every collectivité's ruleset, swapped whole.

use crate::error::Error;
use crate::guardrail::Guardrail;
use crate::principal::{CollectiviteId, Principal};
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::ruleset::{Ruleset, Tenant};
use crate::vocabulary::Vocabulary;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// The rulesets of an installation at one moment.
#[derive(Clone, Debug)]
pub struct Rulesets {
    anonymous: Arc<Ruleset>,
    by_collectivite: HashMap<CollectiviteId, Arc<Ruleset>>,
    guardrails: Arc<[Guardrail]>,
}

impl Rulesets {
    /// The rulesets of these collectivités, and the one for everybody else.
    pub fn new(
        anonymous: Arc<Ruleset>,
        by_collectivite: HashMap<CollectiviteId, Arc<Ruleset>>,
    ) -> Self {
        Self {
            anonymous,
            by_collectivite,
            guardrails: Arc::default(),
        }
    }

    /// The ruleset that judges this principal: its own collectivité's.
    ///
    /// # Errors
    /// A collectivité without a ruleset opens nothing.
    pub fn of(&self, principal: &Principal) -> Result<&Arc<Ruleset>, Refusal> {
        match principal {
            Principal::Anonymous => Ok(&self.anonymous),
            Principal::Member(member) => self
                .get(&member.collectivite)
                .ok_or_else(Refusal::no_ruleset),
        }
    }

    /// Puts a collectivité's ruleset in the place of the one before, under the guardrails.
    pub fn set(&mut self, collectivite: CollectiviteId, ruleset: &Ruleset) {
        let ruleset = Arc::new(ruleset.under(&self.guardrails));
        self.by_collectivite.insert(collectivite, ruleset);
    }

    /// Puts guardrails of the CIG in the place of those before, above every collectivité.
    pub fn set_guardrails(&mut self, guardrails: Vec<Guardrail>) {
        self.guardrails = guardrails.into();
        for ruleset in self.by_collectivite.values_mut() {
            *ruleset = Arc::new(ruleset.under(&self.guardrails));
        }
    }

    /// The guardrails that the CIG wrote.
    pub fn guardrails(&self) -> &[Guardrail] {
        &self.guardrails
    }

    /// The ruleset of a collectivité, if it has one.
    pub fn get(&self, collectivite: &CollectiviteId) -> Option<&Arc<Ruleset>> {
        self.by_collectivite.get(collectivite)
    }
}

impl Ruleset {
    /// The rulesets of many collectivités, in their order, on all processors: those of a whole CIG are built
    /// at once when the program starts.
    ///
    /// # Errors
    /// For each as [`Ruleset::build`].
    pub fn build_all(
        vocabulary: &Arc<Vocabulary>,
        collectivites: &[(Tenant, Vec<Rule>)],
    ) -> Vec<Result<Self, Error>> {
        let all = collectivites.par_iter();
        all.map(|(tenant, rules)| Self::build(vocabulary, tenant, rules))
            .collect()
    }
}
