//! A folder of rules: one folder for each collectivité, called by its id; in it one file for each rule,
//! `RULE.cedar`, and what is expected of them, `expectations.toml`.

use super::expectation;
use super::kept::Kept;
use crate::config::Config;
use anyhow::Context as _;
use policies::{CollectiviteId, Guardrail, Rule, Vocabulary, expert};
use std::fmt::{self, Display};
use std::path::{Path, PathBuf};

/// What the file of expectations is called.
const EXPECTATIONS: &str = "expectations.toml";

/// The folder of the CIG's guardrails beside those of collectivités.
pub(super) const GUARDRAILS: &str = "guardrails";

/// The rules of a folder, in the order of their names.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    pub(super) kept: Vec<Kept>,
    /// What the CIG wrote above them: they are tested under it. It is published in the console.
    guardrails: Vec<(PathBuf, Rule)>,
}

impl Display for Folder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: usize = self.kept.iter().map(|kept| kept.rules.len()).sum();
        let path = self.path.display();
        write!(
            formatter,
            "{path}: {rules} rules of {} collectivités",
            self.kept.len()
        )
    }
}

impl Folder {
    /// Reads its files, not yet what they say.
    ///
    /// # Errors
    /// A folder that cannot be read, or has no rule at all.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let (mut kept, mut guardrails) = (Vec::new(), Vec::new());
        for inside in list(path)? {
            let name = inside.file_name().unwrap_or_default();
            // `.git` and the like are nobody's rules.
            if !inside.is_dir() || name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let read = read_kept(&inside)?;
            if name == GUARDRAILS {
                guardrails = read.rules;
            } else {
                kept.push(read);
            }
        }
        anyhow::ensure!(
            kept.iter().any(|kept| !kept.rules.is_empty()),
            "no rule in `{}`: write COLLECTIVITE/RULE.cedar",
            path.display()
        );
        let path = path.to_owned();
        Ok(Self {
            path,
            kept,
            guardrails,
        })
    }

    /// Reads every rule.
    ///
    /// # Errors
    /// All faults of all files, each with its line.
    pub(super) fn check(&self, vocabulary: &Vocabulary) -> anyhow::Result<()> {
        let mut faults = Vec::new();
        for kept in &self.kept {
            for (path, rule) in &kept.rules {
                faults.extend(self::faults(vocabulary, &kept.owner, (path, rule)));
            }
        }
        faults.extend(self.read_guardrails(vocabulary).err());
        conclude(&faults)
    }

    /// The guardrails, or what is wrong with the first that is none.
    fn read_guardrails(&self, vocabulary: &Vocabulary) -> Result<Vec<Guardrail>, String> {
        let all = self.guardrails.iter().map(|(path, rule)| {
            let read = Guardrail::read(vocabulary, rule);
            read.map_err(|error| format!("{}:1: {error}", path.display()))
        });
        all.collect()
    }

    /// Holds the rules to what is expected of them, and gives how many expectations there are.
    ///
    /// # Errors
    /// All that does not hold, each with its line; rules that do not read come first.
    pub(super) fn test(&self, config: &Config) -> anyhow::Result<usize> {
        let vocabulary = crate::product::vocabulary(config)?;
        self.check(&vocabulary)?;
        let entrances = gateway::entrances(&config.gateway)?;
        let guardrails = self.read_guardrails(&vocabulary);
        let guardrails = guardrails.map_err(anyhow::Error::msg)?;
        let (mut faults, mut held) = (Vec::new(), 0);
        for kept in &self.kept {
            if let Some((path, text)) = &kept.expectations {
                let found = expectation::hold(kept, text, &vocabulary, (&entrances, &guardrails));
                held += found.1;
                let found = found.0.into_iter();
                faults
                    .extend(found.map(|(line, said)| format!("{}:{line}: {said}", path.display())));
            }
        }
        conclude(&faults)?;
        Ok(held)
    }
}

/// What is wrong with the rule of a file, each with its place.
pub(super) fn faults(
    vocabulary: &Vocabulary,
    owner: &CollectiviteId,
    (path, rule): (&Path, &Rule),
) -> Vec<String> {
    let found = expert::read(vocabulary, owner, &rule.text).err();
    let told = found.into_iter().flatten().map(|fault| {
        let place = format!("{}:{}:{}", path.display(), fault.line, fault.column);
        format!("{place}: {} {} {}", fault.said, fault.remedy, fault.detail)
    });
    told.collect()
}

pub(super) fn conclude(faults: &[String]) -> anyhow::Result<()> {
    let lines: Vec<_> = faults.iter().map(|fault| fault.trim_end()).collect();
    anyhow::ensure!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        lines.join("\n")
    );
    Ok(())
}

/// What is in a folder, in the order of the names.
fn list(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(path).with_context(|| format!("the folder `{}`", path.display()))?;
    let entries = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}

fn read_kept(path: &Path) -> anyhow::Result<Kept> {
    let name = name_of(path, path.file_name())?;
    let mut kept = Kept {
        owner: name.into(),
        rules: Vec::new(),
        expectations: None,
    };
    for file in list(path)? {
        let read =
            || std::fs::read_to_string(&file).with_context(|| format!("`{}`", file.display()));
        if file
            .extension()
            .is_some_and(|extension| extension == "cedar")
        {
            let rule = Rule {
                id: name_of(&file, file.file_stem())?.to_owned(),
                text: read()?,
            };
            kept.rules.push((file, rule));
        } else if file.file_name().is_some_and(|name| name == EXPECTATIONS) {
            kept.expectations = Some((file.clone(), read()?));
        }
    }
    Ok(kept)
}

fn name_of<'a>(path: &Path, name: Option<&'a std::ffi::OsStr>) -> anyhow::Result<&'a str> {
    let name = name.and_then(std::ffi::OsStr::to_str);
    name.with_context(|| format!("`{}` has no name in UTF-8", path.display()))
}
