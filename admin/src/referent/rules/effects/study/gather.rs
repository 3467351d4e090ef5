//! What a comparison goes by: the rules before and after, everybody, and every place.

use super::super::oneself::Oneself;
use super::super::place::Place;
use super::Study;
use super::replay::{BACK, MOST};
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::question::everybody;
use crate::referent::rules::{names, said};
use accounts::{DirectoryEntry, Error, RuleVersion};
use policies::{Guardrail, Model, Rule, Ruleset};
use std::sync::Arc;

impl Study {
    /// The change that puts a rule in the place of the one of this id, or takes it away; `newest` are the
    /// newest versions of all rules, as the page shows them. Boxed, for it is large.
    pub(in crate::referent::rules) async fn of(
        portal: &Portal,
        referent: &Referent,
        newest: &[RuleVersion],
        (id, rule): (&str, Option<&Rule>),
    ) -> Result<Box<Self>, Error> {
        let (entry, vocabulary) = (&referent.entry, portal.directory.vocabulary());
        let rulesets = portal.directory.rulesets();
        let build = |rules: &[Rule]| {
            let built = Ruleset::build(vocabulary, &entry.collectivite.tenant(), rules)?;
            Ok::<_, Error>(built.with_networks(entry.networks.clone()))
        };
        let in_force = newest.iter().filter(|version| version.is_in_force());
        let in_force = in_force.map(|version| version.rule.clone());
        // One that does not hold any more counts for nothing, and must be withdrawn all the same.
        let holds = |rule: &Rule| Ruleset::check(vocabulary, &entry.collectivite.id, rule).is_ok();
        let (before, mut broken): (Vec<_>, Vec<_>) = in_force.partition(holds);
        let current = rulesets.get(&entry.collectivite.id);
        let current = current.filter(|_| !broken.is_empty());
        // The end of one, or another text of it, is what mends it.
        let mends = broken.iter().any(|broken| broken.id == id);
        broken.retain(|broken| broken.id != id && !(mends && rule.is_none()));
        let draft_holds = rule.is_none_or(holds);
        let changed = |known: &&Rule| draft_holds && known.id == id;
        let (former, others): (Vec<_>, Vec<_>) = before.iter().partition(changed);
        let counting = rule.filter(|_| draft_holds);
        let after: Vec<_> = others.iter().copied().chain(counting).cloned().collect();
        let expert = before
            .iter()
            .chain(counting)
            .any(|rule| rule.model().is_none());
        let said = before.iter().chain(&broken).chain(rule);
        let said: Vec<_> = said.filter_map(Rule::model).collect();
        let now = portal.store.clock().now();
        let within = referent.within(portal);
        let names = names(portal, referent, &said).await?;
        let people = everybody(portal, referent, now).await?;
        let past = within.list_past_decisions(now - BACK, MOST).await?;
        let oneself = Oneself::of(portal, referent, (&former, counting), &others).await?;
        let above = rulesets.guardrails();
        let unguarded = (build(&before)?, build(&after)?);
        let (was, is) = judging(&unguarded, (current, broken.is_empty()), above);
        let (places, cut) = Place::all(&referent.services(portal), &[&was, &is], &names);
        Ok(Box::new(Self {
            places,
            cut,
            before: was,
            after: is,
            unguarded,
            networks: entry.networks.clone(),
            names,
            people,
            past,
            targets: rule
                .into_iter()
                .chain(former.iter().copied())
                .filter_map(|rule| Some(rule.model()?.target))
                .collect(),
            models: models_of(&former, counting, &others, &above_of(above, entry)),
            oneself,
            expert,
            draft_holds,
            broken,
        }))
    }

    /// Whether rules tell more documents apart than are shown.
    pub(in crate::referent::rules) fn is_cut(&self) -> bool {
        self.cut
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
        let draft = (!self.draft_holds).then(|| "Ce brouillon ne peut plus être publié\u{a0}: il parle d’un service, d’un rôle, d’un thème ou d’une collection que l’installation n’a plus, ou de ce qui est à d’autres. Modifiez-le ou supprimez-le.".to_owned());
        draft.into_iter().chain(broken).collect()
    }

    /// Whether what is studied is the rule, and not that it, or another, cannot be one.
    pub(in crate::referent::rules) fn holds(&self) -> bool {
        self.draft_holds && self.broken.is_empty()
    }
}

/// What judges before and after. Where a rule does not hold, other rules count than those that are written:
/// the last good ones, or what closes everything. They do so until the last of these rules is mended.
fn judging(
    written: &(Ruleset, Ruleset),
    (current, mended): (Option<&Arc<Ruleset>>, bool),
    above: &[Guardrail],
) -> (Ruleset, Ruleset) {
    let was = current.map_or(&written.0, |current| current);
    let is = current.filter(|_| !mended);
    let is = is.map_or(&written.1, |current| current);
    (was.under(above), is.under(above))
}

/// What the guardrails above a collectivité say.
fn above_of(above: &[Guardrail], entry: &DirectoryEntry) -> Vec<Model> {
    let concerns = |one: &&Guardrail| one.concerns(&entry.collectivite.id);
    let models = above.iter().filter(concerns).filter_map(Guardrail::model);
    models.cloned().collect()
}

/// The rules and guardrails whose circumstances matter, the rule that changes first: those on the same
/// things; all, when nobody can tell what it is about.
fn models_of(
    former: &[&Rule],
    rule: Option<&Rule>,
    others: &[&Rule],
    above: &[Model],
) -> Vec<Model> {
    let changed: Vec<_> = rule.into_iter().chain(former.iter().copied()).collect();
    let is_expert = changed.iter().any(|rule| rule.model().is_none());
    let changed: Vec<_> = changed.into_iter().filter_map(Rule::model).collect();
    let others = others.iter().filter_map(|rule| rule.model());
    let others = others.chain(above.iter().cloned());
    let beside = others.filter(|other| {
        let meets = |model: &Model| model.target.meets(&other.target);
        is_expert || changed.iter().any(meets)
    });
    let beside: Vec<_> = beside.collect();
    changed.into_iter().chain(beside).collect()
}
