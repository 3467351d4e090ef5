//! `/cig/renouvellement`: after elections, the designations of chosen collectivités are to be renewed
//! by a day. Nobody loses access.

use super::{Correspondant, failed};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, FollowedFilter, Progress};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

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
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
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
async fn choices(
    portal: &Portal,
    someone: &Correspondant,
    fields: &Pairs,
) -> Result<Vec<(String, String, bool)>, Error> {
    let mut choices = Vec::new();
    for progress in [Progress::Active, Progress::Checked] {
        for page in 1.. {
            let filter = FollowedFilter {
                progress: Some(progress),
                page,
                ..FollowedFilter::default()
            };
            let (found, _) = someone.overseen(portal).list(&filter).await?;
            if found.is_empty() {
                break;
            }
            choices.extend(found.into_iter().map(|followed| {
                let chosen = fields
                    .all("collectivite")
                    .any(|id| id == followed.id.as_str());
                (followed.id.to_string(), followed.name, chosen)
            }));
        }
    }
    choices.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(choices)
}

/// Marks them.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    posted: Posted<Pairs>,
) -> Response {
    let (fields, mut errors) = (&posted.form, FieldErrors::default());
    let now = portal.store.clock().now();
    let by = date::parse(fields.one("avant")).and_then(date::end_of);
    let by = by.filter(|by| *by > now);
    if by.is_none() {
        errors.add(
            "avant",
            "Saisissez une date à venir au format jj/mm/aaaa, par exemple 30/06/2027.",
        );
    }
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
        errors.add("toutes", "Choisissez au moins une collectivité.");
    }
    let Some(by) = by.filter(|_| errors.is_empty()) else {
        return form(&portal, &someone, fields, errors, String::new()).await;
    };
    let mut marked = 0;
    for (id, ..) in &chosen {
        let leave = match someone.supervise(&portal, id).await {
            Ok(leave) => leave,
            Err(answer) => return answer,
        };
        let over = portal.store.over(&leave, someone.account());
        match over.ask_for_renewal(by).await {
            Ok(count) => marked += count,
            Err(error) => return failed(&error),
        }
    }
    Redirect::to(&format!("/cig/renouvellement?marquees={marked}")).into_response()
}
