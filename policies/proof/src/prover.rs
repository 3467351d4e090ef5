//! The solver: found on the path or by configuration, one process for a study, ended with it.

use crate::questions::{Questions, Report};
use cedar_policy_symcc::CedarSymCompiler;
use cedar_policy_symcc::solver::LocalSolver;
use policies::Ruleset;
use std::path::{Path, PathBuf};
use std::process::Command as Blocking;
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long one question may take, milliseconds; a set of a hundred rules takes less than one second.
const QUESTION: &str = "--tlimit-per=5000";

/// How long a study may take.
const STUDY: Duration = Duration::from_secs(20);

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

    /// What holds after a change of rules; `changed` is the policy id of the rule that changes, if it is
    /// to count. Also when nothing can be proved a report comes back: it says so.
    pub async fn study(&self, before: &Ruleset, after: &Ruleset, changed: Option<&str>) -> Report {
        let Ok(turn) = AT_ONCE.acquire().await else {
            return Report::none();
        };
        let questions = Questions {
            before: &before.as_cedar(),
            after: &after.as_cedar(),
            changed,
        };
        let report = async {
            let solver = LocalSolver::from_command(&mut self.command()).ok()?;
            let mut compiler = CedarSymCompiler::new(solver).ok()?;
            questions.ask(&mut compiler).await
        };
        let report = timeout(STUDY, report).await.ok().flatten();
        drop(turn);
        report.unwrap_or_else(|| {
            tracing::warn!(program = %self.program.display(), "No proof: the solver did not answer in time");
            Report::none()
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // The limit is for each question: the default one counts from the start of the process.
        command.args(["--lang", "smt", QUESTION]).kill_on_drop(true);
        command
    }
}
