//! The directories of indexes: which one is the newest with today's fields, and the next one in the making.
//! A directory gets its name only when its index is complete, so that one in the making is never taken for it.

use super::schema::Fields;
use crate::error::Error;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the name of an index in the making begins.
const UNFINISHED: &str = ".making-";
/// What is older was left behind: by a process that was killed, or by another version of the program.
const LEFT_BEHIND: Duration = Duration::from_hours(1);

/// The newest complete index.
pub(crate) fn newest(directory: &Path, fields: &Fields) -> Result<Option<PathBuf>, Error> {
    Ok(complete(directory, fields)?.pop().map(|(_, path)| path))
}

/// An empty directory to make an index in, of this process alone.
pub(crate) fn unfinished(directory: &Path) -> Result<PathBuf, Error> {
    let random = RandomState::new().build_hasher().finish();
    let path = directory.join(format!("{UNFINISHED}{random:016x}"));
    std::fs::create_dir_all(&path).map_err(failed(&path))?;
    Ok(path)
}

/// Gives what was made its name, and removes those before it and what was left behind.
pub(crate) fn finish(directory: &Path, fields: &Fields, made: &Path) -> Result<PathBuf, Error> {
    let before = complete(directory, fields)?;
    let next = before.last().map_or(1, |(number, _)| number + 1);
    let path = directory.join(format!("bip-{}-{next}", fields.hash()));
    std::fs::rename(made, &path).map_err(failed(&path))?;
    for (_, old) in before {
        remove(&old)?;
    }
    for entry in std::fs::read_dir(directory).map_err(failed(directory))? {
        let entry = entry.map_err(failed(directory))?;
        let is_ours = entry.file_name().to_str().is_some_and(is_of_an_index);
        let age = entry.metadata().and_then(|about| about.modified());
        let age = age.ok().and_then(|modified| modified.elapsed().ok());
        if is_ours && entry.path() != path && age.is_some_and(|age| age > LEFT_BEHIND) {
            remove(&entry.path())?;
        }
    }
    Ok(path)
}

/// A name that only indexes have: an operator's folder beside them is not ours to remove.
fn is_of_an_index(name: &str) -> bool {
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let complete = name
        .strip_prefix("bip-")
        .and_then(|rest| rest.split_once('-'));
    complete.is_some_and(|(hash, number)| is_hash(hash) && number.parse::<u64>().is_ok())
        || name.strip_prefix(UNFINISHED).is_some_and(is_hash)
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
