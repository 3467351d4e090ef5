//! `/api/v1/rules/{id}/…`: what publishing a draft or withdrawing a rule would do, and doing it. As on the
//! pages, nothing is done that was not shown.

use super::answer::Answer;
use super::asked::{Asked, bad_parameter};
use super::body::Json;
use super::preview::{self, Difference};
use super::problem::Problem;
use crate::date;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::preview::Pairs;
use crate::referent::rules::change::{ALERTS, Change};
use accounts::{ByTwo, Error};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// In which circumstances the names are wanted; those where something changes first unless said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Circumstances {
    /// RFC 3339.
    #[schema(example = "2026-11-27T10:00:00+01:00")]
    at: Option<String>,
    /// The name of a network of the collectivité; anywhere else unless said.
    network: Option<String>,
    second_factor: bool,
}

impl Circumstances {
    /// As the page's form sends them.
    fn fields(&self) -> Result<Pairs, Problem> {
        let elsewhere = self.network.is_some() || self.second_factor;
        let at = match &self.at {
            None if elsewhere => {
                return Err(bad_parameter(
                    "at dit quand, avec network et second_factor.",
                ));
            }
            None => return Ok(Pairs::default()),
            Some(at) => date::parse_rfc3339(at).ok_or_else(|| {
                bad_parameter("at est un instant, comme 2026-11-27T10:00:00+01:00.")
            })?,
        };
        let (day, minutes) = date::day_and_minutes(at);
        let factor = if self.second_factor { "oui" } else { "" };
        Ok(Pairs::from_iter([
            ("jour", day),
            ("heure", format!("{}:{:02}", minutes / 60, minutes % 60)),
            ("reseau", self.network.clone().unwrap_or_default()),
            ("facteur", factor.to_owned()),
        ]))
    }
}

/// What a change of rules would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RulePreview {
    /// What would count, or would end.
    sentence: String,
    /// What counts until then; empty for nothing.
    before: String,
    /// The circumstances that the names are of.
    circumstances: String,
    gains: Vec<Difference>,
    losses: Vec<Difference>,
    /// People whose accesses stay as they are.
    unchanged: usize,
    /// In every circumstances that matter: how many gain and lose.
    everywhere: Vec<Counted>,
    /// What it would have made of the accesses of the last thirty days.
    replay: Replayed,
    /// What was proved: « Prouvé », « Réfuté », « Non établi » or « Preuve non exécutée », and of what.
    proved: String,
    proofs: Vec<String>,
    alerts: Vec<String>,
    /// What `confirm` says yes to.
    warnings: Vec<String>,
    /// What must be mended first.
    obstacles: Vec<String>,
    /// Whether it opens something to whoever asks: nobody publishes that.
    for_oneself: bool,
    /// Whether another référent has to make it: whoever prepared it does not, where two people are needed.
    another_person: bool,
    /// To be sent back for the change to be made.
    proof: String,
}

/// The past tried anew: with the rights of today, in the circumstances that the journal keeps.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Replayed {
    /// Accesses and refusals of the journal that were tried.
    tried: usize,
    /// Accesses that would have been refused.
    refused: usize,
    /// Refusals that would have been accesses.
    opened: usize,
    /// Those of people who are gone, or whose circumstances nobody knows.
    untried: usize,
    /// Whether older ones were left out.
    cut: bool,
    /// Whether the change is about documents, which the journal does not name: they were not tried.
    documents: bool,
}

/// One set of circumstances.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Counted {
    circumstances: String,
    gains: usize,
    losses: usize,
}

impl RulePreview {
    fn of(change: Change) -> Self {
        let outlook = change.outlook;
        let told = |effects: Vec<_>| effects.into_iter().map(Difference::from).collect();
        let lines = outlook.lines.into_iter().map(|line| Counted {
            circumstances: line.name,
            gains: line.gains,
            losses: line.losses,
        });
        Self {
            sentence: change.sentence,
            before: change.said_before,
            circumstances: outlook.chosen,
            gains: told(outlook.changes.gains),
            losses: told(outlook.changes.losses),
            unchanged: outlook.changes.unchanged,
            everywhere: lines.collect(),
            replay: Replayed {
                tried: outlook.replay.tried,
                refused: outlook.replay.refused,
                opened: outlook.replay.opened,
                untried: outlook.replay.untried,
                cut: outlook.replay.cut,
                documents: outlook.replay.documents,
            },
            proved: outlook.proven.badge.to_owned(),
            proofs: outlook.proven.said,
            alerts: outlook.alerts,
            warnings: outlook.warnings,
            obstacles: outlook.obstacles,
            for_oneself: outlook.for_oneself,
            another_person: change.waits,
            proof: change.proof,
        }
    }
}

/// A change that was shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    /// What its preview gave.
    proof: Option<String>,
    /// Why; it stays in the history of the rule.
    #[serde(default)]
    reason: String,
    /// That the warnings of the preview were read, where there are some.
    #[serde(default)]
    confirm: bool,
}

async fn of_draft(
    portal: &Portal,
    who: &Referent,
    id: &str,
    chosen: &Pairs,
) -> Result<Change, Problem> {
    Ok(Change::of_draft(portal, who, id, chosen).await?)
}

async fn of_end(
    portal: &Portal,
    who: &Referent,
    id: &str,
    chosen: &Pairs,
) -> Result<Change, Problem> {
    Ok(Change::of_end(portal, who, id, chosen).await?)
}

/// What publishing would do.
#[utoipa::path(post, path = "/api/v1/rules/{id}/draft/preview", operation_id = "previewRule", tag = "rules",
    summary = "Voir qui gagne et qui perd par la publication d’un brouillon",
    params(("id" = String, Path)), request_body = Circumstances,
    responses((status = 200, description = "Rien n’est publié", body = RulePreview)))]
pub(super) async fn show_draft(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Circumstances>>,
) -> Result<axum::Json<RulePreview>, Problem> {
    let chosen = asked.body.0.fields()?;
    let change = of_draft(&portal, &asked.who, &id, &chosen).await?;
    Ok(axum::Json(RulePreview::of(change)))
}

/// What withdrawing would do.
#[utoipa::path(post, path = "/api/v1/rules/{id}/withdrawal/preview", operation_id = "previewRuleWithdrawal",
    tag = "rules", summary = "Voir qui gagne et qui perd par le retrait d’une règle",
    params(("id" = String, Path)), request_body = Circumstances,
    responses((status = 200, description = "Rien n’est retiré", body = RulePreview)))]
pub(super) async fn show_end(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Circumstances>>,
) -> Result<axum::Json<RulePreview>, Problem> {
    let chosen = asked.body.0.fields()?;
    let change = of_end(&portal, &asked.who, &id, &chosen).await?;
    Ok(axum::Json(RulePreview::of(change)))
}

/// Puts a draft in force.
#[utoipa::path(post, path = "/api/v1/rules/{id}/publication", operation_id = "publishRule", tag = "rules",
    summary = "Publier un brouillon qui a été montré", params(("id" = String, Path)), request_body = Made,
    responses((status = 204, description = "La règle compte")))]
pub(super) async fn publish(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Made>>,
) -> Result<Response, Problem> {
    let change = of_draft(&portal, &asked.who, &id, &Pairs::default()).await?;
    make(&portal, &asked, &change).await
}

/// Ends a rule.
#[utoipa::path(post, path = "/api/v1/rules/{id}/withdrawal", operation_id = "withdrawRule", tag = "rules",
    summary = "Retirer une règle après avoir vu ce que cela change", params(("id" = String, Path)), request_body = Made,
    responses((status = 204, description = "La règle ne compte plus"),
        (status = 202, description = "Le retrait attend un deuxième référent, où il en faut deux")))]
pub(super) async fn withdraw(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<Made>>,
) -> Result<Response, Problem> {
    let change = of_end(&portal, &asked.who, &id, &Pairs::default()).await?;
    make(&portal, &asked, &change).await
}

/// Where the page's fields are in a body.
const POINTERS: [(&str, &str); 3] = [
    ("motif", "/reason"),
    ("confirme", "/confirm"),
    (ALERTS, "/proof"),
];

async fn make(
    portal: &Portal,
    asked: &Asked<Json<Made>>,
    change: &Change,
) -> Result<Response, Problem> {
    let made = &asked.body.0;
    preview::expect(made.proof.as_deref(), &change.proof)?;
    let mistakes = change.mistakes(&made.reason, made.confirm);
    if !mistakes.is_empty() {
        return Err(Problem::invalid(&mistakes, &POINTERS));
    }
    let within = asked.within(portal);
    match change.make(portal, &within, &made.reason).await {
        // Something else is in force by now: it is to be shown again.
        Err(Error::Stale { .. }) => preview::expect(None, &change.proof)?,
        // Another référent has to do the same.
        Ok(ByTwo::Asked) => return asked.answer(portal, Answer::accepted()).await,
        other => drop(other?),
    }
    asked.answer(portal, Answer::nothing()).await
}
