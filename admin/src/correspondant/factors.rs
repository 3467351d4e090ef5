//! `/cig/collectivites/{id}/facteurs`: somebody of a collectivité who has lost their second factors.
//! The second person where there is one référent, and both people for whoever manages accesses.

use super::{Correspondant, failed};
use crate::console::Administrator as _;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::reset::{self, WaitingReset};
use accounts::{Error, Over, ResetError};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "cig/factors.html")]
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
    collectivite: String,
    waiting: Vec<WaitingReset>,
    /// Whether it is the CIG itself, which has no page of its own.
    own: bool,
    /// Whether they may act for people who manage accesses: the CIG may, a CDG may not.
    everybody: bool,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// Shows what waits, and the form.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let leave = match someone.supervise_people(&portal, &id).await {
        Ok(leave) => leave,
        Err(error) => return failed(&error),
    };
    let over = someone.over(&portal, &leave);
    let filled = (Pairs::default(), FieldErrors::default());
    shown(&portal, &someone, over, reset::said(&done.fait), filled).await
}

async fn shown(
    portal: &Portal,
    someone: &Correspondant,
    over: Over<'_>,
    done: &'static str,
    (filled, errors): (Pairs, FieldErrors),
) -> Response {
    let status = errors.status();
    let read = async {
        let collectivite = over.record().await?.collectivite;
        let waiting = over.list_factor_resets().await?;
        let person = someone.person(portal).await?;
        let everybody = someone.oversight.affiliated_to().is_none();
        let waiting = waiting
            .iter()
            .map(|reset| WaitingReset::of(reset, someone.account(), everybody));
        Ok::<_, Error>(FactorsPage {
            token: person.token.clone(),
            person: Some(person),
            here: "collectivites",
            done,
            errors,
            filled,
            address: format!("/cig/collectivites/{}/facteurs", collectivite.id),
            own: collectivite.id == someone.own,
            id: collectivite.id.to_string(),
            collectivite: collectivite.name,
            waiting: waiting.collect(),
            everybody,
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// Asks (`agent`, `identite`, `motif`), confirms or withdraws (`demande`).
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let leave = match someone.supervise_people(&portal, &id).await {
        Ok(leave) => leave,
        Err(error) => return failed(&error),
    };
    let over = someone.over(&portal, &leave);
    let (fields, by) = (posted.form, someone.by());
    let done = if fields.one("pas") == "demander" {
        match ask(&someone, over, &fields).await {
            Ok(done) => done,
            Err(errors) => return shown(&portal, &someone, over, "", (fields, errors)).await,
        }
    } else {
        match over.list_factor_resets().await {
            Ok(waiting) => reset::answer(&portal, &fields, &waiting, by).await,
            Err(error) => return failed(&error),
        }
    };
    match done {
        Ok(done) => {
            Redirect::to(&format!("/cig/collectivites/{id}/facteurs?fait={done}")).into_response()
        }
        Err(error) => reset::refuse(&error, failed),
    }
}

/// The outer error is a form to be filled in better.
async fn ask(
    someone: &Correspondant,
    over: Over<'_>,
    fields: &Pairs,
) -> Result<Result<&'static str, ResetError>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let agent = fields.one("agent").trim();
    if agent.is_empty() {
        errors.add("agent", "Saisissez l’adresse électronique de la personne.");
    }
    let ground = reset::read_ground(fields, &mut errors);
    let (true, Some(ground)) = (errors.is_empty(), ground) else {
        return Err(errors);
    };
    let asked = over.request_factor_reset(agent, someone.by(), &ground);
    match asked.await {
        Err(ResetError::Store(Error::NotFound { .. })) => {
            errors.add(
                "agent",
                "Personne n’a cette adresse dans la collectivité. Vérifiez-la.",
            );
            Err(errors)
        }
        asked => Ok(asked.map(|_| "demande")),
    }
}
