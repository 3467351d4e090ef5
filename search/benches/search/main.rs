//! What a search of the whole corpus costs, beside SQLite's FTS5 (and PostgreSQL's French full text where
//! `BIP_POSTGRES` names an empty database) on the same questions in the same run; what an import and a change
//! cost; and how all of it grows. `cargo bench --package search --bench search`; `BIP_TIMES=1,10,100` grows.

#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

mod peers;

use policies::{
    Classification, CollectiviteId, Level, Member, MembershipId, Principal, Right, Role, Rule,
    Ruleset, ServiceId, Situation, Tenant, Vocabulary,
};
use search::{
    Bip, Coverage, Document, EMBEDDED_COLLECTIONS, EMBEDDED_THEMES, Follower, Judged, Library,
    Question, Scope, Tables,
};
use std::io::BufRead as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

const QUERIES: &[u8] = include_bytes!("../../corpus/queries.jsonl");
/// Friday 27 November 2026, 10:00 in Paris.
const NOW: i64 = 1_795_770_000;
/// How often each question is asked.
const TURNS: usize = 5;

fn main() -> Fallible<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let times = std::env::var("BIP_TIMES").unwrap_or_else(|_| "1".to_owned());
    for times in times.split(',') {
        runtime.block_on(measure(times.trim().parse()?))?;
    }
    Ok(())
}

/// The corpus, so many times, each time with ids of its own.
fn corpus(times: usize) -> Fallible<(String, usize)> {
    let lines: Vec<String> = search::embedded_corpus()?
        .lines()
        .collect::<Result<_, _>>()?;
    let mut corpus = String::new();
    for time in 0..times {
        for line in &lines {
            let line = match time {
                0 => line.clone(),
                _ => line
                    .replacen("\"id\":\"", &format!("\"id\":\"{time}~"), 1)
                    .replacen("\"id\": \"", &format!("\"id\": \"{time}~"), 1),
            };
            corpus.push_str(&line);
            corpus.push('\n');
        }
    }
    Ok((corpus, lines.len() * times))
}

async fn measure(times: usize) -> Fallible<()> {
    let folder = tempfile::tempdir()?;
    let (corpus, documents) = corpus(times)?;
    println!(
        "\n{documents} documents, {} MB of JSON",
        corpus.len() / 1_000_000
    );
    let url = format!("sqlite://{}", folder.path().join("content.db").display());
    let library = Library::open(&url, Tables::Migrate).await?;
    let bip = Arc::new(Bip::new(folder.path())?);
    let mut follower = Follower::new(bip.clone(), library.clone());

    let start = Instant::now();
    let sorts = Classification::default();
    library
        .import(corpus.as_bytes(), &sorts, Coverage::Part, NOW, |_, _| {})
        .await?;
    println!("import into the store    {:>9.2?}", start.elapsed());
    let start = Instant::now();
    follower.catch_up().await?;
    println!("make the index           {:>9.2?}", start.elapsed());
    println!(
        "index on disk            {:>6} MB",
        size(folder.path())? / 1_000_000
    );

    let judged = Judged::read(QUERIES)?;
    let questions: Vec<&str> = judged.iter().map(|one| one.query.as_str()).collect();
    let scope = reader(&bip)?;
    told(
        "search, rights, facets, 10 extracts",
        &mut searches(&bip, &scope, &questions)?,
    );
    told("suggest", &mut suggestions(&bip, &scope, &questions)?);
    told(
        "change one document until visible",
        &mut changes(&library, &bip, &mut follower).await?,
    );
    if times == 1 {
        peers::measure(&corpus, &questions, folder.path()).await?;
    }
    Ok(())
}

fn searches(bip: &Bip, scope: &Scope, questions: &[&str]) -> Fallible<Vec<Duration>> {
    let mut taken = Vec::new();
    for turn in 0..=TURNS {
        for text in questions {
            let mut question = Question::of(text);
            question.filters.in_force = Some(true);
            let start = Instant::now();
            std::hint::black_box(bip.search(&question, scope)?);
            // The first turn warms up.
            if turn > 0 {
                taken.push(start.elapsed());
            }
        }
    }
    Ok(taken)
}

fn suggestions(bip: &Bip, scope: &Scope, questions: &[&str]) -> Fallible<Vec<Duration>> {
    let mut taken = Vec::new();
    for text in questions {
        for length in 2..14 {
            let typed: String = text.chars().take(length).collect();
            let start = Instant::now();
            std::hint::black_box(bip.suggest(&typed, 8, scope)?);
            taken.push(start.elapsed());
        }
    }
    Ok(taken)
}

/// From the write in the store to the answer that shows it.
async fn changes(library: &Library, bip: &Bip, follower: &mut Follower) -> Fallible<Vec<Duration>> {
    let mut taken = Vec::new();
    for turn in 0..30 {
        let title = format!("Nouvelle fiche changée {turn} fois");
        let document: Document = serde_json::from_value(serde_json::json!({
            "id": "bench", "kind": "fiche", "title": title, "body": "Un texte.",
            "source_url": "", "licence": "",
        }))?;
        let start = Instant::now();
        library.write(&[document], NOW + turn).await?;
        follower.catch_up().await?;
        let found = bip.find_document("bench", &reader(bip)?)?;
        taken.push(start.elapsed());
        assert!(found.is_some_and(|document| document.title == title));
    }
    Ok(taken)
}

/// An agent under a rule that closes one theme: some of the classes are left out.
fn reader(bip: &Bip) -> Fallible<Scope> {
    let sorts = Classification::new(
        EMBEDDED_THEMES.map(str::to_owned),
        EMBEDDED_COLLECTIONS.map(str::to_owned),
    )?;
    let service = ServiceId::from("bip");
    let vocabulary = Arc::new(Vocabulary::classified(&["bip".into()], sorts)?);
    let tenant = Tenant {
        id: CollectiviteId::from("c1"),
        active: true,
        services: vec![service.clone()],
        cdg: None,
    };
    let rule = Rule {
        id: "r1".to_owned(),
        text: r#"forbid (principal in Collectivite::"c1", action == Action::"lire", resource is Document) when { resource.themes.containsAny([Theme::"Dialogue social"]) };"#.to_owned(),
    };
    let member = Member {
        id: MembershipId::from("m1"),
        collectivite: CollectiviteId::from("c1"),
        active: true,
        role: Role::Agent,
        groups: Vec::new(),
        profile: None,
        rights: vec![Right {
            service,
            level: Level::Lecture,
        }],
    };
    let ruleset = Arc::new(Ruleset::build(&vocabulary, &tenant, &[rule])?);
    let principal = Principal::Member(Arc::new(member));
    let scope = bip.scope(ruleset, principal, Situation::at(NOW, None, false));
    scope.ok_or_else(|| "BIP is not ready".into())
}

pub(crate) fn told(what: &str, taken: &mut [Duration]) {
    taken.sort_unstable();
    let at = |share: usize| {
        taken
            .get(taken.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    println!("{what:36} p50 {:>9.2?}  p99 {:>9.2?}", at(50), at(99));
}

/// Bytes of the index below a folder.
fn size(folder: &Path) -> Fallible<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            for file in std::fs::read_dir(path)? {
                sum += file?.metadata()?.len();
            }
        }
    }
    Ok(sum)
}
