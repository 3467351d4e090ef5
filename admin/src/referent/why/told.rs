//! What the rules behind an answer say, and who wrote them when.

use super::Verdict;
use super::answer::Because;
use crate::portal::Portal;
use crate::referent::rules::counting::{counting, published};
use crate::referent::{Referent, rules};
use accounts::Error;
use policies::{Names, Ruleset};
use std::collections::HashMap;

/// What the rules behind an answer say.
pub(super) struct Told<'a> {
    ruleset: &'a Ruleset,
    names: Names,
    /// Who published a rule and when, by its id.
    stories: HashMap<Box<str>, String>,
    /// Before the ids of the collectivité's own.
    own: String,
}

impl<'a> Told<'a> {
    pub(super) async fn of(
        portal: &Portal,
        referent: &Referent,
        (ruleset, at): (&'a Ruleset, i64),
        verdicts: impl Iterator<Item = &Verdict>,
    ) -> Result<Self, Error> {
        let ids = verdicts.flat_map(|verdict| match verdict {
            Ok(permit) => permit.rules().to_vec(),
            Err(refusal) => {
                let missed = refusal.missed().iter().map(|missed| missed.rule.clone());
                refusal.rules().iter().cloned().chain(missed).collect()
            }
        });
        let ids: Vec<_> = ids.collect();
        let models = ids.iter().filter_map(|id| ruleset.model(id).cloned());
        let names = rules::names(portal, referent, &models.collect::<Vec<_>>()).await?;
        let mut stories = HashMap::new();
        for id in ids {
            if let Some(version) = counting(portal, referent, &id, at).await? {
                let story = published(&id, &version);
                stories.insert(id, story);
            }
        }
        Ok(Self {
            ruleset,
            names,
            stories,
            own: referent.own(""),
        })
    }

    pub(super) fn said(&self, rule: &str) -> Option<String> {
        self.ruleset.say(rule, &self.names)
    }

    /// With who wrote it, and where it is changed.
    pub(super) fn with_story(&self, rule: &str, said: String) -> Because {
        let story = self.stories.get(rule).cloned().unwrap_or_default();
        let own = rule.strip_prefix(&*self.own).filter(|_| !story.is_empty());
        let address = own.map(|id| format!("/referent/regles/{id}"));
        Because {
            said,
            story,
            address: address.unwrap_or_default(),
        }
    }
}
