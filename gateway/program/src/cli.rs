//! The command line: what can be asked for, and how a failure is told.

use crate::{bip, bounce, demo, operator, policy, serve};
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use nix::sys::stat::{Mode, umask};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// One personal login in front of every online service of a centre de gestion.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start everything with example data and example services.
    Demo(DemoArguments),
    /// Serve what a configuration file asks for.
    Serve(ConfigFile),
    /// Report every mistake of a configuration file.
    Check(ConfigFile),
    /// Bring the database to this program's schema.
    Migrate(ConfigFile),
    /// Manage accounts.
    #[command(subcommand)]
    Account(operator::AccountCommand),
    /// Manage the rules of a collectivité.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Read the journal.
    #[command(subcommand)]
    Journal(operator::JournalCommand),
    /// Manage BIP's content.
    #[command(subcommand)]
    Bip(bip::BipCommand),
    /// Manage the keys that sign assertions.
    #[command(subcommand)]
    Keys(operator::KeysCommand),
    /// Manage letters.
    #[command(subcommand)]
    Mail(bounce::MailCommand),
}

/// How the demonstration starts.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where its data is kept.
    #[arg(long, default_value = ".demo")]
    pub data: PathBuf,
}

/// The configuration file.
#[derive(Debug, Args)]
pub struct ConfigFile {
    /// The TOML file.
    #[arg(long, default_value = "convergences.toml")]
    pub config: PathBuf,
}

/// Whether a command of these words exists; the README is held against it.
pub fn exists(words: &[&str]) -> bool {
    let mut command = Cli::command();
    command.build();
    words
        .iter()
        .try_fold(&command, |command, word| command.find_subcommand(word))
        .is_some()
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    // What it writes holds secrets and people's data: for its own account only.
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
    let result = match Cli::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Serve(file) => serve::run(&file.config),
        Command::Check(file) => operator::check(&file.config),
        Command::Migrate(file) => operator::migrate(&file.config),
        Command::Account(command) => operator::account(&command),
        Command::Policy(command) => policy::run(&command),
        Command::Journal(command) => operator::journal(&command),
        Command::Bip(command) => bip::run(&command),
        Command::Keys(command) => operator::keys(&command),
        Command::Mail(command) => bounce::mail(&command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The whole chain: an operator reads this.
            eprintln!("convergences: {error:#}");
            ExitCode::FAILURE
        }
    }
}
