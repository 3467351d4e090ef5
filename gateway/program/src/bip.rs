//! `convergences bip …`: BIP's content and index, for operators.

use crate::cli::ConfigFile;
use crate::config::{self, Config};
use crate::operator::say;
use accounts::Clock;
use anyhow::Context as _;
use clap::Subcommand;
use policies::{
    Classification, CollectiviteId, Level, Member, MembershipId, Principal, Right, Role, Ruleset,
    ServiceId, Situation, Tenant,
};
use search::{Bip, Evaluation, Judged, Scope};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `convergences bip …`.
#[derive(Debug, Subcommand)]
pub(crate) enum BipCommand {
    /// Replace the content by a JSON Lines file, or by the corpus that the program carries.
    Import {
        /// JSON Lines; the program's own corpus when there is none.
        #[arg(long)]
        corpus: Option<PathBuf>,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Show what is indexed.
    Status(ConfigFile),
    /// Measure the answers to questions whose good answers are known: nDCG@10, recall@10, MRR.
    Evaluate {
        /// JSON Lines: `qid`, `query`, `type`, `relevant` (id: grade 1 to 3), and sometimes `kinds`.
        queries: PathBuf,
        /// Also list so many of the questions answered worst.
        #[arg(long, default_value_t = 0)]
        worst: usize,
        #[command(flatten)]
        file: ConfigFile,
    },
}

/// Runs one.
pub(crate) fn run(command: &BipCommand) -> anyhow::Result<()> {
    let (BipCommand::Import { file, .. }
    | BipCommand::Status(file)
    | BipCommand::Evaluate { file, .. }) = command;
    let config = config::read(&file.config)?;
    let folder = config.bip.clone();
    let folder = folder.context("the configuration names no `[bip] data` folder")?;
    match command {
        BipCommand::Status(_) => count(&open(&folder)?),
        BipCommand::Import { corpus, .. } => {
            count(&import(&folder, corpus.as_deref(), &config.classification)?)
        }
        BipCommand::Evaluate { queries, worst, .. } => {
            evaluate(&open(&folder)?, queries, *worst, &config)
        }
    }
}

fn open(folder: &Path) -> anyhow::Result<Bip> {
    Bip::open(folder)?.with_context(|| format!("no index in `{}`", folder.display()))
}

fn count(bip: &Bip) -> anyhow::Result<()> {
    say(format_args!("{} documents", bip.document_count()))
}

fn evaluate(bip: &Bip, queries: &Path, worst: usize, config: &Config) -> anyhow::Result<()> {
    let lines = File::open(queries).with_context(|| format!("the file `{}`", queries.display()))?;
    let judged = Judged::read(BufReader::new(lines))?;
    let mut measured = bip.evaluate(&judged, &reader(bip, config)?)?;
    let mut groups: BTreeMap<&str, Vec<Evaluation>> = BTreeMap::new();
    for (one, evaluation) in &measured {
        groups.entry("").or_default().push(*evaluation);
        groups.entry(&one.sort).or_default().push(*evaluation);
    }
    say(format_args!(
        "{:24} questions  nDCG@10  recall@10    MRR",
        ""
    ))?;
    for (sort, of) in groups {
        let sort = if sort.is_empty() { "all" } else { sort };
        let mean = Evaluation::mean(&of);
        say(format_args!(
            "{sort:24} {:9}  {:7.3}  {:9.3}  {:5.3}",
            mean.questions, mean.ndcg, mean.recall, mean.mrr
        ))?;
    }
    measured.sort_by(|(_, one), (_, other)| one.ndcg.total_cmp(&other.ndcg));
    for (one, evaluation) in measured.iter().take(worst) {
        say(format_args!(
            "{:.3}  {}  {}",
            evaluation.ndcg, one.qid, one.query
        ))?;
    }
    Ok(())
}

/// What somebody reads to whom BIP is open and whom no rule concerns.
fn reader(bip: &Bip, config: &Config) -> anyhow::Result<Scope> {
    let (collectivite, service) = (CollectiviteId::from("evaluation"), ServiceId::from("bip"));
    let tenant = Tenant {
        id: collectivite.clone(),
        active: true,
        services: vec![service.clone()],
        cdg: None,
    };
    let member = Member {
        id: MembershipId::from("evaluation"),
        collectivite,
        active: true,
        role: Role::Agent,
        groups: Vec::new(),
        profile: None,
        rights: vec![Right {
            service,
            level: Level::Lecture,
        }],
    };
    let vocabulary = crate::product::vocabulary(config)?;
    let ruleset = Ruleset::build(&vocabulary, &tenant, &[])?;
    let now = Clock::System.now();
    Ok(bip.scope(
        Arc::new(ruleset),
        Principal::Member(Arc::new(member)),
        Situation::at(now, None, false),
    ))
}

/// Imports with progress on standard error.
pub(crate) fn import(
    folder: &Path,
    corpus: Option<&Path>,
    classification: &Classification,
) -> anyhow::Result<Bip> {
    std::fs::create_dir_all(folder)?;
    let progress = |done: usize, total: usize| {
        if done.is_multiple_of(2000) || done == total {
            eprintln!("BIP: {done} / {total} documents");
        }
    };
    Ok(match corpus {
        Some(file) => {
            let lines =
                File::open(file).with_context(|| format!("the file `{}`", file.display()))?;
            Bip::import(folder, BufReader::new(lines), classification, progress)?
        }
        None => Bip::import(folder, search::embedded_corpus()?, classification, progress)?,
    })
}
