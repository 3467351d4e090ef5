//! `convergences policy …`: the rules of collectivités, in the store and in folders of files that a CIG
//! keeps as it keeps its code.

mod court;
mod exchange;
mod expectation;
mod explain;
mod folder;
mod kept;
mod plan;

use crate::cli::ConfigFile;
use crate::config;
use crate::operator::{say, with_store};
use crate::product::vocabulary;
use accounts::Schema;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use folder::Folder;
use gateway::Entrance;
use plan::Plan;
use policies::{CollectiviteId, Route, Rule};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `convergences policy` is asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show the rules in force.
    List(OneCollectivite),
    /// Publish a rule, or a new version of it.
    Publish {
        /// The rule's id.
        #[arg(long)]
        id: String,
        /// A file that holds one Cedar policy.
        file_name: PathBuf,
        #[command(flatten)]
        made: Made,
        #[command(flatten)]
        owner: OneCollectivite,
    },
    /// Withdraw a rule.
    Withdraw {
        /// The rule's id.
        #[arg(long)]
        id: String,
        #[command(flatten)]
        made: Made,
        #[command(flatten)]
        owner: OneCollectivite,
    },
    /// Say whether an address opens to somebody at a moment, because of which rule, and who wrote it.
    Explain(explain::Question),
    /// Read every rule of a folder, and tell all that is wrong with its line.
    Check(OneFolder),
    /// Hold the rules of a folder to what their `expectations.toml` expects of them.
    Test(OneFolder),
    /// Show what importing a folder would change.
    Diff(OneFolder),
    /// Write the rules in force into a folder.
    Export(OneFolder),
    /// Check and test a folder, then put its rules in force, all of them or none.
    Import {
        /// Withdraw the rules in force that the folder does not have.
        #[arg(long)]
        withdraw: bool,
        #[command(flatten)]
        made: Made,
        #[command(flatten)]
        folder: OneFolder,
    },
}

/// How changes are made.
#[derive(Debug, Args)]
pub(crate) struct Made {
    /// Why, for the history of the rules.
    #[arg(long)]
    reason: String,
    /// Also where a collectivité wants two people for each change of its rules.
    #[arg(long)]
    alone: bool,
}

/// A collectivité by its id.
#[derive(Debug, Args)]
pub(crate) struct OneCollectivite {
    /// Its id.
    #[arg(long)]
    collectivite: String,
    #[command(flatten)]
    file: ConfigFile,
}

/// A folder of rules: `COLLECTIVITE/RULE.cedar`.
#[derive(Debug, Args)]
pub(crate) struct OneFolder {
    /// The folder.
    folder: PathBuf,
    #[command(flatten)]
    file: ConfigFile,
}

pub(crate) fn run(command: &PolicyCommand) -> anyhow::Result<()> {
    match command {
        PolicyCommand::Check(one) => {
            let folder = Folder::read(&one.folder)?;
            folder.check(&*vocabulary(&config::read(&one.file.config)?)?)?;
            say(format_args!("{folder}: no fault found"))
        }
        PolicyCommand::Test(one) => {
            let folder = Folder::read(&one.folder)?;
            let held = folder.test(&config::read(&one.file.config)?)?;
            say(format_args!("{folder}: {held} expectations hold"))
        }
        PolicyCommand::Diff(one) => exchange::diff(&one.folder, &one.file.config),
        PolicyCommand::Export(one) => exchange::export(&one.folder, &one.file.config),
        PolicyCommand::Import {
            withdraw,
            made,
            folder,
        } => exchange::import(&folder.folder, &folder.file.config, (*withdraw, made)),
        PolicyCommand::Explain(question) => explain::explain(question),
        PolicyCommand::List(owner) => list(owner),
        PolicyCommand::Publish {
            id,
            file_name,
            made,
            owner,
        } => {
            let text = std::fs::read_to_string(file_name)
                .with_context(|| format!("the file `{}`", file_name.display()))?;
            let id = id.clone();
            publish(owner, &Rule { id, text }, (file_name, made))
        }
        PolicyCommand::Withdraw { id, made, owner } => withdraw(owner, id, made),
    }
}

/// A service or an area of one, by its id.
fn route<'a>(entrances: &'a [Entrance], id: &str) -> Option<&'a Arc<Route>> {
    let mut routes = entrances.iter().flat_map(|entrance| {
        let areas = entrance.areas.iter().map(|(_, route)| route);
        areas.chain([&entrance.whole])
    });
    routes.find(|route| *route.id == *id)
}

/// Runs with the store, for a collectivité that there is.
fn with_owner(
    owner: &OneCollectivite,
    work: impl AsyncFnOnce(&config::Config, &accounts::Store, &CollectiviteId) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let collectivite = CollectiviteId::from(owner.collectivite.as_str());
    with_store(&owner.file.config, Schema::Expect, async |config, store| {
        let found = store.find_collectivite(&collectivite).await?;
        found.with_context(|| format!("there is no collectivité `{collectivite}`"))?;
        work(config, store, &collectivite).await
    })
}

fn list(owner: &OneCollectivite) -> anyhow::Result<()> {
    with_owner(owner, async |_, store, collectivite| {
        for stored in store.list_rules(collectivite).await? {
            let (rule, version) = (stored.rule, stored.version);
            say(format_args!(
                "{} (version {version})\n{}\n",
                rule.id, rule.text
            ))?;
        }
        Ok(())
    })
}

fn publish(
    owner: &OneCollectivite,
    rule: &Rule,
    (file, made): (&Path, &Made),
) -> anyhow::Result<()> {
    with_owner(owner, async |config, store, collectivite| {
        let faults = folder::faults(&*vocabulary(config)?, collectivite, (file, rule));
        folder::conclude(&faults)?;
        let plan = Plan::publishing(store, collectivite, rule).await?;
        match plan::make(config, store, &[plan], made).await? {
            0 => say(format_args!("`{}` is in force as it is", rule.id)),
            _ => say(format_args!("Published `{}`", rule.id)),
        }
    })
}

fn withdraw(owner: &OneCollectivite, id: &str, made: &Made) -> anyhow::Result<()> {
    with_owner(owner, async |config, store, collectivite| {
        let plan = Plan::withdrawing(store, collectivite, id).await?;
        plan::make(config, store, &[plan], made).await?;
        say(format_args!("Withdrew `{id}`"))
    })
}
