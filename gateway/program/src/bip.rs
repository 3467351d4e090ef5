//! `convergences bip …`: BIP's content and index, for operators.

use crate::cli::ConfigFile;
use crate::config::{self, BipSettings, Config};
use crate::operator::say;
use accounts::Clock;
use anyhow::Context as _;
use clap::Subcommand;
use policies::{
    Classification, CollectiviteId, Level, Member, MembershipId, Principal, Right, Role, Ruleset,
    ServiceId, Situation, Tenant,
};
use search::{
    Bip, Coverage, Evaluation, Follower, Judged, Library, Scope, Synonyms, Tables, Written,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// `convergences bip …`.
#[derive(Debug, Subcommand)]
pub(crate) enum BipCommand {
    /// Add and replace documents from a JSON Lines file, or from the corpus that the program carries.
    Import {
        /// JSON Lines; the program's own corpus when there is none.
        #[arg(long)]
        corpus: Option<PathBuf>,
        /// The file is everything there is: withdraw what it does not name.
        #[arg(long)]
        whole: bool,
        /// Withdraw even more than half of what there is.
        #[arg(long, requires = "whole")]
        yes: bool,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Show how much content there is, and how far this node's index follows it.
    Status(ConfigFile),
    /// Have every node make its index anew from the content.
    Reindex(ConfigFile),
    /// Compare this node's index with the content, document by document.
    Verify(ConfigFile),
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
    | BipCommand::Reindex(file)
    | BipCommand::Verify(file)
    | BipCommand::Evaluate { file, .. }) = command;
    let config = config::read(&file.config)?;
    let settings = config.bip.as_ref();
    let settings = settings.context("the configuration names no `[bip] data` folder")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let library = Library::open(&settings.content, Tables::Expect).await?;
        match command {
            BipCommand::Import {
                corpus, whole, yes, ..
            } => {
                let coverage = if *whole {
                    Coverage::Whole { most: *yes }
                } else {
                    Coverage::Part
                };
                let written = import(
                    &library,
                    corpus.as_deref(),
                    &config.classification,
                    coverage,
                )
                .await?;
                say(format_args!(
                    "{} written, {} unchanged, {} withdrawn, {} left alone as written here",
                    written.written, written.unchanged, written.withdrawn, written.kept
                ))
            }
            BipCommand::Status(_) => status(&of(settings)?, &library).await,
            BipCommand::Reindex(_) => {
                library.reindex().await?;
                say(format_args!(
                    "Every node that runs makes its index anew now, others when they start"
                ))
            }
            BipCommand::Verify(_) => verify(&of(settings)?, &library).await,
            BipCommand::Evaluate { queries, worst, .. } => {
                let mut bip = of(settings)?;
                if !bip.open()? {
                    bip = indexed(bip, library).await?;
                }
                evaluate(&bip, queries, *worst, &config)
            }
        }
    })
}

/// BIP as a configuration has it, not opened yet.
pub(crate) fn of(settings: &BipSettings) -> anyhow::Result<Bip> {
    std::fs::create_dir_all(&settings.data)?;
    let bip = Bip::new(&settings.data)?;
    let Some(path) = &settings.synonyms else {
        return Ok(bip);
    };
    let file = || format!("the synonyms `{}`", path.display());
    let table = std::fs::read_to_string(path).with_context(file)?;
    Ok(bip.with_synonyms(Synonyms::parse(&table).with_context(file)?))
}

/// Makes the index that no node has made yet.
async fn indexed(bip: Bip, library: Library) -> anyhow::Result<Bip> {
    let bip = Arc::new(bip);
    Follower::new(bip.clone(), library).catch_up().await?;
    Arc::into_inner(bip).context("the index is still followed")
}

async fn status(bip: &Bip, library: &Library) -> anyhow::Result<()> {
    let holdings = library.holdings().await?;
    say(format_args!(
        "content: {} documents, {} former versions, last write {}",
        holdings.documents, holdings.versions, holdings.change
    ))?;
    match bip.follows()? {
        None => say(format_args!(
            "index: none yet; `serve` makes it when it starts"
        )),
        Some((change, epoch)) if epoch < holdings.epoch => say(format_args!(
            "index: made before the last `reindex`, at write {change}"
        )),
        Some((change, _)) => say(format_args!("index: follows to write {change}")),
    }
}

async fn verify(bip: &Bip, library: &Library) -> anyhow::Result<()> {
    let change = library.holdings().await?.change;
    // A node that runs follows within half a second.
    for _ in 0..4 {
        if bip.follows()?.is_some_and(|(follows, _)| follows >= change) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    bip.open()?;
    let differences = bip.differences(library).await?;
    for one in differences.iter().take(20) {
        eprintln!("{one}");
    }
    anyhow::ensure!(
        differences.is_empty(),
        "{} documents differ between content and index: `convergences bip reindex` mends it",
        differences.len()
    );
    say(format_args!(
        "The index holds the {} documents of the content as they are, and its files are sound.",
        bip.document_count()
    ))
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
    bip.scope(
        Arc::new(ruleset),
        Principal::Member(Arc::new(member)),
        Situation::at(now, None, false),
    )
    .context("the index is not open")
}

/// Imports with progress on standard error.
pub(crate) async fn import(
    library: &Library,
    corpus: Option<&Path>,
    classification: &Classification,
    coverage: Coverage,
) -> anyhow::Result<Written> {
    let progress = |done: usize, total: usize| {
        if done.is_multiple_of(2000) || done == total {
            eprintln!("BIP: {done} / {total} documents");
        }
    };
    let now = Clock::System.now();
    let lines: Box<dyn BufRead> = match corpus {
        Some(file) => {
            let file =
                File::open(file).with_context(|| format!("the file `{}`", file.display()))?;
            Box::new(BufReader::new(file))
        }
        None => Box::new(search::embedded_corpus()?),
    };
    Ok(library
        .import(lines, classification, coverage, now, progress)
        .await?)
}
