//! Lanes: tests that need a tool which not every machine has. Without it they pass with one loud
//! line; where every lane is required (`CONVERGENCES_REQUIRE_LANES=1`, as CI says) they fail.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What a lane needs: `found`, unless it is missing; `advice` says how to mend that.
///
/// # Panics
/// When it is missing and every lane is required.
pub fn required<T>(lane: &str, found: Option<T>, advice: &str) -> Option<T> {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if found.is_some() {
        return found;
    }
    let notice = format!("SKIPPED LANE: {lane} ({advice})");
    let required = std::env::var_os("CONVERGENCES_REQUIRE_LANES").is_some_and(|value| value == "1");
    assert!(!required, "{notice}");
    let news = TOLD
        .lock()
        .is_ok_and(|mut told| told.insert(notice.clone()));
    if news {
        // Not `eprintln!`: the test runner would keep it to itself.
        let _ = writeln!(std::io::stderr(), "{notice}");
    }
    None
}

/// A folder that a variable names, for what is not ours to keep and nobody's to require; without it
/// one loud line.
pub fn given(lane: &str, variable: &str, advice: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        // Not `eprintln!`: the test runner would keep it to itself.
        let _ = writeln!(std::io::stderr(), "SKIPPED LANE: {lane} ({advice})");
    }
    found
}

/// A program, by its name in `PATH` or at one of these places.
pub fn program(name: &str, places: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .chain(places.iter().map(PathBuf::from))
        .find(|file| file.is_file())
}

/// A folder, if it is there.
pub fn folder(path: &Path) -> Option<PathBuf> {
    path.is_dir().then(|| path.to_owned())
}
