//! `/access/v1/…`: applications ask the same engine, as `OpenID AuthZEN` 1.0 writes it. A subject is an
//! `agent` of the key's collectivité (by id or mail address), a resource a `route` (`bip`, `site/espace-reserve`) or a `document`
//! (`bip:fiche`, see `documents.rs`), an action `ouvrir`, `envoyer` or `lire`.

mod asked;
mod search;

use super::asked::Caller;
use super::problem::Problem;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::question::{agent, judge};
use accounts::Error;
use asked::{Asked, read};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use policies::Member;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// The type of subjects.
const AGENT: &str = "agent";

/// Said of a subject who is not in the key's collectivité, whether elsewhere or nowhere.
const NOBODY: &str = "Personne de la collectivité n’a cet identifiant ou cette adresse.";

/// Said of a subject of another type.
const NO_AGENT: &str = "Le type d’un sujet est agent.";

/// Said of what is not here.
const NOTHING: &str = "Rien ne s’appelle ainsi\u{a0}: l’action est ouvrir ou envoyer, avec une route (un service, ou une rubrique comme site/espace-reserve), ou lire avec un document (bip:fiche, et s’il le faut ;theme=… ;collection=…).";

/// Most questions of one request.
const MOST: usize = 1000;

/// Before the path of every question.
pub(super) const QUESTIONS: &str = "/access/v1/";

/// Every route.
pub(super) fn routes() -> Router<Arc<Portal>> {
    let question = |path: &str| format!("{QUESTIONS}{path}");
    Router::new()
        .route(&question("evaluation"), post(evaluate))
        .route(&question("evaluations"), post(evaluate_all))
        .route(&question("search/subject"), post(search::subjects))
        .route(&question("search/resource"), post(search::resources))
        .route(&question("search/action"), post(search::actions))
}

/// An answer.
#[derive(Clone, Debug, Serialize)]
struct Decision {
    decision: bool,
    context: Why,
}

/// What stands behind it.
#[derive(Clone, Debug, Serialize)]
struct Why {
    /// What the person would be told, of a denial.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The ids of the rules that decided.
    rules: Vec<String>,
}

impl Decision {
    /// A question that cannot be answered opens nothing.
    fn faulty(detail: &str) -> Self {
        Self {
            decision: false,
            context: Why {
                reason: Some(detail.to_owned()),
                rules: Vec::new(),
            },
        }
    }
}

/// Those who were asked about, each read once.
struct Bench<'a> {
    portal: &'a Portal,
    referent: &'a Referent,
    known: HashMap<(String, i64), Option<Member>>,
}

impl<'a> Bench<'a> {
    fn new(portal: &'a Portal, referent: &'a Referent) -> Self {
        Self {
            portal,
            referent,
            known: HashMap::new(),
        }
    }

    async fn judge(&mut self, asked: &Asked) -> Result<Decision, Problem> {
        let (subject, resource, referent) = (asked.subject()?, asked.resource()?, self.referent);
        let wanted = asked::wanted(self.portal, asked.action()?, resource);
        let when = asked.when(self.portal, referent)?;
        let member = self.member(subject, when.at).await?;
        let Some(member) = member else {
            let is_agent = subject.0 == AGENT;
            return Ok(Decision::faulty(if is_agent { NOBODY } else { NO_AGENT }));
        };
        let Some(wanted) = wanted else {
            return Ok(Decision::faulty(NOTHING));
        };
        let decided = judge(referent, member, &wanted, &when);
        let (reason, rules) = match &decided {
            Ok(permit) => (None, permit.rules()),
            Err(refusal) => (Some(refusal.sentence().to_owned()), refusal.rules()),
        };
        let rules = rules.iter().map(ToString::to_string).collect();
        Ok(Decision {
            decision: decided.is_ok(),
            context: Why { reason, rules },
        })
    }

    async fn member(
        &mut self,
        (kind, id): (&str, &str),
        at: i64,
    ) -> Result<Option<&Member>, Problem> {
        if kind != AGENT {
            return Ok(None);
        }
        let key = (id.to_owned(), at);
        if !self.known.contains_key(&key) {
            let found = match agent(self.portal, self.referent, id, at).await {
                Err(Error::NotFound { .. }) => None,
                found => Some(found?),
            };
            self.known.insert(key.clone(), found);
        }
        Ok(self.known.get(&key).and_then(Option::as_ref))
    }
}

/// One question.
async fn evaluate(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Decision>, Problem> {
    let asked: Asked = read(&headers, &body)?;
    let mut bench = Bench::new(&portal, &referent);
    bench.judge(&asked).await.map(Json)
}

/// Several questions: what they have in common stands beside them.
#[derive(Debug, Deserialize)]
struct Several {
    #[serde(flatten)]
    common: Asked,
    #[serde(default)]
    evaluations: Vec<Asked>,
    #[serde(default)]
    options: Options,
}

#[derive(Debug, Default, Deserialize)]
struct Options {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// When to stop.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    #[default]
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

impl Semantic {
    fn stops(self, decision: bool) -> bool {
        match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !decision,
            Self::PermitOnFirstPermit => decision,
        }
    }
}

/// As many answers as questions, or until one decides; the answer alone where there is one question.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answers {
    One(Decision),
    Several { evaluations: Vec<Decision> },
}

async fn evaluate_all(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Answers>, Problem> {
    let several: Several = read(&headers, &body)?;
    if several.evaluations.len() > MOST {
        return Err(asked::bad(&format!(
            "Posez {MOST} questions au plus en une fois."
        )));
    }
    let mut bench = Bench::new(&portal, &referent);
    if several.evaluations.is_empty() {
        return Ok(Json(Answers::One(bench.judge(&several.common).await?)));
    }
    let mut evaluations = Vec::new();
    for asked in several.evaluations {
        let decision = match bench.judge(&asked.or(&several.common)).await {
            Ok(decision) => decision,
            // What is wrong with one question is no matter of the others.
            Err(problem) => match problem.mendable() {
                Some(detail) => Decision::faulty(detail),
                None => return Err(problem),
            },
        };
        let stops = several
            .options
            .evaluations_semantic
            .stops(decision.decision);
        evaluations.push(decision);
        if stops {
            break;
        }
    }
    Ok(Json(Answers::Several { evaluations }))
}
