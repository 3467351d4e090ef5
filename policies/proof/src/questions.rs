//! What is asked of the solver for a change of rules, in every environment of a request (who asks for
//! which action on what).

use crate::example::Example;
use crate::verdict::{Course, Verdict};
use cedar_policy::{Policy, PolicyId, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::err::Error;
use cedar_policy_symcc::solver::Solver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};
use policies::Cedar;
use std::collections::BTreeSet;

/// What was found out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// No rule reaches anybody but the agents of the collectivité.
    pub within: Verdict,
    /// No rule can fail when it is evaluated, and no guardrail above them.
    pub faultless: Verdict,
    /// Those of the rules that change that can never apply.
    pub dead: Vec<String>,
    /// In which direction the change goes.
    pub course: Course,
}

impl Report {
    pub(crate) fn none() -> Self {
        Self {
            within: Verdict::NotEstablished,
            faultless: Verdict::NotEstablished,
            dead: Vec::new(),
            course: Course::Unknown,
        }
    }

    /// Whether the rules may count.
    pub fn is_proved(&self) -> bool {
        self.within.is_proved() && self.faultless.is_proved()
    }
}

/// A change.
pub(crate) struct Questions {
    pub(crate) before: Cedar,
    pub(crate) after: Cedar,
    pub(crate) changed: Vec<String>,
}

impl Questions {
    /// All of them; `None` when the policies cannot be put to the solver, or it breaks.
    pub(crate) async fn ask<S: Solver>(self, solver: &mut CedarSymCompiler<S>) -> Option<Report> {
        let schema = &self.after.schema;
        let (before, after) = (set(&self.before.policies)?, set(&self.after.policies)?);
        let fence = set(&[fence(&self.after)?])?;
        let (mut within, mut no_wider, mut no_narrower) =
            (Verdict::Proved, Verdict::Proved, Verdict::Proved);
        for env in schema.request_envs() {
            let compile = |set| CompiledPolicySet::compile(set, &env, schema).ok();
            let (all, fence) = (compile(&after)?, compile(&fence)?);
            let reach = solver
                .check_implies_with_counterexample_opt(&all, &fence)
                .await;
            within = within.and(self.verdict(reach)?);
            let (was, is) = (
                compile(&realistic(&before)?)?,
                compile(&realistic(&after)?)?,
            );
            let wider = solver
                .check_implies_with_counterexample_opt(&is, &was)
                .await;
            no_wider = no_wider.and(self.verdict(wider)?);
            let narrower = solver
                .check_implies_with_counterexample_opt(&was, &is)
                .await;
            no_narrower = no_narrower.and(self.verdict(narrower)?);
        }
        Some(Report {
            within: within.and(self.scopes(solver).await?),
            faultless: self.faultless(solver).await?,
            dead: self.dead(solver).await?,
            course: Course::of(&no_wider, &no_narrower),
        })
    }

    /// Whether each rule by itself, without the fence around it, concerns its own people only.
    async fn scopes<S: Solver>(&self, solver: &mut CedarSymCompiler<S>) -> Option<Verdict> {
        let scope = scope(&self.after)?;
        let mut verdict = Verdict::Proved;
        for (rule, env) in self.each(&self.after.rules) {
            let rule = compile(rule, &env, &self.after.schema)?;
            let scope = compile(&scope, &env, &self.after.schema)?;
            let implied = solver.check_matches_implies_with_counterexample_opt(&rule, &scope);
            verdict = verdict.and(self.verdict(implied.await)?);
        }
        Some(verdict)
    }

    async fn faultless<S: Solver>(&self, solver: &mut CedarSymCompiler<S>) -> Option<Verdict> {
        let mut verdict = Verdict::Proved;
        for (rule, env) in self.written() {
            let rule = compile(rule, &env, &self.after.schema)?;
            let errs = solver.check_never_errors_with_counterexample_opt(&rule);
            verdict = verdict.and(self.verdict(errs.await)?);
        }
        Some(verdict)
    }

    /// `None` for a rule that cannot be put to the solver. What it does not know may apply.
    async fn dead<S: Solver>(&self, solver: &mut CedarSymCompiler<S>) -> Option<Vec<String>> {
        let (mut dead, mut alive) = (BTreeSet::new(), BTreeSet::new());
        for (rule, env) in self.written() {
            let id: &str = rule.id().as_ref();
            if !self.changed.iter().any(|changed| changed == id) || alive.contains(id) {
                continue;
            }
            let compiled = compile(rule, &env, &self.after.schema)?;
            match solver.check_never_matches_opt(&compiled).await {
                Ok(true) => dead.insert(id.to_owned()),
                Ok(false) | Err(Error::SolverUnknown) => alive.insert(id.to_owned()),
                // What it says afterwards may answer an earlier question.
                Err(_) => return None,
            };
        }
        Some(dead.difference(&alive).cloned().collect())
    }

    /// The collectivité's rules and the CIG's guardrails.
    fn written(&self) -> impl Iterator<Item = (&Policy, RequestEnv)> {
        let guardrails = self.each(&self.after.guardrails);
        self.each(&self.after.rules).chain(guardrails)
    }

    /// Each in every environment that it can bear on.
    fn each<'a>(&'a self, rules: &'a [Policy]) -> impl Iterator<Item = (&'a Policy, RequestEnv)> {
        rules.iter().flat_map(|rule| {
            let envs = self.after.schema.request_envs();
            envs.map(move |env| (rule, env)).collect::<Vec<_>>()
        })
    }

    /// `None` when the solver broke: what it says afterwards may answer an earlier question.
    fn verdict(&self, answer: Result<Option<Env>, Error>) -> Option<Verdict> {
        match answer {
            Ok(None) => Some(Verdict::Proved),
            Ok(Some(env)) => Some(Verdict::Refuted(Box::new(Example::of(&env, &self.after)))),
            Err(Error::SolverUnknown) => Some(Verdict::NotEstablished),
            Err(error) => {
                tracing::warn!(%error, "A question of a proof has no answer");
                None
            }
        }
    }
}

fn compile(rule: &Policy, env: &RequestEnv, schema: &Schema) -> Option<CompiledPolicy> {
    CompiledPolicy::compile(rule, env, schema).ok()
}

fn set(policies: &[Policy]) -> Option<PolicySet> {
    PolicySet::from_policies(policies.iter().cloned()).ok()
}

/// Who may be reached at all: agents whose own collectivité this is.
fn fence(cedar: &Cedar) -> Option<Policy> {
    let owner = &cedar.owner;
    let text = format!(
        "permit (principal is Agent, action, resource) when {{ principal.collectivite == {owner} }};"
    );
    Policy::parse(None, text).ok()
}

/// Whom a rule may concern: what the lint wants its scope to say.
fn scope(cedar: &Cedar) -> Option<Policy> {
    let owner = &cedar.owner;
    Policy::parse(
        None,
        format!("permit (principal in {owner}, action, resource);"),
    )
    .ok()
}

/// The same without hours that no day has: an example of them would tell nobody anything.
fn realistic(policies: &PolicySet) -> Option<PolicySet> {
    let text = r#"forbid (principal, action, resource)
        unless { context.heure >= duration("0m") && context.heure < duration("1440m") };"#;
    let mut policies = policies.clone();
    let clock = Policy::parse(Some(PolicyId::new("heures-du-jour")), text).ok()?;
    policies.add(clock).ok()?;
    Some(policies)
}
