//! The operator's commands: they work on the store of a configuration, whether or not a node
//! serves; nodes that do follow within half a second.

use crate::cli::ConfigFile;
use crate::config;
use crate::correspondant;
use crate::product::{open_store, vocabulary};
use accounts::{Clock, Schema, Store};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use std::io::Write as _;
use std::path::Path;

/// Who the journal says it was.
pub(crate) const OPERATOR: &str = "operator";

/// `convergences account …`.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Close an account at once, on every node.
    Suspend(OneAccount),
    /// Open a suspended account again.
    Restore(OneAccount),
    /// End every session of an account.
    EndSessions(OneAccount),
    /// Take the second factors and recovery codes of an account away, and end its sessions: for who
    /// has lost them where no two other people can.
    ForgetFactors(OneAccount),
    /// Invite somebody who works for the CIG; the first one opens the CIG's own entry.
    InviteCorrespondant(correspondant::NewCorrespondant),
    /// Give somebody of the CIG a right on a service, in the place of the one they have.
    Grant(correspondant::NewRight),
}

/// An account by its login.
#[derive(Debug, Args)]
pub(crate) struct OneAccount {
    /// Its mail address.
    login: String,
    #[command(flatten)]
    file: ConfigFile,
}

/// `convergences journal …`.
#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Check that no entry was altered, removed, added or re-ordered.
    Verify(ConfigFile),
}

/// `convergences keys …`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Sign with a new key from now on; the one before stays published.
    Rotate(ConfigFile),
}

pub(crate) fn say(line: std::fmt::Arguments<'_>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(())
}

/// Runs with the store of a configuration.
pub(crate) fn with_store<T>(
    file: &Path,
    schema: Schema,
    work: impl AsyncFnOnce(&config::Config, &Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let config = config::read(file)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = open_store(&config, schema, Clock::System).await?;
        let result = work(&config, &store).await;
        store.close().await;
        result
    })
}

pub(crate) fn check(file: &Path) -> anyhow::Result<()> {
    let config = config::read(file)?;
    let (settings, name) = (&config.gateway, file.display());
    // What the file names must be there too.
    let judged = [
        vocabulary(&config).map(drop),
        gateway::entrances(settings).map(drop).map_err(Into::into),
        config
            .master_key
            .read()
            .map(drop)
            .map_err(anyhow::Error::msg),
        config
            .mail
            .as_ref()
            .map_or(Ok(()), |mail| mail.open().map(drop))
            .map_err(anyhow::Error::msg),
        gateway::check_certificates(settings).map_err(Into::into),
        admin::Texts::read(config.texts.as_deref())
            .map(drop)
            .map_err(Into::into),
    ];
    let mistakes = judged.into_iter().filter_map(Result::err);
    let mistakes: Vec<String> = mistakes.map(|error| format!("{name}: {error:#}")).collect();
    anyhow::ensure!(mistakes.is_empty(), mistakes.join("\n"));
    say(format_args!("{name}: no mistake found"))
}

pub(crate) fn migrate(file: &Path) -> anyhow::Result<()> {
    with_store(file, Schema::Migrate, async |config, _| {
        if let Some(settings) = &config.bip {
            std::fs::create_dir_all(&settings.data)?;
            search::Library::open(&settings.content, search::Tables::Migrate).await?;
        }
        say(format_args!(
            "The database has the tables that this version needs."
        ))
    })
}

pub(crate) fn account(command: &AccountCommand) -> anyhow::Result<()> {
    let one = match command {
        AccountCommand::Suspend(one)
        | AccountCommand::Restore(one)
        | AccountCommand::EndSessions(one)
        | AccountCommand::ForgetFactors(one) => one,
        AccountCommand::InviteCorrespondant(new) => return correspondant::invite(new),
        AccountCommand::Grant(right) => return correspondant::grant(right),
    };
    with_store(&one.file.config, Schema::Expect, async |_, store| {
        let account = store.find_account(&one.login).await?;
        let account = account.with_context(|| format!("there is no account `{}`", one.login))?;
        match command {
            AccountCommand::Suspend(_) => {
                store.suspend_account(&account.id, true, OPERATOR).await?;
            }
            AccountCommand::Restore(_) => {
                store.suspend_account(&account.id, false, OPERATOR).await?;
            }
            AccountCommand::EndSessions(_) => {
                let ended = store.end_sessions_of(&account.id, OPERATOR).await?;
                return say(format_args!("{ended} sessions ended"));
            }
            AccountCommand::ForgetFactors(_) => {
                store.forget_factors(&account.id, OPERATOR).await?;
            }
            AccountCommand::InviteCorrespondant(_) | AccountCommand::Grant(_) => {}
        }
        say(format_args!("Done for {}", account.full_name()))
    })
}

pub(crate) fn journal(command: &JournalCommand) -> anyhow::Result<()> {
    let JournalCommand::Verify(file) = command;
    with_store(&file.config, Schema::Expect, async |_, store| {
        let entries = store
            .verify_journal()
            .await?
            .context("the journal does not hold")?;
        say(format_args!(
            "The journal holds: {entries} entries, none altered, missing, added or re-ordered."
        ))
    })
}

pub(crate) fn keys(command: &KeysCommand) -> anyhow::Result<()> {
    let KeysCommand::Rotate(file) = command;
    with_store(&file.config, Schema::Expect, async |_, store| {
        let id = store.rotate_signing_key(OPERATOR).await?;
        say(format_args!("Key `{id}` signs from now on"))
    })
}
