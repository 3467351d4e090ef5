//! Between a folder and the store: what differs, and one made like the other. What is imported is checked
//! and held to its expectations first; how it is put in force is said in `plan.rs`.

use super::Made;
use super::folder::{Folder, GUARDRAILS};
use super::plan::{self, Plan};
use crate::operator::{say, with_store};
use accounts::{Schema, Store};
use anyhow::Context as _;
use policies::Rule;
use std::path::Path;

async fn plans(store: &Store, folder: &Folder, withdraw: bool) -> anyhow::Result<Vec<Plan>> {
    let mut plans = Vec::new();
    for kept in &folder.kept {
        plans.push(Plan::of(store, kept, withdraw).await?);
    }
    Ok(plans)
}

/// Shows what importing would change; `-` is withdrawn only when that is asked for. What names nobody and
/// nothing is a fault, as importing would find it.
pub(super) fn diff(folder: &Path, config: &Path) -> anyhow::Result<()> {
    let folder = Folder::read(folder)?;
    with_store(config, Schema::Expect, async |config, store| {
        let plans = plans(store, &folder, true).await?;
        plans.iter().try_for_each(Plan::show)?;
        for plan in &plans {
            plan::look_up(config, store, plan).await?;
        }
        if plans.iter().all(Plan::is_empty) {
            say(format_args!("{folder}: as in force"))?;
        }
        Ok(())
    })
}

/// Writes the rules in force of every collectivité that has some, and the guardrails above them. Files of
/// what is not in force stay: nothing is deleted.
pub(super) fn export(folder: &Path, config: &Path) -> anyhow::Result<()> {
    with_store(config, Schema::Expect, async |_, store| {
        let mut written = 0;
        for owner in store.list_collectivites().await? {
            let rules = store.list_rules(&owner).await?;
            let rules = rules.into_iter().map(|stored| stored.rule);
            written += write(&folder.join(owner.as_str()), rules)?;
        }
        let guardrails = store.guardrails_in_force().await?.into_iter();
        let above = write(&folder.join(GUARDRAILS), guardrails)?;
        say(format_args!(
            "Wrote {written} rules and {above} guardrails into `{}`",
            folder.display()
        ))
    })
}

/// Writes each into a file, and gives how many they were.
fn write(inside: &Path, rules: impl Iterator<Item = Rule>) -> anyhow::Result<usize> {
    let mut written = 0;
    for Rule { id, text } in rules {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        anyhow::ensure!(
            id.chars().all(is_name),
            "the id `{id}` of `{}` is no name of a file",
            inside.display()
        );
        std::fs::create_dir_all(inside).with_context(|| inside.display().to_string())?;
        let file = inside.join(format!("{id}.cedar"));
        std::fs::write(&file, text).with_context(|| file.display().to_string())?;
        written += 1;
    }
    Ok(written)
}

/// Puts the rules of a folder in force, all of them or none.
pub(super) fn import(
    folder: &Path,
    config: &Path,
    (withdraw, made): (bool, &Made),
) -> anyhow::Result<()> {
    let folder = Folder::read(folder)?;
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
        plans.iter().try_for_each(Plan::show)?;
        let changes = plan::make(config, store, &plans, made).await?;
        say(format_args!("{changes} changes are in force"))
    })
}
