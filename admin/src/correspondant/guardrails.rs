//! `/cig/garde-fous`: the guardrails above collectivités, those that every installation has and those
//! that the CIG writes. A CDG reads them.

mod form;
mod hits;
mod one;
mod preview;
mod proven;
mod read;

use super::sheet::Done;
use super::{Correspondant, failed};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::referent::rules::form::live;
use crate::referent::rules::{event, services};
use accounts::{Error, RuleVersion};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use policies::{Guardrail, Names};
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/cig/garde-fous", get(show))
        .route("/cig/garde-fous/nouveau", get(form::new).post(form::add))
        .route("/cig/garde-fous/phrase", post(form::say))
        .route(
            "/cig/garde-fous/formulaire.js",
            get(|_: Correspondant| async { live::script() }),
        )
        .route("/cig/garde-fous/{id}", get(one::show))
        .route(
            "/cig/garde-fous/{id}/modifier",
            get(form::edit).post(form::change),
        )
        .route(
            "/cig/garde-fous/{id}/retrait",
            get(one::ask_withdrawal).post(one::withdraw),
        )
}

/// A guardrail as pages show it.
struct Shown {
    id: String,
    version: i64,
    sentence: String,
    /// Of which collectivité alone; empty for all.
    only: String,
    /// Its publication, and its end.
    story: Vec<String>,
    in_force: bool,
}

impl Shown {
    fn of(portal: &Portal, names: &Names, version: &RuleVersion) -> Self {
        let author = version.author.as_deref();
        let began = event("Publié", version.created_at, author, &version.reason);
        let ended = version
            .withdrawal
            .as_ref()
            .map(|end| event("Retiré", end.at, end.author.as_deref(), &end.reason));
        Self {
            id: version.rule.id.clone(),
            version: version.version,
            sentence: sentence(names, version),
            only: only(portal, version),
            story: std::iter::once(began).chain(ended).collect(),
            in_force: version.is_in_force(),
        }
    }
}

/// What one says.
pub(super) fn sentence(names: &Names, version: &RuleVersion) -> String {
    let model = version.rule.model();
    let unread = || "Ce garde-fou ne se lit plus\u{a0}: retirez-le.".to_owned();
    model.map_or_else(unread, |model| model.sentence(names))
}

/// The name of the only collectivité that one is above; empty for all.
fn only(portal: &Portal, version: &RuleVersion) -> String {
    let only = Guardrail::only_of(&version.rule);
    only.map_or_else(String::new, |id| {
        let entry = portal.directory.find(&id);
        entry.map_or_else(|| id.to_string(), |entry| entry.collectivite.name.clone())
    })
}

#[derive(Template)]
#[template(path = "cig/guardrails.html")]
struct GuardrailsPage {
    person: Option<Person>,
    here: &'static str,
    done: &'static str,
    /// Whether whoever looks writes them.
    writes: bool,
    in_force: Vec<Shown>,
    withdrawn: Vec<Shown>,
    /// Those that every installation has.
    built_in: Vec<String>,
}

/// Lists them.
async fn show(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Query(done): Query<Done>,
) -> Response {
    match read(&portal, &someone, &done.fait).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    someone: &Correspondant,
    done: &str,
) -> Result<GuardrailsPage, Error> {
    let names = services(portal);
    let all = someone.overseen(portal).list_guardrails().await?;
    let all = all.iter().map(|version| Shown::of(portal, &names, version));
    let (in_force, withdrawn) = all.partition(|shown| shown.in_force);
    Ok(GuardrailsPage {
        person: Some(someone.person(portal).await?),
        here: "garde-fous",
        done: match done {
            "publication" => "Le garde-fou est publié. Il compte dès maintenant.",
            "retrait" => {
                "Le garde-fou est retiré. Il ne compte plus\u{a0}; vous le retrouvez plus bas."
            }
            _ => "",
        },
        writes: someone.is_of_cig(),
        in_force,
        withdrawn,
        built_in: portal.directory.vocabulary().guardrails().collect(),
    })
}
