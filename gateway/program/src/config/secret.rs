//! Where a secret is, and reading it: a file that only its owner may read, or a variable. The
//! configuration file never holds one, and no message repeats it.

use super::mistakes::{Problem, problem};
use super::values;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// How messages speak of a secret.
#[derive(Clone, Copy, Debug)]
pub(super) struct Secret {
    /// « the master key ».
    pub(super) name: &'static str,
    /// How to come by one, without a period.
    pub(super) remedy: &'static str,
}

/// The whole path of a secret's file. No message repeats the value: it could be the secret itself.
pub(super) fn path(example: &str) -> impl Fn(&str) -> Result<PathBuf, Problem> {
    move |text| {
        values::file(text).map_err(|_| {
            let remedy = format!("Write it from the root, as in \"{example}\"");
            problem("not the whole path of a file", remedy)
        })
    }
}

/// The name of a variable; not repeated either.
pub(super) fn variable(example: &str) -> impl Fn(&str) -> Result<String, Problem> {
    move |text| {
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let well = text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(plain);
        let remedy = format!("Write its name in capitals, as in \"{example}\"");
        well.then(|| text.to_owned())
            .ok_or_else(|| problem("not the name of a variable", remedy))
    }
}

/// Reads a file that only its owner may read.
pub(super) fn from_file(path: &Path, secret: Secret) -> Result<String, String> {
    let Secret { name, remedy } = secret;
    let trouble = |error: std::io::Error| {
        let path = path.display();
        format!(
            "{name} `{path}` cannot be read: {error}. {remedy} and store it there, with mode 600."
        )
    };
    let file = File::open(path).map_err(trouble)?;
    let mode = file.metadata().map_err(trouble)?.permissions().mode();
    if mode & 0o077 != 0 {
        let path = path.display();
        return Err(format!(
            "{name} `{path}` is open to others than its owner (mode {:o}). Close it with `chmod 600 {path}`.",
            mode & 0o777
        ));
    }
    let mut text = String::new();
    // A secret is much shorter: a wrong name must not fill the memory.
    file.take(4096).read_to_string(&mut text).map_err(trouble)?;
    Ok(text)
}

/// Reads a variable of the environment.
pub(super) fn from_variable(variable: &str, secret: Secret) -> Result<String, String> {
    let Secret { name, remedy } = secret;
    std::env::var(variable).map_err(|error| {
        let trouble = match error {
            std::env::VarError::NotPresent => "is not set",
            std::env::VarError::NotUnicode(_) => "is not text",
        };
        format!("the variable `{variable}`, which should hold {name}, {trouble}. {remedy}.")
    })
}
