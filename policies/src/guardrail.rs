//! Guardrails that the CIG writes: rules above those of collectivités, for all of them or for one, that
//! only close. Those that every installation has are part of this crate, `guardrails.rs`.

use crate::error::Error;
use crate::guardrails::{self, invalid};
use crate::model::{Effect, Model, Who};
use crate::principal::CollectiviteId;
use crate::rule::Rule;
use crate::shallow::is_shallow;
use crate::vocabulary::Vocabulary;
use cedar_policy::{Policy, PolicyId};

/// Before the id of each, so that nothing else is called so.
pub(crate) const PREFIX: &str = "cig/garde-fou/";

/// A guardrail in force.
#[derive(Clone, Debug)]
pub struct Guardrail {
    policy: Policy,
    /// None for what stands in the place of those that do not hold.
    model: Option<Model>,
    only: Option<CollectiviteId>,
}

impl Guardrail {
    /// What a model says as a guardrail, in Cedar: of every collectivité, or of one.
    ///
    /// # Errors
    /// [`Error::Rule`] for a model that is none: see [`Guardrail::fits`].
    pub fn write(model: &Model, only: Option<&CollectiviteId>) -> Result<String, Error> {
        if !Self::fits(model) {
            return Err(invalid(PREFIX, &UNFIT));
        }
        model.text(only.map(CollectiviteId::as_str))
    }

    /// Whether a model can be a guardrail: it closes, for everybody, and names nothing that only one
    /// collectivité has.
    pub fn fits(model: &Model) -> bool {
        model.effect != Effect::Allow
            && model.who == Who::default()
            && model.conditions.networks.is_empty()
    }

    /// Reads one as it is stored.
    ///
    /// # Errors
    /// [`Error::Rule`] when it is none.
    pub fn read(vocabulary: &Vocabulary, rule: &Rule) -> Result<Self, Error> {
        let id = Self::decisive_id(&rule.id);
        if !is_shallow(&rule.text) {
            return Err(invalid(&id, &"it is nested too deep"));
        }
        let policy = Policy::parse(Some(PolicyId::new(&id)), &rule.text)
            .map_err(|error| invalid(&id, &error))?;
        let model = Model::of(&policy).filter(Self::fits);
        let model = model.ok_or_else(|| invalid(&id, &UNFIT))?;
        if vocabulary.is_portal(&model.target.service()) {
            return Err(invalid(&id, &"it would close where people manage"));
        }
        vocabulary.validate(&policy)?;
        Ok(Self {
            only: Model::owner(&policy),
            model: Some(model),
            policy,
        })
    }

    /// Reads all that are in force. In the place of one that cannot be read stands the one of the same id
    /// among `known`, or what closes everything: what it closed must not open. One about a service that
    /// the installation has no more closes nothing. Gives what could not be read, too.
    ///
    /// # Errors
    /// A mistake of this crate only.
    pub fn read_all(
        vocabulary: &Vocabulary,
        rules: &[Rule],
        known: &[Self],
    ) -> Result<(Vec<Self>, Vec<Error>), Error> {
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for rule in rules {
            let service = rule.model().map(|model| model.target.service());
            if service.is_some_and(|service| !vocabulary.knows(&service)) {
                continue;
            }
            match Self::read(vocabulary, rule) {
                Ok(guardrail) => read.push(guardrail),
                Err(error) => {
                    let id = PolicyId::new(Self::decisive_id(&rule.id));
                    let last = known.iter().find(|known| *known.policy.id() == id);
                    match last {
                        Some(last) => read.push(last.clone()),
                        None => read.extend(Self::closing()?),
                    }
                    unread.push(error);
                }
            }
        }
        Ok((read, unread))
    }

    /// The only collectivité that a stored one is above; none for all.
    pub fn only_of(rule: &Rule) -> Option<CollectiviteId> {
        rule.owner()
    }

    /// What decisions name one by, of the id that it is stored by.
    pub fn decisive_id(stored: &str) -> String {
        format!("{PREFIX}{stored}")
    }

    /// The id that a guardrail is stored by, of the one that decisions name it by; none for what is none that
    /// the CIG wrote.
    pub fn stored_id(rule: &str) -> Option<&str> {
        rule.strip_prefix(PREFIX)
    }

    fn closing() -> Result<Vec<Self>, Error> {
        let policies = guardrails::unapplied()?.into_iter();
        let closing = policies.map(|policy| Self {
            policy,
            model: None,
            only: None,
        });
        Ok(closing.collect())
    }

    /// What it says.
    pub fn model(&self) -> Option<&Model> {
        self.model.as_ref()
    }

    /// Whether it is above this collectivité.
    pub fn concerns(&self, collectivite: &CollectiviteId) -> bool {
        self.only.as_ref().is_none_or(|only| only == collectivite)
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }
}

const UNFIT: &str = "a guardrail closes, for everybody, and names no network";
