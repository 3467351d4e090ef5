//! `/referent/revues`: reviews of rights. Opening one writes down who has which rights; then one
//! decision is made for each person ([`current`], [`decide`]), and the report is signed ([`report`]).

pub(crate) mod current;
pub(crate) mod decide;
pub(super) mod report;

use super::agents::last_part;
use super::preview::{self, Pairs};
use super::{Referent, failed, rights};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{AccessReview, Error, Profile, RollFilter, Standing, Subject, Within};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Role;
use serde::Deserialize;
use std::sync::Arc;

const DAY: i64 = 86_400;
/// How long a review takes unless said otherwise, at least and at most, in days.
const USUAL: i64 = 30;
const SHORTEST: i64 = 7;
const LONGEST: i64 = 180;
/// A review is due when the last one is older.
const YEAR: i64 = 365 * DAY;
/// People whose rights are read between two moments in which others are served.
const TURN: usize = 100;

struct Shown {
    id: String,
    opened_on: String,
    due_on: String,
    closed_on: String,
    people: i64,
    waiting: i64,
    late: bool,
}

impl Shown {
    fn of(review: &AccessReview, now: i64) -> Self {
        Self {
            id: last_part(&review.id).to_owned(),
            opened_on: date::short(review.opened_at),
            due_on: date::last_day(review.due_at),
            closed_on: review.closed_at.map_or_else(String::new, date::short),
            people: review.people,
            waiting: review.waiting,
            late: review.due_at <= now,
        }
    }
}

#[derive(Template)]
#[template(path = "referent/reviews.html")]
struct ReviewsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    open: Option<Shown>,
    closed: Vec<Shown>,
    /// What the field for the due date holds.
    due: String,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// The open one, or the form to open one; and those before.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(done): Query<Done>,
) -> Response {
    let done = match done.fait.as_str() {
        "close" => "La revue est close et son rapport est signé.",
        _ => "",
    };
    let now = portal.store.clock().now();
    let due = date::short(now + USUAL * DAY);
    list(&portal, &referent, (done, due), FieldErrors::default()).await
}

async fn list(
    portal: &Portal,
    referent: &Referent,
    (done, due): (&'static str, String),
    errors: FieldErrors,
) -> Response {
    let read = async {
        let reviews = referent.within(portal).list_reviews().await?;
        Ok::<_, Error>((reviews, referent.person(portal).await?))
    };
    let (reviews, person) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    let now = portal.store.clock().now();
    let (open, closed): (Vec<_>, Vec<_>) = reviews
        .iter()
        .partition(|review| review.closed_at.is_none());
    let status = errors.status();
    page::answer(
        status,
        &ReviewsPage {
            token: person.token.clone(),
            person: Some(person),
            here: "revues",
            done,
            errors,
            open: open.first().map(|review| Shown::of(review, now)),
            closed: closed.iter().map(|review| Shown::of(review, now)).collect(),
            due,
        },
    )
}

/// Opens one. Field: `echeance`.
pub(crate) async fn open(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let text = posted.form.one("echeance").trim();
    let mut errors = FieldErrors::default();
    let due_at = errors.read("echeance", read_due(text, portal.store.clock().now()));
    let Some(due_at) = due_at else {
        return list(&portal, &referent, ("", text.to_owned()), errors).await;
    };
    match open_until(&portal, &referent, referent.within(&portal), due_at).await {
        Ok(id) => Redirect::to(&format!("/referent/revues/{}", last_part(&id))).into_response(),
        Err(Error::Exists { .. }) => crate::referent::failure(
            StatusCode::CONFLICT,
            "Une revue est déjà ouverte",
            "Un autre référent l’a ouverte entre-temps. Revenez à la liste des revues pour y répondre.",
        ),
        Err(error) => failed(&error),
    }
}

/// The end of the day by which a review is to be done.
pub(crate) fn read_due(text: &str, now: i64) -> Result<i64, String> {
    let due_at = date::parse(text).and_then(date::end_of);
    let due_at = due_at.filter(|at| (now + SHORTEST * DAY..=now + LONGEST * DAY).contains(at));
    due_at.ok_or_else(|| {
        format!(
            "Saisissez une date entre le {} et le {}, au format jj/mm/aaaa.",
            date::short(now + SHORTEST * DAY),
            date::short(now + (LONGEST - 1) * DAY)
        )
    })
}

/// Writes down who has which rights, and gives the review's id.
pub(crate) async fn open_until(
    portal: &Portal,
    referent: &Referent,
    within: Within<'_>,
    due_at: i64,
) -> Result<String, Error> {
    let profiles = within.list_profiles().await?;
    let subjects = subjects(portal, referent, &profiles).await?;
    within.open_review(subjects, &profiles, due_at).await
}

/// Whoever has a right, by whatever way, and the référents.
async fn subjects(
    portal: &Portal,
    referent: &Referent,
    profiles: &[Profile],
) -> Result<Vec<Subject>, Error> {
    let within = referent.within(portal);
    let mut entries = within.list_all(&RollFilter::default()).await?;
    entries.retain(|entry| entry.standing != Standing::Left);
    let mut subjects = Vec::new();
    for (holder, number) in within.holders(entries).await?.into_iter().zip(1..) {
        let profile = preview::profile_of(profiles, holder.entry.profile.as_deref());
        let rights = rights::frozen(portal, referent, profile, &holder);
        if !rights.is_empty() || holder.entry.role == Role::Referent {
            subjects.push(Subject { holder, rights });
        }
        if number % TURN == 0 {
            tokio::task::yield_now().await;
        }
    }
    Ok(subjects)
}

/// What a decision is called.
pub(crate) fn decision(code: &str) -> &'static str {
    match code {
        "keep" => "Garder",
        "change" => "Modifier",
        "withdraw" => "Retirer",
        "suspend" => "Suspendu, faute de réponse",
        "gone" => "Parti",
        "back" => "Décision reprise",
        _ => "Sans décision possible",
    }
}

/// What the console's first page says of reviews.
pub(super) struct Due {
    pub(super) text: String,
    pub(super) address: String,
    pub(super) link: &'static str,
}

/// The open review, or that one is to be opened.
pub(super) async fn due(portal: &Portal, referent: &Referent) -> Result<Option<Due>, Error> {
    let reviews = referent.within(portal).list_reviews().await?;
    let now = portal.store.clock().now();
    let open = reviews.iter().find(|review| review.closed_at.is_none());
    if let Some(review) = open {
        let waiting = match review.waiting {
            0 => "Plus personne n’attend de décision.".to_owned(),
            1 => format!(
                "1 personne attend une décision avant le {}.",
                date::last_day(review.due_at)
            ),
            count => format!(
                "{count} personnes attendent une décision avant le {}.",
                date::last_day(review.due_at)
            ),
        };
        return Ok(Some(Due {
            text: waiting,
            address: format!("/referent/revues/{}", last_part(&review.id)),
            link: "Continuer la revue",
        }));
    }
    let text = match reviews.iter().filter_map(|review| review.closed_at).max() {
        Some(at) if at > now - YEAR => return Ok(None),
        Some(at) => format!("La dernière date du {}.", date::short(at)),
        None => "Une fois par an, vérifiez qui a besoin de quels accès. Aucune revue n’a encore été faite.".to_owned(),
    };
    Ok(Some(Due {
        text,
        address: "/referent/revues".to_owned(),
        link: "Ouvrir une revue",
    }))
}
