//! The house: who may know whom, how large things are, and the texts that must stay true.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Product sources: path from the root, and text up to the tests at its foot.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["policies", "admin", "gateway", "search"] {
        walk(&root().join(folder), &mut found);
    }
    found
        .into_iter()
        .map(|path| {
            (
                path.strip_prefix(root()).unwrap().display().to_string(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .filter(|(path, _)| {
            !path.contains("/tests/") && !path.ends_with("/tests.rs") && !path.contains("/benches/")
        })
        .map(|(path, text)| {
            (
                path,
                text.split("#[cfg(test)]")
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            )
        })
        .collect()
}

/// Dependencies that only these know.
const OWNED: [(&str, &[&str]); 6] = [
    ("pingora", &["gateway"]),
    ("cedar-policy", &["policies", "proof"]),
    ("jsonwebtoken", &["policies"]),
    ("argon2", &["accounts"]),
    ("sqlx", &["accounts", "search"]),
    ("tantivy", &["search"]),
];

#[test]
fn crates_know_only_whom_they_may() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    let dependencies = |name: &str| -> BTreeSet<String> {
        let package = metadata
            .packages
            .iter()
            .find(|package| package.name.as_str() == name)
            .unwrap();
        package
            .dependencies
            .iter()
            .filter(|d| d.kind == DependencyKind::Normal)
            .map(|d| d.name.clone())
            .collect()
    };
    let ours = [
        "policies",
        "proof",
        "accounts",
        "admin",
        "gateway",
        "search",
        "convergences",
    ];
    for (name, may) in [
        ("policies", &[][..]),
        ("proof", &["policies"]),
        ("accounts", &["policies"]),
        ("admin", &["accounts", "policies", "proof"]),
        ("gateway", &["accounts", "policies"]),
        ("search", &["policies"]),
        (
            "convergences",
            &[
                "accounts", "admin", "gateway", "policies", "proof", "search",
            ],
        ),
    ] {
        let knows = dependencies(name);
        let beyond: Vec<_> = ours
            .iter()
            .filter(|crate_| knows.contains(**crate_) && !may.contains(crate_))
            .collect();
        assert!(beyond.is_empty(), "{name} knows {beyond:?}");
    }
    for (dependency, owners) in OWNED {
        for name in ours {
            assert!(
                !dependencies(name).contains(dependency) || owners.contains(&name),
                "{name} knows {dependency}"
            );
        }
    }
}

#[test]
fn files_say_what_they_are_and_stay_small() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//!") {
            faults.push(format!("{path}: no `//!` at its head"));
        }
        let lines = text.lines().count();
        if lines > 300 {
            faults.push(format!("{path}: {lines} lines"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn names_say_something() {
    const SAY_NOTHING: [&str; 6] = [
        "common.rs",
        "util.rs",
        "utils.rs",
        "helpers.rs",
        "misc.rs",
        "core.rs",
    ];
    for (path, _) in sources() {
        let name = Path::new(&path).file_name().unwrap().to_str().unwrap();
        assert!(!SAY_NOTHING.contains(&name), "{path}");
    }
}

#[test]
fn every_guardrail_has_an_id_and_a_sentence() {
    for entry in std::fs::read_dir(root().join("policies/guardrails")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let rules = text.matches("forbid (").count() + text.matches("permit (").count();
        assert_eq!(text.matches("@id(\"cig/").count(), rules);
        assert_eq!(text.matches("@libelle(").count(), rules);
    }
}
