//! What the rules behind an answer say, and who wrote them when.

use super::Verdict;
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
        })
    }

    pub(super) fn said(&self, rule: &str) -> Option<String> {
        self.ruleset.say(rule, &self.names)
    }

    /// With who wrote it.
    pub(super) fn with_story(&self, rule: &str, said: String) -> (String, String) {
        let story = self.stories.get(rule);
        (said, story.cloned().unwrap_or_default())
    }
}
