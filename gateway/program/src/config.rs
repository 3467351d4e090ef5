//! The configuration: one TOML file, read into types that are right. Every mistake of the file is
//! told at once, with its line and its remedy. `config/example.toml` documents every key.
//! Only here are secrets read from files or from the environment ([`MasterKeySource`], [`Mail`]).

mod bip;
mod headers;
mod listen;
mod mail;
mod master_key;
mod mistakes;
mod network;
mod once;
mod paths;
mod process;
mod roles;
mod secret;
mod section;
mod services;
mod sign_on;
mod suggest;
mod upstream;
mod values;

pub use bip::BipSettings;
pub use mail::{Mail, PasswordSource, RelayAccount};
pub use master_key::MasterKeySource;
pub use mistakes::{Mistake, Mistakes};

use gateway::{ConnectionLimits, Settings};
use mistakes::{Report, problem};
use policies::{Classification, ServiceId};
use section::Section;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::de::DeTable;

const RUN_DIR: &str = "/run/convergences";
const LOG_FORMATS: [(&str, LogFormat); 2] = [("json", LogFormat::Json), ("text", LogFormat::Text)];

/// All that an installation says.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where this process listens.
    pub listen: Listen,
    /// What this process does.
    pub roles: Roles,
    /// The database.
    pub store: StoreSettings,
    /// Where the key is that protects the secrets in it.
    pub master_key: MasterKeySource,
    /// How letters leave; without it they stay in the outbox.
    pub mail: Option<Mail>,
    /// Where BIP is kept.
    pub bip: Option<BipSettings>,
    /// By what its documents are sorted, for rules to name.
    pub classification: Classification,
    /// The folder of the operator's own texts.
    pub texts: Option<PathBuf>,
    /// What proves rules before they are published; what is found on the path unless said.
    pub prover: Option<PathBuf>,
    /// The folder of the private unix sockets.
    pub run_dir: PathBuf,
    /// How log lines look.
    pub log: LogFormat,
    /// Threads of the gateway; as many as cores unless said.
    pub edge_threads: Option<usize>,
    /// The gateway's own part.
    pub gateway: Settings,
}

/// Where this process listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listen {
    /// Plain HTTP.
    pub http: Vec<SocketAddr>,
    /// HTTP over TLS.
    pub https: Vec<SocketAddr>,
    /// `/livez`, `/readyz`, `/metrics`.
    pub ops: SocketAddr,
}

/// What this process does; all three unless said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Roles {
    /// It lets requests through.
    pub gateway: bool,
    /// It serves the portal and the consoles.
    pub admin: bool,
    /// It serves BIP.
    pub search: bool,
}

/// The database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoreSettings {
    /// `sqlite:///path/file.db` or `postgres://user@host/database`, without a password.
    pub url: String,
}

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// For machines.
    Json,
    /// For people.
    Text,
}

/// What services need to know of the program they are configured in.
#[derive(Debug)]
struct Program {
    roles: Roles,
    run_dir: PathBuf,
    portal: Option<String>,
}

/// Reads the configuration file.
///
/// # Errors
/// All its mistakes.
pub fn read(path: &Path) -> Result<Config, Mistakes> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("the configuration cannot be read: {error}");
        let remedy = "Name another file with `--config FILE`, or let this one be read";
        Mistakes::unreadable(&name, problem(message, remedy))
    })?;
    parse(&name, &text)
}

/// Understands the text of a configuration; `file_name` is for the messages.
///
/// # Errors
/// All its mistakes. What is not TOML comes alone: the rest cannot be judged then.
pub fn parse(file_name: &str, text: &str) -> Result<Config, Mistakes> {
    let report = Report::new(file_name, text);
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let remedy = match error.message() {
                "duplicate key" => "Keep one of the two",
                _ => "Write `key = \"text\"`, `[table]` or `[[list of tables]]`, each on its line",
            };
            let at = error.span().map_or(0, |span| span.start);
            report.add(
                at,
                problem(format!("not TOML: {}", error.message()), remedy),
            );
            return report.conclude(None);
        }
    };
    let root = Section::root(&report, table.get_ref());
    let config = assemble(&root);
    root.finish();
    report.conclude(config)
}

/// Reads every part before it gives up on any, so that each reports its mistakes.
fn assemble(root: &Section<'_>) -> Option<Config> {
    let roles = process::roles(root);
    let portal = root.required("portal", "portail", values::id);
    let run_dir = root.text("run_dir", values::file);
    let program = Program {
        roles,
        run_dir: run_dir.unwrap_or_else(|| RUN_DIR.into()),
        portal,
    };
    let listen = listen::read(root, roles.gateway);
    let store = process::store(root);
    let master_key = master_key::read(root);
    let mail = mail::read(root);
    let texts = process::texts(root);
    let prover = process::prover(root);
    let log = root.text("log", values::word(&LOG_FORMATS));
    let (connections, edge_threads) = process::limits(root);
    let (store, grace) = store.unzip();
    let url = store.as_ref().map(|store| store.url.as_str());
    let (bip, classification) = bip::read(root, roles, url);
    let settings = settings(root, &program, listen.as_ref(), connections, grace);
    Some(Config {
        listen: listen?,
        roles,
        store: store?,
        master_key: master_key?,
        mail,
        bip,
        classification: classification?,
        texts,
        prover,
        run_dir: program.run_dir,
        log: log.unwrap_or(LogFormat::Json),
        edge_threads,
        gateway: settings?,
    })
}

fn settings(
    root: &Section<'_>,
    program: &Program,
    listen: Option<&Listen>,
    connections: ConnectionLimits,
    grace: Option<Duration>,
) -> Option<Settings> {
    let public = listen::public(root, listen, program.roles.gateway);
    let certificates = listen::certificates(root, listen);
    let services = services::read(root, program);
    let trusted_proxies = root.texts("trusted_proxies", network::network);
    let sessions = process::sessions(root);
    let second_factor = process::second_factor(root);
    let access_log = root.flag("access_log");
    let proxies = trusted_proxies?.into_iter().map(|(network, _)| network);
    Some(Settings {
        public: public?,
        certificates: certificates?,
        portal: ServiceId::from(program.portal.as_deref()?),
        services: services?,
        trusted_proxies: proxies.collect(),
        sessions,
        second_factor: second_factor?,
        grace: grace?,
        connections,
        access_log: access_log.unwrap_or(true),
    })
}

#[cfg(test)]
mod tests;
