//! What the rules of a collectivité call people and things, and what they say with it.

use super::people::spell;
use crate::portal::Portal;
use crate::referent::Referent;
use accounts::{Error, NetworkRecord, RollFilter};
use policies::{Collection, Labels, Model, Names, Rule, Theme};
use std::collections::{BTreeSet, HashMap};

/// The names of whatever these rules can speak of; of people, those that they name.
pub(crate) async fn names(
    portal: &Portal,
    referent: &Referent,
    models: &[Model],
) -> Result<Names, Error> {
    let within = referent.within(portal);
    let (mut names, groups) = (services(portal), within.list_groups().await?);
    for group in &groups {
        names.groups.add(group.id.as_str(), &group.name);
    }
    for profile in &within.list_profiles().await? {
        names.profiles.add(&profile.id, &profile.name);
    }
    for NetworkRecord { name, .. } in &within.list_networks().await? {
        names.networks.add(name, name);
    }
    let people: BTreeSet<_> = models.iter().flat_map(|model| model.who.people()).collect();
    for id in people {
        let name = match within.get(id).await {
            Ok(entry) => entry.full_name(),
            Err(Error::NotFound { .. }) => "une personne partie".to_owned(),
            Err(error) => return Err(error),
        };
        names.agents.add(id.as_str(), &name);
    }
    Ok(names)
}

/// The same with everybody's: a sentence may name anybody. Two who are called alike are called by their
/// addresses too, so that neither is taken for the other.
pub(super) async fn everybody(portal: &Portal, referent: &Referent) -> Result<Names, Error> {
    let mut names = names(portal, referent, &[]).await?;
    let entries = referent
        .within(portal)
        .list_all(&RollFilter::default())
        .await?;
    let mut called: HashMap<String, usize> = HashMap::new();
    for entry in &entries {
        *called.entry(entry.full_name()).or_default() += 1;
    }
    for entry in &entries {
        let name = entry.full_name();
        let alone = called.get(&name) == Some(&1);
        let name = if alone { name } else { spell(entry) };
        names.agents.add(entry.id.as_str(), &name);
    }
    Ok(names)
}

/// Those of services, their areas and what documents are sorted by.
pub(crate) fn services(portal: &Portal) -> Names {
    let classification = portal.directory.vocabulary().classification();
    let themes = classification.themes().iter().map(Theme::as_str);
    let collections = classification.collections().iter().map(Collection::as_str);
    let mut names = Names {
        themes: themes.map(|name| (name, name)).collect(),
        collections: collections.map(|name| (name, name)).collect(),
        ..Names::default()
    };
    for entrance in &portal.entrances {
        let id = entrance.id.as_str();
        names.services.add(id, &entrance.name);
        let areas = entrance.areas.iter();
        let areas: Labels = areas
            .map(|area| (&*area.route.id, area.name.as_str()))
            .collect();
        names.areas.insert(id.to_owned(), areas);
    }
    names
}

/// A rule in a sentence; « texte expert » says what its author wrote of it.
pub(crate) fn said(rule: &Rule, names: &Names) -> String {
    match rule.model() {
        Some(model) => model.sentence(names),
        None => match rule.label() {
            Some(label) => format!("{label} (texte expert)"),
            None => format!("Règle en texte expert «\u{a0}{}\u{a0}»", rule.id),
        },
    }
}
