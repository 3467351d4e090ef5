//! `/referent/droits`: people and services, a page of people at a time.

use super::cells::{Row, rows};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::referent::agents::{Asked, Choice, group_choices, profile_choices};
use crate::referent::{Referent, failed, places};
use accounts::{Error, PAGE};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/matrix.html")]
struct MatrixPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    asked: Asked,
    services: Vec<String>,
    /// Services whose places are limited, with how many are taken.
    places: Vec<String>,
    rows: Vec<Row>,
    total: i64,
    page: i64,
    pages: i64,
    previous: Option<String>,
    next: Option<String>,
    profiles: Vec<Choice>,
    groups: Vec<Choice>,
    done: bool,
}

/// The matrix, a page of people at a time.
pub(crate) async fn matrix(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    match read_matrix(&portal, &referent, asked).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read_matrix(
    portal: &Portal,
    referent: &Referent,
    asked: Asked,
) -> Result<MatrixPage, Error> {
    let within = referent.within(portal);
    let roll = within.list(&asked.filter()).await?;
    let (profiles, groups) = (within.list_profiles().await?, within.list_groups().await?);
    let holders = within.holders(roll.entries).await?;
    let person = referent.person(portal).await?;
    let pages = ((roll.total + PAGE - 1) / PAGE).max(1);
    let page = asked.page.clamp(1, pages);
    let at = |page| asked.at("/referent/droits", page);
    Ok(MatrixPage {
        token: person.token.clone(),
        person: Some(person),
        here: "droits",
        services: referent
            .services(portal)
            .iter()
            .map(|s| s.name.clone())
            .collect(),
        places: places::taken(portal, &within.limited_seats().await?),
        rows: rows(portal, referent, &profiles, &holders),
        total: roll.total,
        page,
        pages,
        previous: (page > 1).then(|| at(page - 1)),
        next: (page < pages).then(|| at(page + 1)),
        profiles: profile_choices(&profiles, &asked.profil),
        groups: group_choices(&groups, &asked.groupe),
        done: asked.fait == "droits",
        asked,
    })
}
