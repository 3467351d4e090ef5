//! Measures the gateway beside pingora that only forwards: CPU per request, requests per second,
//! memory. `cargo bench --workspace --bench gateway` takes two minutes, stays on
//! 127.0.0.1, and needs nothing but this repository. Compare ratios: machines differ.

#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

#[path = "gateway/load.rs"]
mod load;
#[path = "gateway/memory.rs"]
mod memory;
#[path = "gateway/programs.rs"]
mod programs;

use anyhow::Context as _;
use load::{Goal, Requests};
use programs::Program;
use std::time::Duration;

const PEOPLE: usize = 10_000;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(1500);
/// A first use of each session takes a look-up in the store.
const FIRST_USES: Duration = Duration::from_mins(1);

/// One kind of request, and what was measured of it.
struct Case<'a> {
    name: &'static str,
    program: &'a Program,
    requests: Requests,
    /// CPU microseconds per request and requests per second, round by round.
    rounds: Vec<(f64, f64)>,
}

/// `cargo test` also builds and starts this, without `--bench`: then it does nothing.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    programs::pin_this_process();
    let upstream = load::backend().await?;
    let folder = tempfile::tempdir()?;
    let bare = Program::bare(upstream).await?;
    let (gateway, cookies) = Program::gateway(folder.path(), upstream, PEOPLE).await?;
    let empty = gateway.memory()?;
    let everybody = Requests::new("/app/1k", &cookies, 200);
    let each_once = Goal::Requests(everybody.len());
    let first = load::run(gateway.address, &everybody, each_once, FIRST_USES).await?;
    anyhow::ensure!(first == PEOPLE, "{first} of {PEOPLE} sessions were used");
    let full = gateway.memory()?;
    let mut cases = cases(&bare, &gateway, &cookies, everybody)?;
    for case in &mut cases {
        case.measure().await?;
        case.rounds.clear();
    }
    for _ in 0..ROUNDS {
        for case in &mut cases {
            case.measure().await?;
        }
    }
    print(&cases);
    println!();
    println!(
        "Memory of the gateway alone: {empty:.1} MiB at the start, {full:.1} MiB after each of"
    );
    println!(
        "{PEOPLE} sessions was used once, {:.1} MiB at the end.",
        gateway.memory()?
    );
    println!();
    memory::print()
}

fn cases<'a>(
    bare: &'a Program,
    gateway: &'a Program,
    cookies: &[String],
    everybody: Requests,
) -> anyhow::Result<Vec<Case<'a>>> {
    let one = cookies.get(..1).context("nobody is logged in")?;
    let case = |name, program, requests| Case {
        name,
        program,
        requests,
        rounds: Vec::new(),
    };
    Ok(vec![
        case(
            "pingora, forwarding only",
            bare,
            Requests::new("/public/1k", &[], 200),
        ),
        case(
            "public page",
            gateway,
            Requests::new("/public/1k", &[], 200),
        ),
        case(
            "logged in, allowed",
            gateway,
            Requests::new("/app/1k", one, 200),
        ),
        case("the same, 10,000 people in turn", gateway, everybody),
        case(
            "logged in, refused (403)",
            gateway,
            Requests::new("/admin/1k", one, 403),
        ),
        case(
            "nobody, sent to log in",
            gateway,
            Requests::new("/app/1k", &[], load::REDIRECT),
        ),
    ])
}

impl Case<'_> {
    /// The CPU time counts what is left to do after the last answer, the journal for one.
    async fn measure(&mut self) -> anyhow::Result<()> {
        self.program.settle().await?;
        let before = self.program.cpu()?;
        let goal = Goal::Until(ROUND);
        let done = load::run(self.program.address, &self.requests, goal, 2 * ROUND).await?;
        self.program.settle().await?;
        let used = self.program.cpu()?.saturating_sub(before);
        let done = u32::try_from(done.max(1))?;
        self.rounds.push((
            used.as_secs_f64() * 1e6 / f64::from(done),
            f64::from(done) / ROUND.as_secs_f64(),
        ));
        Ok(())
    }
}

fn print(cases: &[Case<'_>]) {
    println!(
        "{ROUNDS} interleaved rounds of {:.1} s, {} connections, 1 KiB answers, one gateway thread; medians:",
        ROUND.as_secs_f64(),
        load::CONNECTIONS
    );
    println!();
    println!(
        "{:34}{:>10}{:>10}{:>14}",
        "", "CPU µs", "× bare", "requests/s"
    );
    let bare: Vec<f64> = cases
        .iter()
        .take(1)
        .flat_map(|case| case.rounds.iter().map(|(cpu, _)| *cpu))
        .collect();
    for case in cases {
        let ratios = case
            .rounds
            .iter()
            .zip(&bare)
            .map(|((cpu, _), bare)| cpu / bare);
        println!(
            "{:34}{:>10.1}{:>10.2}{:>14.0}",
            case.name,
            median(case.rounds.iter().map(|(cpu, _)| *cpu)),
            median(ratios),
            median(case.rounds.iter().map(|(_, rate)| *rate)),
        );
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
