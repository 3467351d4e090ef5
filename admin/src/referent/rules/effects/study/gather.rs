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
        // One that does not hold any more counts for nothing, and must be withdrawn all the same.
        let holds = |rule: &Rule| Ruleset::check(vocabulary, &entry.collectivite.id, rule).is_ok();
        let standing = Standing::of(newest, id, holds);
        let judging = standing.judging(rulesets.get(&entry.collectivite.id));
        let (before, mended, broken) = standing.parts(rule.is_none());
        let draft_holds = rule.is_none_or(holds);
        let changed = |known: &&Rule| draft_holds && known.id == id;
        let (mut former, others): (Vec<_>, Vec<_>) = before.iter().partition(changed);
        former.extend(&mended);
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
        let unguarded = judging.of((build(&before)?, build(&after)?));
        let (was, is) = (unguarded.0.under(above), unguarded.1.under(above));
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
            changed: referent.own(id),
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

/// The rules in force.
struct Standing {
    /// Those that hold.
    before: Vec<Rule>,
    /// The one that changes, when it is what does not hold: its end, or another text of it, mends that.
    mended: Vec<Rule>,
    /// The others that do not.
    broken: Vec<Rule>,
}

impl Standing {
    fn of(newest: &[RuleVersion], id: &str, holds: impl Fn(&Rule) -> bool) -> Self {
        let in_force = newest.iter().filter(|version| version.is_in_force());
        let in_force = in_force.map(|version| version.rule.clone());
        let (before, broken): (Vec<_>, Vec<_>) = in_force.partition(holds);
        let (mended, broken) = broken.into_iter().partition(|broken| broken.id == id);
        Self {
            before,
            mended,
            broken,
        }
    }

    fn judging<'a>(&self, current: Option<&'a Arc<Ruleset>>) -> Judging<'a> {
        let lie = !(self.mended.is_empty() && self.broken.is_empty());
        Judging {
            current: current.filter(|_| lie),
            mended: self.broken.is_empty(),
        }
    }

    /// Those that hold, the one that changes if it does not, and the others that hold the change up: none does
    /// the end of one that does not hold.
    fn parts(self, ends: bool) -> (Vec<Rule>, Vec<Rule>, Vec<Rule>) {
        let held_up = !ends || self.mended.is_empty();
        let broken = self.broken.into_iter().filter(|_| held_up);
        (self.before, self.mended, broken.collect())
    }
}

/// What judges before and after. Where a rule does not hold, other rules count than those that are written:
/// the last good ones, or what closes everything. They do so until the last of these rules is mended.
struct Judging<'a> {
    /// What judges now, where one does not hold.
    current: Option<&'a Arc<Ruleset>>,
    /// Whether the change mends the last of them.
    mended: bool,
}

impl Judging<'_> {
    /// Without guardrails; `written` is what the rules say.
    fn of(&self, written: (Ruleset, Ruleset)) -> (Ruleset, Ruleset) {
        let bare = |current: &Arc<Ruleset>| current.under(&[]);
        let then = self.current.filter(|_| !self.mended);
        (
            self.current.map_or(written.0, bare),
            then.map_or(written.1, bare),
        )
    }
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
