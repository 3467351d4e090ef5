//! `/cig/renouvellement`: after elections, the designations of chosen collectivités are to be renewed
//! by a day. Nobody loses access.

use super::{Correspondant, failed};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, Followed, FollowedFilter, Once, Overseen, Progress};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// How many collectivités are read at once.
const AT_ONCE: i64 = 500;

/// How many were marked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    marquees: Option<u64>,
}

#[derive(Template)]
#[template(path = "cig/renewal.html")]
struct RenewalPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: String,
    errors: FieldErrors,
    day: String,
    /// Id, name, chosen.
    collectivites: Vec<(String, String, bool)>,
}

/// The form.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Query(done): Query<Done>,
) -> Response {
    let done = match done.marquees {
        None => String::new(),
        Some(0) => "Aucune désignation en cours dans les collectivités choisies.".to_owned(),
        Some(1) => {
            "1 désignation est à renouveler. Les référents sont prévenus par courriel.".to_owned()
        }
        Some(count) => {
            format!(
                "{count} désignations sont à renouveler. Les référents sont prévenus par courriel."
            )
        }
    };
    form(
        &portal,
        &someone,
        &Pairs::default(),
        FieldErrors::default(),
        done,
    )
    .await
}

async fn form(
    portal: &Portal,
    someone: &Correspondant,
    fields: &Pairs,
    errors: FieldErrors,
    done: String,
) -> Response {
    let status = errors.status();
    let read = async {
        let person = someone.person(portal).await?;
        Ok::<_, Error>(RenewalPage {
            token: person.token.clone(),
            person: Some(person),
            here: "renouvellement",
            done,
            errors,
            day: fields.one("avant").to_owned(),
            collectivites: choices(portal, someone, fields).await?,
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// Those that have a référent, or one who was invited.
///
/// # Errors
/// The store.
pub(crate) async fn attended(overseen: Overseen<'_>) -> Result<Vec<Followed>, Error> {
    let mut found = Vec::new();
    for progress in [Progress::Active, Progress::Checked] {
        let filter = FollowedFilter {
            progress: Some(progress),
            ..FollowedFilter::default()
        };
        let mut from = None;
        loop {
            let slice = overseen.list_from(&filter, from.as_ref(), AT_ONCE).await?;
            found.extend(slice.entries);
            from = slice.next;
            if from.is_none() {
                break;
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

async fn choices(
    portal: &Portal,
    someone: &Correspondant,
    fields: &Pairs,
) -> Result<Vec<(String, String, bool)>, Error> {
    let found = attended(someone.overseen(portal)).await?;
    let choices = found.into_iter().map(|followed| {
        let chosen = fields
            .all("collectivite")
            .any(|id| id == followed.id.as_str());
        (followed.id.to_string(), followed.name, chosen)
    });
    Ok(choices.collect())
}

/// The first second after the day by which designations are to be renewed.
pub(crate) fn read_day(text: &str, now: i64, errors: &mut FieldErrors) -> Option<i64> {
    let by = date::parse(text).and_then(date::end_of);
    let by = by.filter(|by| *by > now);
    if by.is_none() {
        errors.add(
            "avant",
            "Saisissez une date à venir au format jj/mm/aaaa, par exemple 30/06/2027.",
        );
    }
    by
}

/// Why nothing is asked for.
pub(crate) const NOBODY: &str = "Choisissez au moins une collectivité.";

/// Asks these collectivités to renew their designations, all of them or none; gives how many
/// designations are marked.
///
/// # Errors
/// [`Error::NotFound`] for one that is not followed.
pub(crate) async fn ask(
    portal: &Portal,
    someone: &Correspondant,
    once: Option<&Once>,
    ids: &[String],
    by: i64,
) -> Result<u64, Error> {
    let mut leaves = Vec::new();
    for id in ids {
        leaves.push(someone.supervise(portal, id).await?);
    }
    let overseen = someone.overseen(portal).once(once);
    overseen
        .ask_for_renewal(someone.account(), &leaves, by)
        .await
}

/// Marks them.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    posted: Posted<Pairs>,
) -> Response {
    let (fields, mut errors) = (&posted.form, FieldErrors::default());
    let now = portal.store.clock().now();
    let by = read_day(fields.one("avant"), now, &mut errors);
    let everybody = fields.one("toutes") == "oui";
    let chosen = match choices(&portal, &someone, fields).await {
        Ok(choices) => choices,
        Err(error) => return failed(&error),
    };
    let chosen: Vec<_> = chosen
        .into_iter()
        .filter(|(_, _, chosen)| everybody || *chosen)
        .collect();
    if chosen.is_empty() {
        errors.add("toutes", NOBODY);
    }
    let Some(by) = by.filter(|_| errors.is_empty()) else {
        return form(&portal, &someone, fields, errors, String::new()).await;
    };
    let ids: Vec<String> = chosen.into_iter().map(|(id, ..)| id).collect();
    match ask(&portal, &someone, None, &ids, by).await {
        Ok(marked) => {
            Redirect::to(&format!("/cig/renouvellement?marquees={marked}")).into_response()
        }
        Err(error) => failed(&error),
    }
}
