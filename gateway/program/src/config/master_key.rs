//! Where the master key is, and reading it. The configuration file never holds it, and no message
//! repeats it.

use super::mistakes::problem;
use super::secret::{self, Secret};
use super::section::Section;
use std::path::PathBuf;

const REMEDY: &str = "Make one with `openssl rand -hex 32`";
const SECRET: Secret = Secret {
    name: "the master key",
    remedy: REMEDY,
};
/// In bytes.
const LENGTH: usize = 32;

/// Where the key is that protects the secrets in the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MasterKeySource {
    /// A file that only its owner may read.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
}

impl MasterKeySource {
    /// The key's 32 bytes, written as 64 hexadecimal digits.
    ///
    /// # Errors
    /// A sentence for the operator: missing, unreadable, readable by others, not a key.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        let (place, text) = match self {
            Self::File(path) => (
                format!("`{}`", path.display()),
                secret::from_file(path, SECRET)?,
            ),
            Self::Environment(name) => (
                format!("the variable `{name}`"),
                secret::from_variable(name, SECRET)?,
            ),
        };
        let key = decode(text.trim());
        key.map_err(|trouble| format!("the master key in {place} {trouble}. {REMEDY}."))
    }
}

/// Reads `[secrets]`.
pub(super) fn read(root: &Section<'_>) -> Option<MasterKeySource> {
    const ADD: &str = "Add `master_key_file = \"/etc/convergences/master.key\"`";
    let Some(section) = root.section("secrets") else {
        if !root.has("secrets") {
            let remedy = format!("{ADD} below a `[secrets]`");
            root.wrong(
                root.at("secrets"),
                problem("`[secrets]` is missing", remedy),
            );
        }
        return None;
    };
    let example = "/etc/convergences/master.key";
    let file = section.text("master_key_file", secret::path(example));
    let example = "CONVERGENCES_MASTER_KEY";
    let variable = section.text("master_key_env", secret::variable(example));
    let stated = (
        section.has("master_key_file"),
        section.has("master_key_env"),
    );
    if section.has("master_key") {
        let message = "a secret does not belong in this file";
        let remedy = "Put the key in a file of its own and name that: `master_key_file = \"…\"`";
        section.wrong(section.at("master_key"), problem(message, remedy));
    } else if stated == (false, false) {
        let message = "`[secrets]` names no master key";
        section.wrong(section.at("master_key_file"), problem(message, ADD));
    } else if stated == (true, true) {
        let message = "both `master_key_file` and `master_key_env`";
        section.wrong(
            section.at("master_key_env"),
            problem(message, "Keep one of them"),
        );
    }
    section.finish();
    file.map(MasterKeySource::File)
        .or(variable.map(MasterKeySource::Environment))
}

fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    let key = data_encoding::HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .map_err(|_| "is not made of hexadecimal digits")?;
    if key.len() != LENGTH {
        return Err("does not have 64 hexadecimal digits");
    }
    let first = key.first();
    if key.iter().all(|byte| Some(byte) == first) {
        return Err("is the same byte again and again");
    }
    Ok(key)
}

#[cfg(test)]
mod tests;
