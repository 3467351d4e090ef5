//! `/referent/arrivees`: people whom another collectivité releases to this one: their name, their
//! address and where they come from, and nothing more.

use super::agents::last_part;
use super::{Referent, failed};
use crate::date;
use crate::fields::{FieldErrors, reason};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, Transfer};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

struct Arrival {
    id: String,
    name: String,
    login: String,
    from: String,
    last_day: String,
    until: String,
}

impl Arrival {
    fn of(transfer: &Transfer) -> Self {
        Self {
            id: transfer.id.clone(),
            name: transfer.name.clone(),
            login: transfer.login.clone(),
            from: transfer.from.clone(),
            last_day: date::last_day(transfer.left_at),
            until: date::short(transfer.expires_at),
        }
    }
}

#[derive(Template)]
#[template(path = "referent/arrivals.html")]
struct ArrivalsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    arrivals: Vec<Arrival>,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// Those that wait for an answer.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(done): Query<Done>,
) -> Response {
    let done = match done.fait.as_str() {
        "refusee" => "L’arrivée est refusée. La personne et sa collectivité reçoivent votre motif.",
        _ => "",
    };
    list(&portal, &referent, done, FieldErrors::default()).await
}

async fn list(
    portal: &Portal,
    referent: &Referent,
    done: &'static str,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    let read = async {
        let arrivals = referent.within(portal).list_arrivals().await?;
        let person = referent.person(portal).await?;
        Ok::<_, Error>(ArrivalsPage {
            token: person.token.clone(),
            person: Some(person),
            here: "agents",
            done,
            errors,
            arrivals: arrivals.iter().map(Arrival::of).collect(),
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// Answers one. Fields: `transfert`, `reponse` (`oui` or `non`), `motif`.
pub(crate) async fn answer(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    let (within, transfer) = (referent.within(&portal), fields.one("transfert"));
    if fields.one("reponse") == "oui" {
        return match within.accept_arrival(transfer).await {
            Ok(membership) => {
                let id = last_part(membership.as_str());
                Redirect::to(&format!("/referent/agents/{id}?fait=arrivee")).into_response()
            }
            Err(error) => unanswered(&error),
        };
    }
    let Some(reason) = reason(fields.one("motif")) else {
        let mut errors = FieldErrors::default();
        errors.add("arrivees", NO_REASON);
        return list(&portal, &referent, "", errors).await;
    };
    match within.decline_arrival(transfer, &reason).await {
        Ok(()) => Redirect::to("/referent/arrivees?fait=refusee").into_response(),
        Err(error) => unanswered(&error),
    }
}

/// Why an arrival is not declined.
pub(crate) const NO_REASON: &str = "Pour refuser une arrivée, écrivez le motif\u{a0}: la personne et sa collectivité le recevront.";

fn unanswered(error: &Error) -> Response {
    match error {
        Error::NotFound {
            what: "transfer", ..
        } => crate::referent::failure(
            StatusCode::NOT_FOUND,
            "Cette arrivée n’attend plus de réponse",
            "L’autre collectivité l’a annulée, un collègue y a répondu, ou le délai de trente jours est passé. Revenez à la liste des arrivées.",
        ),
        error => failed(error),
    }
}
