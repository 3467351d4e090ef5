//! Placeholder while the reader is written.
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
#[derive(Debug)]
pub struct Config {
    pub listen: Listen,
    pub roles: Roles,
    pub store: StoreSettings,
    pub master_key: MasterKeySource,
    pub bip: Option<PathBuf>,
    pub run_dir: PathBuf,
    pub log: LogFormat,
    pub edge_threads: Option<usize>,
    pub gateway: gateway::Settings,
}
#[derive(Debug)]
pub struct Listen {
    pub http: Vec<SocketAddr>,
    pub https: Vec<SocketAddr>,
    pub ops: SocketAddr,
}
#[derive(Debug, Clone, Copy)]
pub struct Roles {
    pub gateway: bool,
    pub admin: bool,
    pub search: bool,
}
#[derive(Debug)]
pub struct StoreSettings {
    pub url: String,
}
#[derive(Debug)]
pub enum MasterKeySource {
    File(PathBuf),
    Environment(String),
}
impl MasterKeySource {
    pub fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::File(p) => {
                let t = std::fs::read_to_string(p).map_err(|e| e.to_string())?;
                data_encoding::HEXLOWER
                    .decode(t.trim().as_bytes())
                    .map_err(|e| e.to_string())
            }
            Self::Environment(_) => Err("".into()),
        }
    }
}
#[derive(Debug, Clone, Copy)]
pub enum LogFormat {
    Json,
    Text,
}
pub fn read(_: &Path) -> anyhow::Result<Config> {
    anyhow::bail!("not yet")
}
