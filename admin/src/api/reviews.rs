//! `/api/v1/reviews`: yearly reviews of rights: opened, closed, and the signed report.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::{Json, Nothing};
use super::page::Whole;
use super::problem::Problem;
use super::review_lines::decided;
use crate::date;
use crate::portal::Portal;
use crate::referent::reviews::{open_until, read_due};
use crate::referent::{Referent, last_part};
use accounts::{AccessReview, Error, Within};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A review.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Review {
    id: String,
    opened_at: String,
    /// Whoever is left unanswered then is warned, and suspended a week later.
    due_at: String,
    closed_at: Option<String>,
    /// How many are in it, and how many of them wait for a decision.
    people: i64,
    waiting: i64,
}

impl From<AccessReview> for Review {
    fn from(review: AccessReview) -> Self {
        Self {
            id: last_part(&review.id).to_owned(),
            opened_at: date::rfc3339(review.opened_at),
            due_at: date::rfc3339(review.due_at),
            closed_at: review.closed_at.map(date::rfc3339),
            people: review.people,
            waiting: review.waiting,
        }
    }
}

/// All of them.
#[utoipa::path(get, path = "/api/v1/reviews", operation_id = "listReviews", tag = "reviews",
    summary = "Lister les revues des habilitations",
    responses((status = 200, description = "Les plus récentes d’abord", body = Whole<Review>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<Review>>, Problem> {
    let reviews = referent.within(&portal).list_reviews().await?;
    Ok(axum::Json(Whole {
        items: reviews.into_iter().map(Review::from).collect(),
    }))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/reviews/{id}", operation_id = "getReview", tag = "reviews",
    summary = "Lire une revue", params(("id" = String, Path)),
    responses((status = 200, description = "Où elle en est", body = Review)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    whole(referent.within(&portal), &referent.own(&id)).await
}

async fn whole(within: Within<'_>, id: &str) -> Result<Answer, Problem> {
    Answer::of(&Review::from(within.get_review(id).await?))
}

/// A review to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReview {
    /// The day by which everybody is decided about: in a week at the earliest, in six months at the
    /// latest.
    #[schema(example = "2026-12-31")]
    due: String,
}

/// Opens one.
#[utoipa::path(post, path = "/api/v1/reviews", operation_id = "openReview", tag = "reviews",
    summary = "Ouvrir une revue\u{a0}: qui a quels droits est noté tel quel", request_body = NewReview,
    responses((status = 201, description = "La revue est ouverte", body = Review)))]
pub(super) async fn open(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<NewReview>>,
) -> Result<Response, Problem> {
    let due_at = read_due(&asked.body.0.due, portal.store.clock().now());
    let due_at = due_at.map_err(|text| Problem::mistake("/due", text))?;
    let within = asked.within(&portal);
    let id = match open_until(&portal, &asked.who, within, due_at).await {
        Err(Error::Exists { .. }) => {
            return Err(Problem::conflict(
                "review-open",
                "Une revue est déjà ouverte",
                "Terminez-la avant d’en ouvrir une autre.",
            ));
        }
        opened => opened?,
    };
    let location = format!("/api/v1/reviews/{}", last_part(&id));
    let answer = whole(within, &id).await?.created(location);
    asked.answer(&portal, answer).await
}

/// Closes one, which signs it.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/close", operation_id = "closeReview", tag = "reviews",
    summary = "Clore une revue, ce qui la signe", params(("id" = String, Path)),
    responses((status = 200, description = "La revue est close", body = Review)))]
pub(super) async fn close(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let (within, id) = (asked.within(&portal), asked.who.own(&id));
    let closed = within.close_review(&id).await;
    closed.map_err(decided)?;
    let answer = whole(within, &id).await?;
    asked.answer(&portal, answer).await
}

/// What was signed, with all that is needed to check it elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignedReport {
    /// JSON, as it was signed; names are digests.
    content: String,
    /// SHA-256 of it, hexadecimal.
    sha256: String,
    /// A JSON web token that states the digest.
    signature: String,
    /// The public keys of this installation (JWKS).
    keys: String,
    /// Whether nothing has changed since.
    holds: bool,
}

/// The report of a closed one.
#[utoipa::path(get, path = "/api/v1/reviews/{id}/report", operation_id = "getReviewReport", tag = "reviews",
    summary = "Lire le rapport signé d’une revue close", params(("id" = String, Path)),
    responses((status = 200, description = "Le rapport et sa signature", body = SignedReport)))]
pub(super) async fn report(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<axum::Json<SignedReport>, Problem> {
    let report = referent.within(&portal).report(&referent.own(&id)).await?;
    Ok(axum::Json(SignedReport {
        content: report.content,
        sha256: report.sha256,
        signature: report.signature,
        keys: report.keys,
        holds: report.holds,
    }))
}
