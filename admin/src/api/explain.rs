//! `/api/v1/explain`: may this agent do that there, then, and because of which rule.

use super::asked::{Caller, Parameters, bad_parameter};
use super::problem::Problem;
use crate::date;
use crate::portal::Portal;
use crate::referent::question::{Wanted, When, agent, judge};
use crate::referent::{Referent, rules};
use accounts::RuleVersion;
use axum::extract::State;
use policies::{Names, Reason, Ruleset};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Question {
    /// The id of an agent.
    agent: String,
    /// `ouvrir`, `envoyer` or `lire`.
    action: String,
    /// A service (`bip`), an area (`site/espace-reserve`), or with `lire` a kind of documents
    /// (`bip:fiche`).
    what: String,
    /// When, RFC 3339; now unless said. Rules, groups and profiles are those of now, rights those in force then.
    at: Option<String>,
    /// The name of a network of the collectivité; anywhere else unless said.
    network: Option<String>,
    /// Whether a second factor was shown; not unless said.
    #[serde(default)]
    second_factor: bool,
}

/// What was decided, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Explanation {
    /// `allow` or `deny`.
    decision: &'static str,
    /// `no-right`, `forbidden` or `failed`, of a denial.
    reason: Option<&'static str>,
    /// What the person is told, of a denial.
    sentence: Option<String>,
    /// Those that decided.
    rules: Vec<Deciding>,
    /// Those that would allow it in other circumstances.
    missed: Vec<Missing>,
    /// What was asked about, RFC 3339.
    at: String,
}

/// A rule, a grant or a guardrail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Deciding {
    /// `fontclaire/…` is a rule of the collectivité, `droit/…` a grant, `cig/…` a guardrail.
    id: String,
    /// What it says.
    sentence: Option<String>,
    /// Who published it, while they are here.
    author: Option<String>,
    published_at: Option<String>,
    /// Why they did.
    because: Option<String>,
}

/// A rule whose circumstances are not these.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Missing {
    id: String,
    sentence: Option<String>,
    /// What is missing, in French.
    unmet: Vec<String>,
}

/// What rules say of themselves, and their histories.
struct Told<'a> {
    ruleset: Option<&'a Ruleset>,
    names: Names,
    versions: Vec<RuleVersion>,
}

impl Told<'_> {
    fn sentence(&self, rule: &str) -> Option<String> {
        self.ruleset?.say(rule, &self.names)
    }

    fn deciding(&self, owner: &str, rule: &str) -> Deciding {
        let id = rule.strip_prefix(owner).and_then(|id| id.strip_prefix('/'));
        let version = self
            .versions
            .iter()
            .find(|version| Some(&*version.rule.id) == id);
        Deciding {
            id: rule.to_owned(),
            sentence: self.sentence(rule),
            author: version.and_then(|version| version.author.clone()),
            published_at: version.map(|version| date::rfc3339(version.created_at)),
            because: version.map(|version| version.reason.clone()),
        }
    }
}

/// Explains an access.
#[utoipa::path(get, path = "/api/v1/explain", operation_id = "explainAccess", tag = "rules",
    summary = "Expliquer un accès\u{a0}: la décision et ses règles", params(Question),
    responses((status = 200, description = "La décision, telle que la passerelle la prendrait", body = Explanation)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Parameters(question): Parameters<Question>,
) -> Result<axum::Json<Explanation>, Problem> {
    let wanted = Wanted::of(&portal, &question.action, &question.what).ok_or_else(|| {
        bad_parameter("action est ouvrir ou envoyer, avec un service ou une rubrique pour what, ou lire avec une sorte de documents comme bip:fiche.")
    })?;
    let when = when(&portal, &referent, &question)?;
    let member = agent(&portal, &referent, &question.agent, when.at).await?;
    let decided = judge(&referent, &member, &wanted, &when);
    let versions = referent.within(&portal).list_rules().await?;
    let models: Vec<_> = versions
        .iter()
        .filter_map(|version| version.rule.model())
        .collect();
    let told = Told {
        ruleset: referent.judging().ok().map(|(ruleset, _)| ruleset),
        names: rules::names(&portal, &referent, &models).await?,
        versions,
    };
    let owner = referent.purview.collectivite().as_str();
    let decisive = match &decided {
        Ok(permit) => permit.rules(),
        Err(refusal) => refusal.rules(),
    };
    let refusal = decided.as_ref().err();
    let missed = refusal.map(policies::Refusal::missed).unwrap_or_default();
    Ok(axum::Json(Explanation {
        decision: if decided.is_ok() { "allow" } else { "deny" },
        reason: refusal.map(|refusal| spell(refusal.reason())),
        sentence: refusal.map(|refusal| refusal.sentence().to_owned()),
        rules: decisive
            .iter()
            .map(|rule| told.deciding(owner, rule))
            .collect(),
        missed: missed
            .iter()
            .map(|missed| Missing {
                id: missed.rule.to_string(),
                sentence: told.sentence(&missed.rule),
                unmet: missed.unmet.phrases(),
            })
            .collect(),
        at: date::rfc3339(when.at),
    }))
}

fn when<'a>(
    portal: &Portal,
    referent: &Referent,
    question: &'a Question,
) -> Result<When<'a>, Problem> {
    let at = match &question.at {
        None => portal.store.clock().now(),
        Some(text) => date::parse_rfc3339(text)
            .ok_or_else(|| bad_parameter("at est un instant, comme 2026-11-27T10:00:00+01:00."))?,
    };
    let network = question.network.as_deref().filter(|name| !name.is_empty());
    let mut known = referent.entry.networks.iter();
    if network.is_some_and(|name| !known.any(|network| *network.name == *name)) {
        return Err(bad_parameter(
            "network est le nom d’un réseau confirmé de la collectivité.",
        ));
    }
    Ok(When {
        at,
        network,
        second_factor: question.second_factor,
    })
}

fn spell(reason: Reason) -> &'static str {
    match reason {
        Reason::NoRight => "no-right",
        Reason::Forbidden => "forbidden",
        Reason::Failed => "failed",
    }
}
