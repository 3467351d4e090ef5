//! Where the master key is, and reading it. The configuration file never holds it, and no message
//! repeats it.

use super::mistakes::problem;
use super::section::Section;
use super::values;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const REMEDY: &str = "Make one with `openssl rand -hex 32`";
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
            Self::File(path) => (format!("`{}`", path.display()), from_file(path)?),
            Self::Environment(name) => (format!("the variable `{name}`"), from_variable(name)?),
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
    // Neither message repeats the value: it could be the key itself.
    let file = section.text("master_key_file", |text| {
        values::file(text).map_err(|_| {
            let remedy = "Write it from the root, as in \"/etc/convergences/master.key\"";
            problem("not the whole path of a file", remedy)
        })
    });
    let variable = section.text("master_key_env", |text| {
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let well = text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(plain);
        let remedy = "Write its name in capitals, as in \"CONVERGENCES_MASTER_KEY\"";
        well.then(|| text.to_owned())
            .ok_or_else(|| problem("not the name of a variable", remedy))
    });
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

fn from_file(path: &Path) -> Result<String, String> {
    let trouble = |error: std::io::Error| {
        let path = path.display();
        format!(
            "the master key `{path}` cannot be read: {error}. {REMEDY} and store it there, with mode 600."
        )
    };
    let file = File::open(path).map_err(trouble)?;
    let mode = file.metadata().map_err(trouble)?.permissions().mode();
    if mode & 0o077 != 0 {
        let path = path.display();
        return Err(format!(
            "the master key `{path}` is open to others than its owner (mode {:o}). Close it with `chmod 600 {path}`.",
            mode & 0o777
        ));
    }
    let mut text = String::new();
    // A key is much shorter: a wrong name must not fill the memory.
    file.take(4096).read_to_string(&mut text).map_err(trouble)?;
    Ok(text)
}

fn from_variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|error| {
        let trouble = match error {
            std::env::VarError::NotPresent => "is not set",
            std::env::VarError::NotUnicode(_) => "is not text",
        };
        format!("the variable `{name}`, which should hold the master key, {trouble}. {REMEDY}.")
    })
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
