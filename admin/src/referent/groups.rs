//! `/referent/services`: the town hall's own services, which lists are filtered by and rules speak of.

use super::{Referent, failed};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, Group, Within};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::GroupId;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/groups.html")]
struct GroupsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    name: String,
    listed: Vec<Group>,
}

/// All of them, and the form for another.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    list(&portal, &referent, "", FieldErrors::default()).await
}

async fn list(portal: &Portal, referent: &Referent, name: &str, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let read = async {
        let listed = referent.within(portal).list_groups().await?;
        Ok::<_, Error>((listed, referent.person(portal).await?))
    };
    match read.await {
        Ok((listed, person)) => page::answer(
            status,
            &GroupsPage {
                token: person.token.clone(),
                person: Some(person),
                here: "services",
                errors,
                name: name.to_owned(),
                listed,
            },
        ),
        Err(error) => failed(&error),
    }
}

/// Adds one.
pub(crate) async fn add(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let name = posted.form.one("nom").trim();
    let mut errors = FieldErrors::default();
    match add_named(referent.within(&portal), name, &mut errors).await {
        Ok(Some(_)) => Redirect::to("/referent/services").into_response(),
        Ok(None) => list(&portal, &referent, name, errors).await,
        Err(error) => failed(&error),
    }
}

/// Adds one; `None`, and why in the errors, when the name is to be mended.
pub(crate) async fn add_named(
    within: Within<'_>,
    name: &str,
    errors: &mut FieldErrors,
) -> Result<Option<GroupId>, Error> {
    let plain = name.chars().any(char::is_alphanumeric) && name.chars().count() <= 60;
    if !plain {
        errors.add("nom", "Donnez au service un nom de 60 caractères au plus, par exemple « Ressources humaines ».");
        return Ok(None);
    }
    match within.add_group(name).await {
        Ok(id) => Ok(Some(id)),
        Err(Error::Exists { .. }) => {
            errors.add("nom", "Un service porte déjà ce nom.");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
