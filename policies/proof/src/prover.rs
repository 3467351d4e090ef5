//! The solver: found on the path or by configuration, one process for a study, ended with it.

use crate::questions::{Questions, Report};
use cedar_policy_symcc::CedarSymCompiler;
use cedar_policy_symcc::solver::LocalSolver;
use policies::Ruleset;
use std::path::{Path, PathBuf};
use std::process::Command as Blocking;
use std::thread;
use std::time::Duration;
use tokio::process::Command;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

/// How long one question may take, milliseconds; a set of a hundred rules takes less than one second.
const QUESTION: &str = "--tlimit-per=5000";

/// How long a study may take, and how long it may wait for its turn.
const STUDY: Duration = Duration::from_secs(20);

/// Policies are compiled by recursion, a step for each name in a rule: this is enough for the longest
/// rule that is taken, several times over.
const STACK: usize = 256 * 1024 * 1024;

/// Studies take turns: each solver keeps a processor busy.
static AT_ONCE: Semaphore = Semaphore::const_new(1);

/// A solver that can be asked.
#[derive(Clone, Debug)]
pub struct Prover {
    program: PathBuf,
}

impl Prover {
    /// The solver of that name: a path, or what is looked for in `PATH`. `None` when it does not answer.
    pub fn find(program: &Path) -> Option<Self> {
        let answer = Blocking::new(program).arg("--version").output().ok()?;
        let found = answer.status.success().then(|| program.to_owned());
        found.map(|program| Self { program })
    }

    /// What holds after a change of rules; `changed` are the policy ids of the rules or guardrails that
    /// change and are to count. Also when nothing can be proved a report comes back: it says so.
    pub async fn study(&self, before: &Ruleset, after: &Ruleset, changed: &[String]) -> Report {
        let questions = Questions {
            before: before.to_cedar(),
            after: after.to_cedar(),
            changed: changed.to_vec(),
        };
        let report = self.take_turn(questions).await;
        report.unwrap_or_else(|| {
            tracing::warn!(program = %self.program.display(), "No proof: the solver did not answer in time");
            Report::none()
        })
    }

    /// Asks on a thread of its own, which keeps its turn also when nobody waits any more.
    async fn take_turn(&self, questions: Questions) -> Option<Report> {
        let turn = timeout(STUDY, AT_ONCE.acquire()).await.ok()?.ok()?;
        let (answer, answered) = oneshot::channel();
        let prover = self.clone();
        let asking = move || {
            let _turn = turn;
            // Nobody may be there to hear it.
            let _ = answer.send(prover.ask(questions));
        };
        let thread = thread::Builder::new().name("proof".to_owned());
        thread.stack_size(STACK).spawn(asking).ok()?;
        // A thread that computes cannot be stopped: its turn passes when it has ended.
        timeout(STUDY + STUDY, answered).await.ok()?.ok()?
    }

    fn ask(&self, questions: Questions) -> Option<Report> {
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        runtime.block_on(async {
            let solver = LocalSolver::from_command(&mut self.command()).ok()?;
            let mut compiler = CedarSymCompiler::new(solver).ok()?;
            let asked = timeout(STUDY, questions.ask(&mut compiler));
            asked.await.ok()?
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // The limit is for each question: the default one counts from the start of the process.
        command.args(["--lang", "smt", QUESTION]).kill_on_drop(true);
        command
    }
}
