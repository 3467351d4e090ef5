//! What the rules and guardrails say that entries of the journal name by their ids.

use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::rules::counting::versions;
use crate::referent::rules::{names, said};
use accounts::{ChronicleEntry, Error, RuleVersion};
use policies::{Guardrail, Rule};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// By the numbers of entries.
pub(crate) struct Said(HashMap<i64, String>);

impl Said {
    /// Of a page of entries.
    pub(crate) async fn of(
        portal: &Portal,
        referent: &Referent,
        entries: &[ChronicleEntry],
    ) -> Result<Self, Error> {
        let mut known: HashMap<String, Vec<RuleVersion>> = HashMap::new();
        for rule in entries.iter().filter_map(|entry| named(referent, entry)) {
            if let Entry::Vacant(unknown) = known.entry(rule) {
                let versions = versions(portal, referent, unknown.key()).await?;
                unknown.insert(versions);
            }
        }
        if known.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let meant = entries.iter().filter_map(|entry| {
            let versions = known.get(&named(referent, entry)?)?;
            Some((entry.seq, &meant(entry, versions)?.rule))
        });
        let meant: HashMap<i64, &Rule> = meant.collect();
        let models: Vec<_> = meant.values().filter_map(|rule| rule.model()).collect();
        let names = names(portal, referent, &models).await?;
        let all = meant.into_iter();
        Ok(Self(
            all.map(|(seq, rule)| (seq, said(rule, &names))).collect(),
        ))
    }

    /// What the one says that an entry names; its id, when nobody knows any more.
    pub(super) fn by<'a>(&'a self, entry: &'a ChronicleEntry) -> &'a str {
        let said = self.0.get(&entry.seq);
        said.map_or(&*entry.object, |said| said.trim_end_matches('.'))
    }
}

/// The rule that an entry is about, as decisions name it.
fn named(referent: &Referent, entry: &ChronicleEntry) -> Option<String> {
    match entry.act.as_str() {
        "rule.publish" | "rule.ask-end" | "rule.keep" | "rule.withdraw" => {
            Some(referent.own(&entry.object))
        }
        "guardrail.publish" | "guardrail.withdraw" => Some(Guardrail::decisive_id(&entry.object)),
        _ => None,
    }
}

/// The version that was published, or that counted then.
fn meant<'a>(entry: &ChronicleEntry, versions: &'a [RuleVersion]) -> Option<&'a RuleVersion> {
    let number = entry.detail.strip_prefix("version ");
    let number: Option<i64> = number.and_then(|number| number.parse().ok());
    let mut versions = versions.iter();
    versions.find(|version| match number {
        Some(number) => version.version == number,
        None => version.created_at <= entry.at,
    })
}
