//! Between a folder and the store: what differs, and one made like the other. What is imported is checked,
//! held to its expectations and, where there is a solver, proved first.

use super::folder::Folder;
use super::kept::Kept;
use crate::config::Config;
use crate::operator::{OPERATOR, say, with_store};
use crate::product::vocabulary;
use crate::prover;
use accounts::{RuleChange, Schema, Store};
use anyhow::Context as _;
use policies::{CollectiviteId, Rule, Ruleset};
use std::path::Path;

/// How a collectivité's rules in force become those of a folder.
struct Plan {
    owner: CollectiviteId,
    changes: Vec<(&'static str, Rule)>,
    /// What holds afterwards.
    after: Vec<Rule>,
}

const NEW: &str = "+";
const CHANGED: &str = "~";
const GONE: &str = "-";

impl Plan {
    async fn of(store: &Store, kept: &Kept, withdraw: bool) -> anyhow::Result<Self> {
        let owner = &kept.owner;
        let known = store.find_collectivite(owner).await?;
        known.with_context(|| format!("there is no collectivité `{owner}`"))?;
        let before = store.list_rules(owner).await?.into_iter();
        let before: Vec<_> = before.map(|stored| stored.rule).collect();
        let wanted = kept.rules();
        let same = |rule: &&Rule| before.iter().find(|known| known.id == rule.id);
        let news = wanted.iter().filter_map(|rule| match same(&rule) {
            None => Some((NEW, rule.clone())),
            Some(known) if known.text != rule.text => Some((CHANGED, rule.clone())),
            Some(_) => None,
        });
        let missing = |rule: &&Rule| !wanted.iter().any(|wanted| wanted.id == rule.id);
        let gone = before.iter().filter(missing);
        let stays: Vec<_> = gone.clone().filter(|_| !withdraw).cloned().collect();
        let gone = gone.map(|rule| (GONE, rule.clone()));
        Ok(Self {
            owner: owner.clone(),
            changes: news.chain(gone).collect(),
            after: wanted.iter().cloned().chain(stays).collect(),
        })
    }

    fn show(&self) -> anyhow::Result<()> {
        for (sign, rule) in &self.changes {
            let said = rule
                .model()
                .map(|model| model.sentence(&policies::Names::default()));
            let said = said.or_else(|| rule.label()).unwrap_or_default();
            say(format_args!("{sign} {}/{} {said}", self.owner, rule.id))?;
        }
        Ok(())
    }
}

async fn plans(store: &Store, folder: &Folder, withdraw: bool) -> anyhow::Result<Vec<Plan>> {
    let mut plans = Vec::new();
    for kept in &folder.kept {
        plans.push(Plan::of(store, kept, withdraw).await?);
    }
    Ok(plans)
}

/// Shows what importing would change; `-` is withdrawn only when that is asked for.
pub(super) fn diff(folder: &Path, config: &Path) -> anyhow::Result<()> {
    let folder = Folder::read(folder)?;
    with_store(config, Schema::Expect, async |_, store| {
        let plans = plans(store, &folder, true).await?;
        plans.iter().try_for_each(Plan::show)?;
        if plans.iter().all(|plan| plan.changes.is_empty()) {
            say(format_args!("{folder}: as in force"))?;
        }
        Ok(())
    })
}

/// Writes the rules in force of every collectivité that has some. Files of rules that are not in force
/// stay: nothing is deleted.
pub(super) fn export(folder: &Path, config: &Path) -> anyhow::Result<()> {
    with_store(config, Schema::Expect, async |_, store| {
        let mut written = 0;
        for owner in store.list_collectivites().await? {
            let rules = store.list_rules(&owner).await?;
            let inside = folder.join(owner.as_str());
            if !rules.is_empty() {
                std::fs::create_dir_all(&inside).with_context(|| inside.display().to_string())?;
            }
            for stored in rules {
                anyhow::ensure!(
                    stored
                        .rule
                        .id
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
                    "the id `{}` of `{owner}` is no name of a file",
                    stored.rule.id
                );
                let file = inside.join(format!("{}.cedar", stored.rule.id));
                std::fs::write(&file, &stored.rule.text)
                    .with_context(|| file.display().to_string())?;
                written += 1;
            }
        }
        say(format_args!(
            "Wrote {written} rules into `{}`",
            folder.display()
        ))
    })
}

/// Puts the rules of a folder in force, all of them or none.
pub(super) fn import(
    folder: &Path,
    config: &Path,
    (withdraw, reason): (bool, &str),
) -> anyhow::Result<()> {
    let folder = Folder::read(folder)?;
    anyhow::ensure!(
        !reason.trim().is_empty(),
        "`--reason` says why, for the history of the rules"
    );
    let empty = folder
        .kept
        .iter()
        .find(|kept| withdraw && kept.rules.is_empty());
    if let Some(kept) = empty {
        anyhow::bail!(
            "the folder of `{}` has no rule: `--withdraw` would end all of them",
            kept.owner
        );
    }
    with_store(config, Schema::Expect, async |config, store| {
        folder.test(config)?;
        let plans = plans(store, &folder, withdraw).await?;
        for plan in &plans {
            prove(config, store, plan).await?;
        }
        let mut changes = Vec::new();
        for plan in &plans {
            plan.show()?;
            for (sign, rule) in &plan.changes {
                let owner = plan.owner.clone();
                match *sign {
                    GONE if !withdraw => {}
                    GONE => changes.push(RuleChange::Withdraw(owner, rule.id.clone())),
                    _ => changes.push(RuleChange::Publish(owner, rule.clone())),
                }
            }
        }
        let vocabulary = vocabulary(config)?;
        store
            .change_rules(&vocabulary, &changes, (reason, OPERATOR))
            .await?;
        say(format_args!("{} changes are in force", changes.len()))
    })
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
    let report = prover.study(&before, &after, None).await;
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
