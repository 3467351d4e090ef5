//! `/referent/services`: the town hall's own services, which lists are filtered by and rules speak of.

use super::{Referent, failed, last_part};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, Group, Within};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::GroupId;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/groups.html")]
struct GroupsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    name: String,
    /// Id as addresses carry it, and the service.
    listed: Vec<(String, Group)>,
    done: &'static str,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

fn said(done: &str) -> &'static str {
    match done {
        "creation" => "Le service est créé.",
        "nom" => "Le service a son nouveau nom. Ses agents et les règles qui en parlent restent.",
        "suppression" => "Le service est supprimé.",
        _ => "",
    }
}

/// All of them, and the form for another.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(done): Query<Done>,
) -> Response {
    let done = said(&done.fait);
    list(&portal, &referent, ("", done), FieldErrors::default()).await
}

async fn list(
    portal: &Portal,
    referent: &Referent,
    (name, done): (&str, &'static str),
    errors: FieldErrors,
) -> Response {
    let read = async {
        let listed = referent.within(portal).list_groups().await?;
        Ok::<_, Error>((listed, referent.person(portal).await?))
    };
    let (listed, person) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    let listed = listed.into_iter();
    page::answer(
        errors.status(),
        &GroupsPage {
            token: person.token.clone(),
            person: Some(person),
            here: "services",
            errors,
            name: name.to_owned(),
            listed: listed
                .map(|group| (last_part(group.id.as_str()).to_owned(), group))
                .collect(),
            done,
        },
    )
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
        Ok(Some(_)) => Redirect::to("/referent/services?fait=creation").into_response(),
        Ok(None) => list(&portal, &referent, (name, ""), errors).await,
        Err(error) => failed(&error),
    }
}

/// Adds one; `None`, and why in the errors, when the name is to be mended.
pub(crate) async fn add_named(
    within: Within<'_>,
    name: &str,
    errors: &mut FieldErrors,
) -> Result<Option<GroupId>, Error> {
    if !is_plain(name, errors) {
        return Ok(None);
    }
    unless_taken(within.add_group(name).await, errors)
}

/// Renames one; `None`, and why in the errors, when the name is to be mended.
pub(crate) async fn rename(
    within: Within<'_>,
    (id, version): (&GroupId, i64),
    name: &str,
    errors: &mut FieldErrors,
) -> Result<Option<()>, Error> {
    if !is_plain(name, errors) {
        return Ok(None);
    }
    unless_taken(within.rename_group(id, version, name).await, errors)
}

fn is_plain(name: &str, errors: &mut FieldErrors) -> bool {
    let plain = name.chars().any(char::is_alphanumeric) && name.chars().count() <= 60;
    if !plain {
        errors.add("nom", "Donnez au service un nom de 60 caractères au plus, par exemple «\u{a0}Ressources humaines\u{a0}».");
    }
    plain
}

fn unless_taken<T>(named: Result<T, Error>, errors: &mut FieldErrors) -> Result<Option<T>, Error> {
    match named {
        Err(Error::Exists { .. }) => {
            errors.add(
                "nom",
                "Un service porte déjà ce nom, ou un nom qui se lit de même.",
            );
            Ok(None)
        }
        named => named.map(Some),
    }
}
