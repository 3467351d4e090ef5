//! `/cig`: what waits for those who follow collectivités.

use super::{Correspondant, failed};
use crate::date;
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{Designation, Error, Followed, FollowedFilter, Progress};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

struct Waiting {
    address: String,
    name: String,
    collectivite: String,
    on: String,
    /// Whether another person has to do it.
    by_another: bool,
}

#[derive(Template)]
#[template(path = "cig/todo.html")]
struct TodoPage {
    person: Option<Person>,
    here: &'static str,
    orphaned: Vec<Followed>,
    unchecked: Vec<Waiting>,
    renewals: Vec<Waiting>,
    resets: Vec<Waiting>,
    awaited: i64,
    /// Where a colleague's lost second factors are taken away; empty for a CDG, whose people the CIG
    /// helps.
    colleagues: String,
    /// How many requests and lines of reviews only the CIG or the CDG can answer.
    sole: usize,
    /// How many networks wait to be confirmed.
    networks: usize,
}

/// Shows it.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, someone: Correspondant) -> Response {
    match read(&portal, &someone).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(portal: &Portal, someone: &Correspondant) -> Result<TodoPage, Error> {
    let overseen = someone.overseen(portal);
    let orphaned = FollowedFilter {
        orphaned: true,
        ..FollowedFilter::default()
    };
    let awaited = FollowedFilter {
        progress: Some(Progress::Awaited),
        ..FollowedFilter::default()
    };
    let (unchecked, renewals) = (
        overseen.list_unchecked().await?,
        overseen.list_renewals().await?,
    );
    let resets = overseen.list_factor_resets().await?;
    let waiting = |case: &Designation, at: Option<i64>| Waiting {
        address: format!(
            "/cig/collectivites/{}/designations/{}",
            case.collectivite.0, case.id
        ),
        name: case.full_name(),
        collectivite: case.collectivite.1.clone(),
        on: at.map_or_else(String::new, date::short),
        by_another: !case.may_be_checked_by(someone.account()),
    };
    Ok(TodoPage {
        person: Some(someone.person(portal).await?),
        here: "todo",
        orphaned: overseen.list(&orphaned).await?.0,
        unchecked: unchecked
            .iter()
            .map(|case| waiting(case, case.received_at))
            .collect(),
        renewals: renewals
            .iter()
            .map(|case| waiting(case, case.renew_by.map(|at| at - 1)))
            .collect(),
        resets: resets
            .iter()
            .map(|reset| Waiting {
                address: format!("/cig/collectivites/{}/facteurs", reset.collectivite.0),
                name: reset.name.clone(),
                collectivite: reset.collectivite.1.clone(),
                on: date::short(reset.requested_at),
                by_another: reset.requester == someone.account()
                    || (reset.for_correspondants && someone.oversight.affiliated_to().is_some()),
            })
            .collect(),
        colleagues: if someone.oversight.affiliated_to().is_none() {
            format!("/cig/collectivites/{}/facteurs", someone.own)
        } else {
            String::new()
        },
        awaited: overseen.count(&awaited).await?,
        sole: overseen.list_sole_requests().await?.len() + overseen.list_sole_lines().await?.len(),
        networks: overseen.list_proposed_networks().await?.len(),
    })
}
