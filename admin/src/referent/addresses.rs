//! `/referent/adresses`: whose address is to be confirmed, and since when.

use super::agents::last_part;
use super::{Referent, failed};
use crate::date;
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{Error, UNANSWERED};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

struct Row {
    id: String,
    name: String,
    login: String,
    since: String,
    late: bool,
}

#[derive(Template)]
#[template(path = "referent/addresses.html")]
struct AddressesPage {
    person: Option<Person>,
    here: &'static str,
    rows: Vec<Row>,
}

/// Shows them.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    let read = async {
        Ok::<_, Error>(AddressesPage {
            person: Some(referent.person(&portal).await?),
            here: "agents",
            rows: rows(&portal, &referent).await?,
        })
    };
    match read.await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn rows(portal: &Portal, referent: &Referent) -> Result<Vec<Row>, Error> {
    let late = portal.store.clock().now() - UNANSWERED;
    let unconfirmed = referent.within(portal).list_unconfirmed().await?;
    let rows = unconfirmed.into_iter().map(|someone| Row {
        id: last_part(someone.membership.as_str()).to_owned(),
        name: someone.name,
        login: someone.login,
        since: date::short(someone.since),
        late: someone.since <= late,
    });
    Ok(rows.collect())
}

/// How many have not answered for a month.
pub(super) async fn count_late(portal: &Portal, referent: &Referent) -> Result<usize, Error> {
    let rows = rows(portal, referent).await?;
    Ok(rows.iter().filter(|row| row.late).count())
}

/// « À confirmer depuis le 24/11/2026 »; empty for an address that is confirmed.
pub(super) async fn since(portal: &Portal, account: &str) -> Result<String, Error> {
    let since = portal.store.unconfirmed_since(account).await?;
    Ok(since.map_or_else(String::new, |at| {
        format!("À confirmer depuis le {}", date::short(at))
    }))
}
