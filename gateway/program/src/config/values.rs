//! Plain values as an operator writes them: words, durations, sizes, identifiers, file paths.

use super::mistakes::{Problem, problem};
use super::suggest;
use std::path::PathBuf;
use std::time::Duration;

const DURATIONS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];
/// So that adding a few of them to a clock never overflows.
const LONGEST: u64 = 400 * 86_400_000;

const SIZES: [(&str, u64); 4] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];
const LARGEST: u64 = 64 << 30;

/// A text that is not blank and stays on its line.
pub(super) fn line(text: &str) -> Result<String, Problem> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.chars().any(char::is_control) {
        return Err(problem(
            "the text is empty or holds control characters",
            "Write one line of text",
        ));
    }
    Ok(trimmed.to_owned())
}

/// One word of a closed list.
pub(super) fn word<T: Copy>(
    choices: &'static [(&'static str, T)],
) -> impl Fn(&str) -> Result<T, Problem> {
    move |text| {
        let words = || choices.iter().map(|(word, _)| *word);
        let found = choices.iter().find(|(word, _)| *word == text);
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let remedy = match suggest::nearest(text, words()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("The choices are {}", suggest::list(words())),
            };
            problem(format!("`{text}` is none of the choices"), remedy)
        })
    }
}

/// `"90s"`; zero too.
pub(super) fn duration(text: &str) -> Result<Duration, Problem> {
    let found = quantity(text, &DURATIONS).filter(|found| *found <= LONGEST);
    found.map(Duration::from_millis).ok_or_else(|| {
        problem(
            format!("`{text}` is not a duration of at most 400d"),
            "Write a whole number and its unit (ms, s, min, h, d), as in \"90s\"",
        )
    })
}

/// `"90s"`, more than nothing.
pub(super) fn some_duration(text: &str) -> Result<Duration, Problem> {
    let duration = duration(text)?;
    if duration.is_zero() {
        let remedy = "Write how long it may take, as in \"30s\"";
        return Err(problem("no time at all would always fail", remedy));
    }
    Ok(duration)
}

/// `"10MiB"`, in bytes.
pub(super) fn size(text: &str) -> Result<u64, Problem> {
    let found = quantity(text, &SIZES).filter(|found| (1..=LARGEST).contains(found));
    found.ok_or_else(|| {
        problem(
            format!("`{text}` is not a size from 1B to 64GiB"),
            "Write a whole number and its unit (B, KiB, MiB, GiB), as in \"10MiB\"",
        )
    })
}

/// A whole number and its unit, nothing between them.
fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    number.checked_mul(*factor)
}

/// An identifier: it stands in addresses, in Cedar and in the journal.
pub(super) fn id(text: &str) -> Result<String, Problem> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let well = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 63
        && text.chars().all(plain)
        && !text.ends_with('-');
    if !well {
        return Err(problem(
            format!("`{text}` is not an identifier"),
            "Write at most 63 lower-case letters, digits and hyphens, a letter first, as in `net-cotisations`",
        ));
    }
    Ok(text.to_owned())
}

/// A file or folder, from the root: a program started elsewhere finds the same one.
pub(super) fn file(text: &str) -> Result<PathBuf, Problem> {
    if !text.starts_with('/') || text.chars().any(char::is_control) {
        return Err(problem(
            format!("`{}` is not a whole path", text.escape_debug()),
            "Write it from the root, as in \"/etc/convergences/…\"",
        ));
    }
    Ok(PathBuf::from(text))
}

/// The database's address. It holds no password, and messages do not repeat it in case it does.
pub(super) fn store_url(text: &str) -> Result<String, Problem> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        if !path.starts_with("///") || path.contains("mode=memory") {
            return Err(problem(
                "SQLite needs a file by its whole path",
                "Write `sqlite:///var/lib/convergences/convergences.db`, with three slashes",
            ));
        }
        return Ok(text.to_owned());
    }
    let rest = text
        .strip_prefix("postgres://")
        .or_else(|| text.strip_prefix("postgresql://"))
        .ok_or_else(|| {
            problem(
                "no such kind of database",
                "Write `sqlite:///…` with a file, or `postgres://user@host/database`",
            )
        })?;
    let secret = rest
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.contains(':'));
    if secret || rest.contains("password=") {
        return Err(problem(
            "a password does not belong in this file",
            "Take it out of the address and give it in the file that PGPASSFILE names, or in PGPASSWORD",
        ));
    }
    Ok(text.to_owned())
}
