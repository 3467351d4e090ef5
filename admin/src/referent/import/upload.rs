//! `/referent/import`: the form for a file, and the file taken in to be looked at.

use super::reading;
use crate::import::Uploaded;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted;
use crate::referent::{Referent, failed};
use crate::table::Table;
use accounts::{Error, Within};
use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/import.html")]
struct UploadPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    base: &'static str,
    error: String,
}

/// The form for a file.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    form(&portal, &referent, String::new()).await
}

async fn form(portal: &Portal, referent: &Referent, error: String) -> Response {
    let status = if error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    match referent.person(portal).await {
        Ok(person) => page::answer(
            status,
            &UploadPage {
                token: person.token.clone(),
                person: Some(person),
                here: "agents",
                base: super::BASE,
                error,
            },
        ),
        Err(error) => failed(&error),
    }
}

/// Takes a file, and leads to what it would do.
pub(crate) async fn upload(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    headers: HeaderMap,
    body: Multipart,
) -> Response {
    let Some(Uploaded {
        name,
        content,
        token,
    }) = Uploaded::read(body).await
    else {
        return form(
            &portal,
            &referent,
            "Choisissez un fichier CSV de 10 Mo au plus.".to_owned(),
        )
        .await;
    };
    if let Err(foreign) = posted::check(&portal, &headers, Some(&referent.visitor), Some(&token)) {
        return foreign;
    }
    if content.is_empty() {
        return form(
            &portal,
            &referent,
            "Choisissez d’abord un fichier CSV.".to_owned(),
        )
        .await;
    }
    match keep(referent.within(&portal), &name, &content).await {
        Ok(Ok(id)) => Redirect::to(&format!("/referent/import/{id}")).into_response(),
        Ok(Err(text)) => form(&portal, &referent, text).await,
        Err(error) => failed(&error),
    }
}

/// Keeps a file and gives its id; or says what is wrong with it as a whole.
pub(crate) async fn keep(
    within: Within<'_>,
    name: &str,
    content: &[u8],
) -> Result<Result<String, String>, Error> {
    let profiles = within.list_profiles().await?;
    let read = Table::read(content).and_then(|table| reading::Reading::of(&table, &profiles));
    if let Err(text) = read {
        return Ok(Err(text));
    }
    within.keep_import(name, content).await.map(Ok)
}
