//! `/referent/agents/{id}/facteurs`: somebody who has lost their second factors. A référent asks for
//! them to be taken away, and another person confirms.

use super::{Referent, failed, not_attributed};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::reset::{self, WaitingReset};
use accounts::{Error, FactorReset};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{MembershipId, Role};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/factors.html")]
struct FactorsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    filled: Pairs,
    id: String,
    /// Where the forms are posted.
    address: String,
    name: String,
    waiting: Vec<WaitingReset>,
    /// Whether it is a référent's own or another référent's: then not from here.
    referent: bool,
    /// Whether nobody else here could confirm.
    alone: bool,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// Shows where it stands.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let filled = (Pairs::default(), FieldErrors::default());
    shown(&portal, &referent, &id, reset::said(&done.fait), filled).await
}

async fn shown(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    done: &'static str,
    filled: (Pairs, FieldErrors),
) -> Response {
    let status = if filled.1.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    match read(portal, referent, id, done, filled).await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    done: &'static str,
    (filled, errors): (Pairs, FieldErrors),
) -> Result<FactorsPage, Error> {
    let membership = referent.membership(id);
    let entry = referent.within(portal).get(&membership).await?;
    let waiting = of_member(portal, referent, &membership).await?;
    let person = referent.person(portal).await?;
    let by = referent.visitor.account();
    Ok(FactorsPage {
        token: person.token.clone(),
        person: Some(person),
        here: "agents",
        done,
        errors,
        filled,
        id: id.to_owned(),
        address: format!("/referent/agents/{id}/facteurs"),
        name: entry.full_name(),
        waiting: waiting
            .iter()
            .map(|reset| WaitingReset::of(reset, by, false))
            .collect(),
        referent: entry.role == Role::Referent,
        alone: referent.entry.referents(portal.store.clock().now()).len() < 2,
    })
}

async fn of_member(
    portal: &Portal,
    referent: &Referent,
    membership: &MembershipId,
) -> Result<Vec<FactorReset>, Error> {
    let mut waiting = referent.within(portal).list_factor_resets().await?;
    waiting.retain(|reset| reset.membership == *membership);
    Ok(waiting)
}

/// Asks, confirms or withdraws. Fields: `pas` (`demander`, `confirmer`, `annuler`), `identite` and
/// `motif`, or `demande`.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let fields = posted.form;
    let membership = referent.membership(&id);
    let member = match referent.within(&portal).member(&membership).await {
        Ok(member) => member,
        Err(error) => return failed(&error),
    };
    let leave = match referent.attribute(&member) {
        Ok(leave) => leave,
        Err(refusal) => return not_attributed(&refusal),
    };
    let by = referent.purview.by();
    let done = if fields.one("pas") == "demander" {
        let mut errors = FieldErrors::default();
        let Some(ground) = reset::read_ground(&fields, &mut errors) else {
            return shown(&portal, &referent, &id, "", (fields, errors)).await;
        };
        let store = &portal.store;
        let asked = store.request_factor_reset(leave.membership(), by, &ground);
        asked.await.map(|_| "demande")
    } else {
        match of_member(&portal, &referent, &membership).await {
            Ok(waiting) => reset::answer(&portal, &fields, &waiting, by).await,
            Err(error) => return failed(&error),
        }
    };
    match done {
        Ok(done) => {
            Redirect::to(&format!("/referent/agents/{id}/facteurs?fait={done}")).into_response()
        }
        Err(error) => reset::refuse(&error, failed),
    }
}
