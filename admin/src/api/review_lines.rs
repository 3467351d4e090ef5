//! `/api/v1/reviews/{id}/lines`: the people in a review, and the decisions about them.

use super::agents::holder;
use super::answer::Answer;
use super::asked::{Asked, Caller, Parameters};
use super::body::Json;
use super::page::{Page, unknown_cursor};
use super::preview::{self, Preview};
use super::problem::Problem;
use super::states;
use crate::access::Prospect;
use crate::date;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::reviews::current;
use crate::referent::reviews::decide::{DECIDED, UNCHANGED, has_changed, stripped};
use accounts::{Error, LineState, REVIEW_PAGE, ReviewFilter, Verdict};
use axum::extract::{Path, State};
use axum::response::Response;
use policies::Attribution;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Most people of one decision.
const MOST: usize = 200;

/// Somebody in a review, as they were when it was opened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReviewLine {
    /// The id of the agent.
    agent: String,
    name: String,
    email: String,
    /// Function and profile, rights, and what is odd about them, in French.
    role: String,
    rights: Vec<String>,
    hints: Vec<String>,
    last_login_at: Option<String>,
    /// `keep`, `change`, `withdraw`, `suspend`, `gone` or `none`; null while the person waits.
    verdict: Option<&'static str>,
    /// The decision, in French; empty while the person waits for one.
    decision: String,
    /// Why this caller does not decide about them; empty when they may.
    locked: String,
}

impl ReviewLine {
    fn of(portal: &Portal, referent: &Referent, noted: &accounts::ReviewLine) -> Self {
        let line = current::Line::of(portal, referent, noted);
        let verdict = match &noted.state {
            LineState::Decided(verdict, ..) => Some(verdict.as_str()),
            _ => None,
        };
        Self {
            verdict,
            last_login_at: noted.frozen.last_login_at.map(date::rfc3339),
            agent: line.id,
            name: line.name,
            email: line.login,
            role: line.who,
            rights: line.rights,
            hints: line.hints,
            decision: line.decision,
            locked: line.locked.to_owned(),
        }
    }
}

/// Which part of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The riskiest first, in an order that decisions do not change.
#[utoipa::path(get, path = "/api/v1/reviews/{id}/lines", operation_id = "listReviewLines", tag = "reviews",
    summary = "Lister les personnes d’une revue", params(("id" = String, Path), Which),
    responses((status = 200, description = "Une page de vingt-cinq personnes", body = Page<ReviewLine>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
    Parameters(which): Parameters<Which>,
) -> Result<axum::Json<Page<ReviewLine>>, Problem> {
    let page: i64 = match which.cursor.as_deref() {
        None | Some("") => 1,
        Some(cursor) => {
            let page = cursor
                .parse()
                .ok()
                .filter(|page| (2..=10_000).contains(page));
            page.ok_or_else(unknown_cursor)?
        }
    };
    let (within, review) = (referent.within(&portal), referent.own(&id));
    within.get_review(&review).await?;
    let (lines, total) = within.list_lines(&review, ReviewFilter::All, page).await?;
    let lines = lines
        .iter()
        .map(|line| ReviewLine::of(&portal, &referent, line));
    Ok(axum::Json(Page {
        items: lines.collect(),
        next_cursor: (page * REVIEW_PAGE < total).then(|| (page + 1).to_string()),
    }))
}

/// The same decision about some of them, all or nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewDecision {
    /// Ids of agents.
    agents: Vec<String>,
    /// `keep`; `change` for rights that have been changed; `withdraw`, which takes profile and direct
    /// rights away; `back`, which takes a decision back.
    #[schema(example = "keep")]
    decision: String,
    /// What the preview of this very decision gave; needed to withdraw.
    #[serde(default)]
    proof: Option<String>,
}

impl ReviewDecision {
    fn proof(&self, portal: &Portal, referent: &Referent, id: &str) -> Result<String, Problem> {
        let change = (&self.agents, &self.decision);
        preview::proof(
            portal,
            referent,
            &format!("/api/v1/reviews/{id}/decisions"),
            &change,
        )
    }

    /// Leave to change everybody who is named.
    async fn leaves(
        &self,
        portal: &Portal,
        referent: &Referent,
    ) -> Result<Vec<Attribution>, Problem> {
        if !(1..=MOST).contains(&self.agents.len()) {
            return Err(Problem::mistake("/agents", "Nommez de 1 à 200 agents."));
        }
        let mut leaves = Vec::new();
        for id in &self.agents {
            leaves.push(states::leave(referent.within(portal), referent, id).await?);
        }
        Ok(leaves)
    }
}

/// What withdrawing takes from them, and the proof that it was shown.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/decisions/preview", operation_id = "previewDecision",
    tag = "reviews", summary = "Voir ce que perdent les personnes dont les droits sont retirés",
    params(("id" = String, Path)), request_body = ReviewDecision,
    responses((status = 200, description = "Rien n’est noté", body = Preview)))]
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<ReviewDecision>>,
) -> Result<axum::Json<Preview>, Problem> {
    let (referent, Json(decision)) = (&asked.who, &asked.body);
    let within = referent.within(&portal);
    within.get_review(&referent.own(&id)).await?;
    decision.leaves(&portal, referent).await?;
    let profiles = within.list_profiles().await?;
    let mut prospects: Vec<Prospect> = Vec::new();
    if decision.decision == Verdict::Withdraw.as_str() {
        for agent in &decision.agents {
            let holder = holder(&portal, referent, agent).await?;
            prospects.push(stripped(&portal, referent, &profiles, &holder));
        }
    }
    let proof = decision.proof(&portal, referent, &id)?;
    Preview::of(&portal, referent, prospects, proof).map(axum::Json)
}

/// Decides.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/decisions", operation_id = "decideReview", tag = "reviews",
    summary = "Décider des droits de personnes d’une revue", params(("id" = String, Path)),
    request_body = ReviewDecision,
    responses((status = 204, description = "La décision est notée, et les droits retirés s’il le fallait")))]
pub(super) async fn decide(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<ReviewDecision>>,
) -> Result<Response, Problem> {
    let (referent, Json(decision)) = (&asked.who, &asked.body);
    let (within, review) = (asked.within(&portal), referent.own(&id));
    within.get_review(&review).await?;
    let leaves = decision.leaves(&portal, referent).await?;
    let verdict = match decision.decision.as_str() {
        "keep" => Verdict::Keep,
        "change" => {
            for agent in &decision.agents {
                let holder = holder(&portal, referent, agent).await?;
                if !has_changed(&portal, referent, &review, &holder).await? {
                    return Err(Problem::conflict("unchanged", UNCHANGED.0, UNCHANGED.1));
                }
            }
            Verdict::Change
        }
        "withdraw" => {
            let proof = decision.proof(&portal, referent, &id)?;
            preview::expect(decision.proof.as_deref(), &proof)?;
            Verdict::Withdraw
        }
        "back" => {
            let taken = within.take_back(&review, &leaves).await;
            taken.map_err(decided)?;
            return asked.answer(&portal, Answer::nothing()).await;
        }
        _ => {
            let text = "decision est keep, change, withdraw ou back.";
            return Err(Problem::mistake("/decision", text));
        }
    };
    let noted = within.decide(&review, &leaves, verdict).await;
    noted.map_err(decided)?;
    asked.answer(&portal, Answer::nothing()).await
}

/// What a store's failure is to a program that decides.
pub(super) fn decided(error: Error) -> Problem {
    match error {
        Error::Stale { .. } => Problem::conflict("decided", DECIDED.0, DECIDED.1),
        error => error.into(),
    }
}
