//! `/compte/donnees`: what is kept about the person, why and how long; to read, to take away, and to
//! have corrected.

use super::history::sentence;
use super::{Done, acting, person, shown};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted, Tokened};
use crate::visitor::Visitor;
use accounts::{Dossier, Error, LONGEST_MESSAGE};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Principal;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "account/records.html")]
struct RecordsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    message: String,
}

#[derive(Template)]
#[template(path = "account/detail.html")]
struct DetailPage {
    person: Option<Person>,
    here: &'static str,
    dossier: Dossier,
    journal: Vec<(String, String)>,
}

impl DetailPage {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates pass references"
    )]
    fn day(at: &i64) -> String {
        date::short(*at)
    }

    /// How a transfer was answered.
    fn answer(decision: &str) -> &'static str {
        match decision {
            "accepted" => "accepté",
            "declined" => "refusé",
            _ => "annulé",
        }
    }
}

async fn make(portal: &Portal, visitor: &Visitor) -> Result<RecordsPage, Error> {
    Ok(RecordsPage {
        person: person(portal, visitor).await?,
        here: "donnees",
        token: posted::token(portal, visitor),
        done: "",
        errors: FieldErrors::default(),
        message: String::new(),
    })
}

pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let mut page = make(&portal, &visitor).await;
    if let Ok(page) = &mut page {
        page.done = match done.fait.as_str() {
            "demande" => {
                "Votre demande est partie à vos référents. Ils ont un mois au plus pour vous répondre."
            }
            "personne" => {
                "Votre collectivité n’a pas encore de référent\u{a0}: adressez votre demande au correspondant CIG de votre centre de gestion."
            }
            _ => "",
        };
    }
    shown(page, StatusCode::OK)
}

/// The same as the page of details, for programs.
pub(super) async fn export(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    let dossier = match portal.store.get_dossier(visitor.account()).await {
        Ok(dossier) => dossier,
        Err(error) => return page::unavailable(&error),
    };
    match serde_json::to_string_pretty(&dossier) {
        Ok(text) => (
            [
                (header::CONTENT_TYPE, "application/json"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"mes-donnees-convergences.json\"",
                ),
            ],
            text,
        )
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

pub(super) async fn detail(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    shown(read(&portal, &visitor).await, StatusCode::OK)
}

async fn read(portal: &Portal, visitor: &Visitor) -> Result<DetailPage, Error> {
    let dossier = portal.store.get_dossier(visitor.account()).await?;
    let entries = dossier.journal.iter();
    Ok(DetailPage {
        person: person(portal, visitor).await?,
        here: "donnees",
        journal: entries
            .map(|entry| (date::long(entry.at), sentence(portal, entry)))
            .collect(),
        dossier,
    })
}

/// What the form posts.
#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(default)]
    message: String,
    #[serde(default)]
    jeton: String,
}

impl Tokened for Request {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

pub(super) async fn submit(State(portal): State<Arc<Portal>>, posted: Posted<Request>) -> Response {
    let visitor = match acting(&posted) {
        Ok(visitor) => visitor,
        Err(response) => return *response,
    };
    let message = posted.form.message.trim();
    if message.is_empty() || message.chars().count() > LONGEST_MESSAGE {
        let mut page = make(&portal, visitor).await;
        if let Ok(page) = &mut page {
            message.clone_into(&mut page.message);
            page.errors.add(
                "message",
                format!("Dites ce qui est à corriger, en {LONGEST_MESSAGE} caractères au plus."),
            );
        }
        return shown(page, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let Ok(Principal::Member(member)) = visitor.0.principal() else {
        return Redirect::to("/rattachements").into_response();
    };
    let store = &portal.store;
    match store
        .request_correction(visitor.account(), &member.collectivite, message)
        .await
    {
        Ok(0) => Redirect::to("/compte/donnees?fait=personne").into_response(),
        Ok(_) => Redirect::to("/compte/donnees?fait=demande").into_response(),
        Err(error) => page::unavailable(&error),
    }
}
