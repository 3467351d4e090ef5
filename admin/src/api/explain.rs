//! `/api/v1/explain`: may this agent do that there, then, and because of which rule.

use super::asked::{Caller, Parameters, bad_parameter};
use super::problem::Problem;
use crate::date;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::question::Wanted;
use crate::referent::rules::counting::counting;
use crate::referent::rules::{self, Circumstances};
use crate::referent::scene::{self, UNKNOWN};
use accounts::{Giving, RuleVersion};
use axum::extract::State;
use policies::{Level, Member, Names, Permit, Principal, Reason, Refusal, Right, Ruleset};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Question {
    /// The id or the mail address of an agent.
    agent: String,
    /// `ouvrir`, `envoyer` or `lire`.
    action: String,
    /// A service (`bip`), an area (`site/espace-reserve`), or with `lire` a kind of documents (`bip:fiche`),
    /// themes and a collection besides (`bip:fiche;theme=Carrière;collection=Secteur privé`).
    what: String,
    /// When, RFC 3339; now unless said. Of a past moment rules, guardrails, groups and rights are those of then.
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
    /// Who published it, or gave the right or the profile that has it, while they are here.
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

/// What rules say of themselves, and the versions of them that counted.
struct Told<'a> {
    ruleset: &'a Ruleset,
    names: Names,
    /// By the ids that decisions name them by.
    versions: HashMap<Box<str>, RuleVersion>,
    /// Of rights, by the same.
    givings: HashMap<Box<str>, Giving>,
}

impl<'a> Told<'a> {
    async fn of(
        portal: &Portal,
        referent: &Referent,
        (member, ruleset, at): (&Member, &'a Ruleset, i64),
        decided: &Result<Permit, Refusal>,
    ) -> Result<Self, Problem> {
        let within = referent.within(portal);
        let missed = decided.as_ref().err().map(Refusal::missed);
        let missed = missed.into_iter().flatten().map(|missed| &missed.rule);
        let ids: Vec<_> = decisive(decided).iter().chain(missed).collect();
        let models = ids.iter().filter_map(|id| ruleset.model(id).cloned());
        let names = rules::names(portal, referent, &models.collect::<Vec<_>>()).await?;
        let (mut versions, mut givings) = (HashMap::new(), HashMap::new());
        for id in ids {
            if let Some(right) = right(id) {
                let own = within.right_given(&member.id, &right, at).await?;
                let given = match (own, &member.profile) {
                    (None, Some(profile)) => {
                        within
                            .profile_given(&member.id, profile.as_str(), at)
                            .await?
                    }
                    (own, _) => own,
                };
                givings.extend(given.map(|given| (id.clone(), given)));
            }
            let version = counting(portal, referent, id, at).await?;
            versions.extend(version.map(|version| (id.clone(), version)));
        }
        Ok(Self {
            ruleset,
            names,
            versions,
            givings,
        })
    }

    fn sentence(&self, rule: &str) -> Option<String> {
        let said = self.ruleset.say(rule, &self.names);
        said.or_else(|| policies::say_right(rule, &self.names))
    }

    fn deciding(&self, rule: &str) -> Deciding {
        let (version, given) = (self.versions.get(rule), self.givings.get(rule));
        let author = version.map(|version| version.author.clone());
        let since = version.map(|version| version.created_at);
        Deciding {
            id: rule.to_owned(),
            sentence: self.sentence(rule),
            author: author
                .or_else(|| given.map(|given| given.author.clone()))
                .flatten(),
            published_at: since
                .or_else(|| given.map(|given| given.at))
                .map(date::rfc3339),
            because: version.map(|version| version.reason.clone()),
        }
    }
}

/// A right that decides.
fn right(id: &str) -> Option<Right> {
    let (service, level) = id.strip_prefix("droit/")?.split_once('/')?;
    let level = Level::parse(level)?;
    let service = service.into();
    Some(Right { service, level })
}

/// Where it is asked.
pub(super) const ADDRESS: &str = "/api/v1/explain";

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
        bad_parameter("action est ouvrir ou envoyer, avec un service ou une rubrique pour what, ou lire avec une sorte de documents comme bip:fiche, et s’il le faut ses thèmes et sa collection (bip:fiche;theme=Carrière).")
    })?;
    let circumstances = circumstances(&portal, &referent, &question)?;
    let at = circumstances.at;
    let found = scene::of_person(&portal, &referent, &question.agent, &circumstances).await?;
    let (member, scene) = found.ok_or_else(|| bad_parameter(UNKNOWN))?;
    let member = Arc::new(member);
    let principal = Principal::Member(member.clone());
    let decided = wanted.judge(&scene.ruleset, &principal, &scene.situation);
    let told = Told::of(&portal, &referent, (&member, &scene.ruleset, at), &decided).await?;
    let refusal = decided.as_ref().err();
    let missed = refusal.map(policies::Refusal::missed).unwrap_or_default();
    Ok(axum::Json(Explanation {
        decision: if decided.is_ok() { "allow" } else { "deny" },
        reason: refusal.map(|refusal| spell(refusal.reason())),
        sentence: refusal.map(|refusal| refusal.sentence().to_owned()),
        rules: decisive(&decided)
            .iter()
            .map(|rule| told.deciding(rule))
            .collect(),
        missed: missed
            .iter()
            .map(|missed| Missing {
                id: missed.rule.to_string(),
                sentence: told.sentence(&missed.rule),
                unmet: missed.unmet.phrases(),
            })
            .collect(),
        at: date::rfc3339(at),
    }))
}

/// The rules that decided.
fn decisive(decided: &Result<Permit, Refusal>) -> &[Box<str>] {
    match decided {
        Ok(permit) => permit.rules(),
        Err(refusal) => refusal.rules(),
    }
}

fn circumstances(
    portal: &Portal,
    referent: &Referent,
    question: &Question,
) -> Result<Circumstances, Problem> {
    let at = match &question.at {
        None => portal.store.clock().now(),
        Some(text) => date::parse_rfc3339(text)
            .ok_or_else(|| bad_parameter("at est un instant, comme 2026-11-27T10:00:00+01:00."))?,
    };
    let network = question.network.clone().filter(|name| !name.is_empty());
    let mut known = referent.entry.networks.iter();
    if let Some(name) = &network
        && !known.any(|network| *network.name == **name)
    {
        return Err(bad_parameter(
            "network est le nom d’un réseau confirmé de la collectivité.",
        ));
    }
    Ok(Circumstances {
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
