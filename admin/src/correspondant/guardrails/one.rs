//! `/cig/garde-fous/{id}`: one guardrail with its history, and its withdrawal.

use super::preview::{self, Change};
use super::{Shown, sentence};
use crate::correspondant::{Correspondant, failed};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::rules::services;
use accounts::{Error, RuleVersion};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "cig/guardrail.html")]
struct GuardrailPage {
    person: Option<Person>,
    here: &'static str,
    id: String,
    sentence: String,
    in_force: bool,
    writes: bool,
    cedar: String,
    versions: Vec<Shown>,
}

/// Shows it.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
) -> Response {
    match read(&portal, &someone, &id).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(portal: &Portal, someone: &Correspondant, id: &str) -> Result<GuardrailPage, Error> {
    let versions = someone.overseen(portal).list_guardrail_versions(id).await?;
    let newest = newest(&versions, id)?;
    let names = services(portal);
    Ok(GuardrailPage {
        person: Some(someone.person(portal).await?),
        here: "garde-fous",
        id: id.to_owned(),
        sentence: sentence(&names, newest),
        in_force: newest.is_in_force(),
        writes: someone.is_of_cig(),
        cedar: newest.rule.text.clone(),
        versions: versions
            .iter()
            .map(|version| Shown::of(portal, &names, version))
            .collect(),
    })
}

fn newest<'a>(versions: &'a [RuleVersion], id: &str) -> Result<&'a RuleVersion, Error> {
    versions.first().ok_or_else(|| Error::NotFound {
        what: "guardrail",
        id: id.to_owned(),
    })
}

/// What its end would do.
pub(super) async fn ask_withdrawal(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
) -> Response {
    end(&portal, &someone, &id, &Pairs::default()).await
}

/// Withdraws it. Fields: `pas` (`publier`), `apercu`, `motif`, `confirme`.
pub(super) async fn withdraw(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    end(&portal, &someone, &id, &posted.form).await
}

async fn end(portal: &Portal, someone: &Correspondant, id: &str, fields: &Pairs) -> Response {
    let versions = someone.overseen(portal).list_guardrail_versions(id).await;
    let versions = match versions {
        Ok(versions) => versions,
        Err(error) => return failed(&error),
    };
    let newest = match newest(&versions, id) {
        Ok(newest) if someone.is_of_cig() => newest,
        Ok(_) => {
            return failed(&Error::NotFound {
                what: "guardrail",
                id: id.to_owned(),
            });
        }
        Err(error) => return failed(&error),
    };
    if !newest.is_in_force() {
        return Redirect::to(&format!("/cig/garde-fous/{id}")).into_response();
    }
    let change = Change {
        rule: newest.rule.clone(),
        based_on: newest.version,
        ends: true,
        address: format!("/cig/garde-fous/{id}/retrait"),
    };
    preview::take(portal, someone, &change, fields).await
}
