//! What a comparison goes by: the rules before and after, everybody, and every place.

use super::super::place::Place;
use super::Study;
use crate::portal::Portal;
use crate::referent::rules::{names, said};
use crate::referent::{Referent, preview};
use accounts::{Error, RollFilter, RuleVersion};
use policies::{Member, Model, Rule, Ruleset};

impl Study {
    /// The change that puts a rule in the place of the one of this id, or takes it away; `newest` are the
    /// newest versions of all rules, as the page shows them.
    pub(in crate::referent::rules) async fn of(
        portal: &Portal,
        referent: &Referent,
        newest: &[RuleVersion],
        (id, rule): (&str, Option<&Rule>),
    ) -> Result<Self, Error> {
        let (entry, vocabulary) = (&referent.entry, portal.directory.vocabulary());
        let build = |rules: &[Rule]| {
            let built = Ruleset::build(vocabulary, &entry.collectivite.tenant(), rules);
            built.map(|ruleset| ruleset.with_networks(entry.networks.clone()))
        };
        let in_force = newest.iter().filter(|version| version.is_in_force());
        let in_force = in_force.map(|version| version.rule.clone());
        // One that does not hold any more counts for nothing, and must be withdrawn all the same.
        let holds = |rule: &Rule| Ruleset::check(vocabulary, &entry.collectivite.id, rule).is_ok();
        let (before, mut broken): (Vec<_>, Vec<_>) = in_force.partition(holds);
        // The end of one, or another text of it, is what mends it.
        let mends = broken.iter().any(|broken| broken.id == id);
        broken.retain(|broken| broken.id != id && !(mends && rule.is_none()));
        let (former, others): (Vec<_>, Vec<_>) = before.iter().partition(|rule| rule.id == id);
        let after: Vec<_> = others.iter().copied().chain(rule).cloned().collect();
        let models = models_of(&former, rule, &others);
        let expert = before.iter().chain(rule).any(|rule| rule.model().is_none());
        let named = before.iter().chain(&broken).chain(rule);
        let named: Vec<_> = named.filter_map(Rule::model).collect();
        Ok(Self {
            before: build(&before)?,
            after: build(&after)?,
            networks: entry.networks.clone(),
            names: names(portal, referent, &named).await?,
            people: people(portal, referent).await?,
            places: Place::all(&referent.services(portal)),
            models,
            expert,
            broken,
        })
    }

    /// Whether circumstances matter that cannot be read off the rules.
    pub(in crate::referent::rules) fn speaks_expert(&self) -> bool {
        self.expert
    }

    /// What keeps the change from counting, in sentences.
    pub(in crate::referent::rules) fn obstacles(&self) -> Vec<String> {
        let broken = self.broken.iter().map(|rule| {
            let rule = said(rule, &self.names);
            format!("La règle «\u{a0}{}\u{a0}» ne tient plus, et rien de nouveau ne compte tant qu’elle est en vigueur\u{a0}: modifiez-la ou retirez-la d’abord.", rule.trim_end_matches('.'))
        });
        broken.collect()
    }
}

/// The rules whose circumstances matter, the one that changes first: those on the same services; all,
/// when nobody can tell what it is about.
fn models_of(former: &[&Rule], rule: Option<&Rule>, others: &[&Rule]) -> Vec<Model> {
    let changed: Vec<_> = rule.into_iter().chain(former.iter().copied()).collect();
    let is_expert = changed.iter().any(|rule| rule.model().is_none());
    let changed: Vec<_> = changed.into_iter().filter_map(Rule::model).collect();
    let others = others.iter().filter_map(|rule| rule.model());
    let beside = others.filter(|other| {
        let same = |model: &Model| model.target.service() == other.target.service();
        is_expert || changed.iter().any(same)
    });
    let beside: Vec<_> = beside.collect();
    changed.into_iter().chain(beside).collect()
}

/// Everybody, by name, with their rights of now.
async fn people(portal: &Portal, referent: &Referent) -> Result<Vec<(String, Member)>, Error> {
    let within = referent.within(portal);
    let profiles = within.list_profiles().await?;
    let entries = within.list_all(&RollFilter::default()).await?;
    let now = portal.store.clock().now();
    let people = within.holders(entries).await?.into_iter().map(|holder| {
        let profile = preview::profile_of(&profiles, holder.entry.profile.as_deref());
        let member = preview::member(referent, &holder, profile, now);
        (holder.entry.full_name(), member)
    });
    Ok(people.collect())
}
