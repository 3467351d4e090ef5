//! Writes a run over the full corpus, to be scored with the corpus's own `score.py`:
//! `BIP_QUERIES=queries-dev.jsonl BIP_RUN=run.json cargo test -p search -- --ignored run_of_the_full_corpus`

use crate::world::{base, scope};
use policies::Nature;
use search::{Bip, Query, Window};
use std::collections::BTreeMap;
use std::time::Instant;

#[derive(serde::Deserialize)]
struct Asked {
    qid: String,
    query: String,
    #[serde(default)]
    kinds: Vec<Nature>,
}

fn write_run(bip: &Bip) {
    let text = std::fs::read_to_string(std::env::var("BIP_QUERIES").unwrap()).unwrap();
    let scope = scope(bip, "c1", &[]);
    let mut run = BTreeMap::new();
    let mut times = Vec::new();
    for line in text.lines() {
        let asked: Asked = serde_json::from_str(line).unwrap();
        let window = Window {
            kinds: asked.kinds,
            offset: 0,
            limit: 10,
        };
        let start = Instant::now();
        let results = bip
            .search(&Query::parse(&asked.query), &window, &scope, true)
            .unwrap();
        times.push(start.elapsed());
        run.insert(
            asked.qid,
            results
                .hits
                .into_iter()
                .map(|hit| hit.id)
                .collect::<Vec<_>>(),
        );
    }
    times.sort_unstable();
    eprintln!(
        "p50 {:?} p99 {:?}",
        times[times.len() / 2],
        times[times.len() * 99 / 100]
    );
    std::fs::write(
        std::env::var("BIP_RUN").unwrap(),
        serde_json::to_string(&run).unwrap(),
    )
    .unwrap();
}

#[test]
#[ignore = "needs the query file, and is scored outside"]
fn run_of_the_full_corpus() {
    let directory = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let bip = Bip::import(
        directory.path(),
        search::embedded_corpus().unwrap(),
        &policies::Classification::default(),
        |_, _| {},
    )
    .unwrap();
    eprintln!("imported {} in {:?}", bip.document_count(), start.elapsed());
    write_run(&bip);
}

#[test]
#[ignore = "needs the query file, and is scored outside"]
fn run_of_the_small_corpus() {
    write_run(&base());
}
