//! `/referent`: what waits for the référent.

use super::agents::last_part;
use super::rules::notices::count_broken;
use super::rules::two_people::count_waiting;
use super::{Referent, addresses, failed, reviews};
use crate::date;
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
    /// How many people other collectivités release to this one.
    arrivals: usize,
    deleted: i64,
    /// Lost second factors that wait: a membership, a name, whether for another person.
    resets: Vec<(String, String, bool)>,
    without_profile: bool,
    /// Whether there is no second référent.
    alone: bool,
    /// Until when designations are to be renewed; empty when none is.
    renew_by: String,
    review: Option<reviews::Due>,
    /// How many changes of rules wait for a second person.
    changes: usize,
    /// How many rules in force hold no more.
    broken: usize,
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
    let resets = within.list_factor_resets().await?;
    let mandates = within.list_mandates().await?;
    let renew_by = mandates.iter().filter_map(|mandate| mandate.renew_by).min();
    Ok(TodoPage {
        renew_by: renew_by.map_or_else(String::new, date::last_day),
        person: Some(referent.person(portal).await?),
        here: "todo",
        collectivite: referent.entry.collectivite.name.clone(),
        requests: within.list_requests().await?.len(),
        arrivals: within.list_arrivals().await?.len(),
        invited: count(Standing::Invited).await?,
        deleted: count(Standing::Deleted).await?,
        resets: resets
            .iter()
            .map(|reset| {
                let mine = reset.requester == referent.visitor.account();
                let id = last_part(reset.membership.as_str()).to_owned();
                (id, reset.name.clone(), mine)
            })
            .collect(),
        without_profile: within.list_profiles().await?.is_empty(),
        alone: referent.entry.referents(portal.store.clock().now()).len() < 2,
        review: reviews::due(portal, referent).await?,
        changes: count_waiting(portal, referent).await?,
        broken: count_broken(portal, referent).await?,
        addresses: addresses::count_late(portal, referent).await?,
    })
}
