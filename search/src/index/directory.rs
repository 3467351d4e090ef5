//! The directories of indexes: which one is the newest with today's fields, and the next one in the making.
//! A directory gets its name only when its index is complete, so that one in the making is never taken for it.

use super::schema::Fields;
use crate::error::Error;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// An index in the making; left behind by an interrupted one, and then removed.
const UNFINISHED: &str = ".making";

/// Two processes may each make one: the one before a restart, and the one after.
fn own() -> String {
    format!("{UNFINISHED}-{}", std::process::id())
}

/// The newest complete index.
pub(crate) fn newest(directory: &Path, fields: &Fields) -> Result<Option<PathBuf>, Error> {
    Ok(complete(directory, fields)?.pop().map(|(_, path)| path))
}

/// An empty directory to make an index in.
pub(crate) fn unfinished(directory: &Path) -> Result<PathBuf, Error> {
    let path = directory.join(own());
    remove(&path)?;
    std::fs::create_dir_all(&path).map_err(failed(&path))?;
    Ok(path)
}

/// Gives what was made its name, and removes those before it, of whatever fields.
pub(crate) fn finish(directory: &Path, fields: &Fields) -> Result<PathBuf, Error> {
    let before = complete(directory, fields)?;
    let next = before.last().map_or(1, |(number, _)| number + 1);
    let path = directory.join(format!("bip-{}-{next}", fields.hash()));
    std::fs::rename(directory.join(own()), &path).map_err(failed(&path))?;
    for entry in std::fs::read_dir(directory).map_err(failed(directory))? {
        let entry = entry.map_err(failed(directory))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_old = name.starts_with("bip-") || name.starts_with(UNFINISHED);
        if entry.path() != path && is_old {
            remove(&entry.path())?;
        }
    }
    Ok(path)
}

/// The complete indexes with today's fields, oldest first.
fn complete(directory: &Path, fields: &Fields) -> Result<Vec<(u64, PathBuf)>, Error> {
    let prefix = format!("bip-{}-", fields.hash());
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
        Err(source) => return Err(failed(directory)(source)),
    };
    for entry in entries {
        let entry = entry.map_err(failed(directory))?;
        let name = entry.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix(&prefix))
            .and_then(|number| number.parse().ok());
        if let Some(number) = number {
            found.push((number, entry.path()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    |source| Error::Directory { path, source }
}
