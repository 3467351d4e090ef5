//! Changes that an operator makes: looked at beside the rules in force, proved where there is a solver,
//! and made together, or not at all when other rules are in force by then.

use super::folder::conclude;
use super::kept::Kept;
use super::{Made, route};
use crate::config::Config;
use crate::operator::{OPERATOR, say};
use crate::product::vocabulary;
use crate::prover;
use accounts::{Error, InForce, Operation, RuleChange, Store, StoredRule};
use anyhow::Context as _;
use policies::expert::{self, Kind};
use policies::{CollectiviteId, Rule, Ruleset};

/// How a collectivité's rules in force become others.
pub(super) struct Plan {
    owner: CollectiviteId,
    changes: Vec<(Sign, Rule)>,
    beside: InForce,
    /// What holds afterwards.
    after: Vec<Rule>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    New,
    Changed,
    Gone,
    /// In force, and in no file: it stays.
    Kept,
}

impl Plan {
    /// The rules become those of a folder; the others end only when that is asked for.
    pub(super) async fn of(store: &Store, kept: &Kept, withdraw: bool) -> anyhow::Result<Self> {
        let before = in_force(store, &kept.owner).await?;
        let wanted = kept.rules();
        let missing = |rule: &&StoredRule| !wanted.iter().any(|wanted| wanted.id == rule.rule.id);
        let gone = before.iter().filter(missing);
        let sign = if withdraw { Sign::Gone } else { Sign::Kept };
        let gone: Vec<_> = gone.map(|stored| (sign, stored.rule.clone())).collect();
        let news = wanted.iter().filter_map(|rule| sign_of(rule, &before));
        Ok(Self::new(&kept.owner, &before, news.chain(gone)))
    }

    /// One rule begins to count, or another text of it does.
    pub(super) async fn publishing(
        store: &Store,
        owner: &CollectiviteId,
        rule: &Rule,
    ) -> anyhow::Result<Self> {
        let before = in_force(store, owner).await?;
        Ok(Self::new(owner, &before, sign_of(rule, &before)))
    }

    /// One rule ends.
    pub(super) async fn withdrawing(
        store: &Store,
        owner: &CollectiviteId,
        id: &str,
    ) -> anyhow::Result<Self> {
        let before = in_force(store, owner).await?;
        let gone = before.iter().find(|stored| stored.rule.id == id);
        let gone = gone.with_context(|| format!("`{id}` is no rule in force of `{owner}`"))?;
        Ok(Self::new(owner, &before, [(Sign::Gone, gone.rule.clone())]))
    }

    fn new(
        owner: &CollectiviteId,
        before: &[StoredRule],
        changes: impl IntoIterator<Item = (Sign, Rule)>,
    ) -> Self {
        let changes: Vec<_> = changes.into_iter().collect();
        let is_changed = |rule: &&Rule| changes.iter().any(|(_, changed)| changed.id == rule.id);
        let before_rules = before.iter().map(|stored| &stored.rule);
        let others = before_rules.filter(|rule| !is_changed(rule)).cloned();
        let counting = changes.iter().filter(|(sign, _)| *sign != Sign::Gone);
        let counting = counting.map(|(_, rule)| rule.clone());
        Self {
            owner: owner.clone(),
            beside: InForce::among(before),
            after: others.chain(counting).collect(),
            changes,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    pub(super) fn show(&self) -> anyhow::Result<()> {
        for (sign, rule) in &self.changes {
            let sign = match sign {
                Sign::New => "+",
                Sign::Changed => "~",
                Sign::Gone => "-",
                Sign::Kept => "=",
            };
            let said = rule
                .model()
                .map(|model| model.sentence(&policies::Names::default()));
            let said = said.or_else(|| rule.label()).unwrap_or_default();
            say(format_args!("{sign} {}/{} {said}", self.owner, rule.id))?;
        }
        Ok(())
    }

    fn changes(&self) -> impl Iterator<Item = RuleChange> {
        self.changes.iter().filter_map(|(sign, rule)| {
            let owner = self.owner.clone();
            match sign {
                Sign::New | Sign::Changed => Some(RuleChange::Publish(owner, rule.clone())),
                Sign::Gone => Some(RuleChange::Withdraw(owner, rule.id.clone())),
                Sign::Kept => None,
            }
        })
    }

    /// What begins to count: the end of a rule is never held up by a proof.
    fn published(&self) -> impl Iterator<Item = &Rule> {
        let changes = self.changes.iter();
        let begins = |sign| matches!(sign, Sign::New | Sign::Changed);
        changes.filter_map(move |(sign, rule)| begins(*sign).then_some(rule))
    }
}

async fn in_force(store: &Store, owner: &CollectiviteId) -> anyhow::Result<Vec<StoredRule>> {
    let known = store.find_collectivite(owner).await?;
    known.with_context(|| format!("there is no collectivité `{owner}`"))?;
    Ok(store.list_rules(owner).await?)
}

/// What a wanted rule changes; nothing when it is in force as it is.
fn sign_of(rule: &Rule, before: &[StoredRule]) -> Option<(Sign, Rule)> {
    let known = before.iter().find(|known| known.rule.id == rule.id);
    match known {
        None => Some((Sign::New, rule.clone())),
        Some(known) if known.rule.text != rule.text => Some((Sign::Changed, rule.clone())),
        Some(_) => None,
    }
}

/// Makes all of the plans or none, and gives how many changes that were.
pub(super) async fn make(
    config: &Config,
    store: &Store,
    plans: &[Plan],
    made: &Made,
) -> anyhow::Result<usize> {
    anyhow::ensure!(
        !made.reason.trim().is_empty(),
        "`--reason` says why, for the history of the rules"
    );
    for plan in plans.iter().filter(|plan| plan.changes().next().is_some()) {
        let by_two = store.needs_two_people(&plan.owner).await?;
        anyhow::ensure!(
            made.alone || !by_two,
            "`{}` wants two people for each change of its rules: let its référents make it, or write `--alone`, and they are told",
            plan.owner
        );
    }
    for plan in plans
        .iter()
        .filter(|plan| plan.published().next().is_some())
    {
        look_up(config, store, plan).await?;
        prove(config, store, plan).await?;
    }
    let changes: Vec<_> = plans.iter().flat_map(Plan::changes).collect();
    let beside = plans
        .iter()
        .map(|plan| (plan.owner.clone(), plan.beside.clone()));
    let beside: Vec<_> = beside.collect();
    let operation = Operation {
        by: OPERATOR,
        reason: &made.reason,
        alone: made.alone,
        beside: &beside,
    };
    let vocabulary = vocabulary(config)?;
    let done = store.change_rules(&vocabulary, &changes, operation).await;
    match done {
        Err(Error::Stale { id, .. }) => {
            anyhow::bail!("other rules of `{id}` are in force by now: look at the change again")
        }
        done => done?,
    }
    Ok(changes.len())
}

/// Whether all that the new rules name is there.
pub(super) async fn look_up(config: &Config, store: &Store, plan: &Plan) -> anyhow::Result<()> {
    let entrances = gateway::entrances(&config.gateway)?;
    let mut faults = Vec::new();
    for rule in plan.published() {
        let (areas, own): (Vec<_>, Vec<_>) = expert::named(&rule.text)
            .into_iter()
            .partition(|one| one.kind == Kind::Area);
        let areas = areas.into_iter();
        let areas = areas.filter(|one| route(&entrances, &one.id).is_none());
        let unknown = store.list_unknown(&plan.owner, own).await?;
        faults.extend(unknown.into_iter().chain(areas).map(|one| {
            let fault = one.unknown(&rule.text);
            let place = format!(
                "{}/{}.cedar:{}:{}",
                plan.owner, rule.id, fault.line, fault.column
            );
            format!("{place}: {} {}", fault.said, fault.remedy)
        }));
    }
    conclude(&faults)
}

/// Proves what would hold afterwards.
async fn prove(config: &Config, store: &Store, plan: &Plan) -> anyhow::Result<()> {
    let vocabulary = vocabulary(config)?;
    let collectivite = store.find_collectivite(&plan.owner).await?;
    let tenant = collectivite.context("the collectivité is gone")?.tenant();
    let before = Ruleset::build(&vocabulary, &tenant, &[])?;
    let after = Ruleset::build(&vocabulary, &tenant, &plan.after)?;
    let Some(prover) = prover::find(config)? else {
        return say(format_args!(
            "{}: not proved, there is no solver",
            plan.owner
        ));
    };
    let changed: Vec<_> = plan
        .published()
        .map(|rule| format!("{}/{}", plan.owner, rule.id))
        .collect();
    let report = prover.study(&before, &after, &changed).await;
    anyhow::ensure!(
        report.dead.is_empty(),
        "never applies, in no case: {}",
        report.dead.join(", ")
    );
    for verdict in [&report.within, &report.faultless] {
        if let proof::Verdict::Refuted(example) = verdict {
            let case = example.sentence(&policies::Names::default());
            anyhow::bail!("refuted: {} ({case})", example.rules.join(", "));
        }
    }
    anyhow::ensure!(
        report.is_proved(),
        "the rules of `{}` could not be proved in time",
        plan.owner
    );
    Ok(())
}
