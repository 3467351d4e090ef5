//! `/referent`: what waits for the référent.

use super::{Referent, addresses, failed, reviews};
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{Error, RollFilter, Standing};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/todo.html")]
struct TodoPage {
    person: Option<Person>,
    here: &'static str,
    collectivite: String,
    requests: usize,
    invited: i64,
    deleted: i64,
    without_profile: bool,
    /// Whether there is no second référent.
    alone: bool,
    review: Option<reviews::Due>,
    /// How many have not said for a month that mail reaches them.
    addresses: usize,
}

/// Shows it.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    match read(&portal, &referent).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(portal: &Portal, referent: &Referent) -> Result<TodoPage, Error> {
    let within = referent.within(portal);
    let count = async |standing| {
        let filter = RollFilter {
            standing: Some(standing),
            ..RollFilter::default()
        };
        within.count(&filter).await
    };
    Ok(TodoPage {
        person: Some(referent.person(portal).await?),
        here: "todo",
        collectivite: referent.entry.collectivite.name.clone(),
        requests: within.list_requests().await?.len(),
        invited: count(Standing::Invited).await?,
        deleted: count(Standing::Deleted).await?,
        without_profile: within.list_profiles().await?.is_empty(),
        alone: referent.entry.referents.len() < 2,
        review: reviews::due(portal, referent).await?,
        addresses: addresses::count_late(portal, referent).await?,
    })
}
