//! `/referent/services/{id}`: one of the town hall's own services gets another name, or goes when no
//! rule speaks of it.

use super::groups::rename;
use super::preview::Pairs;
use super::{Referent, failed};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{Error, Group};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::GroupId;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/group.html")]
struct GroupPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    id: String,
    /// As it is typed.
    name: String,
    group: Group,
}

/// The service, to be renamed.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    form(&portal, &referent, &id, None, FieldErrors::default()).await
}

/// The service of an id as addresses carry it.
pub(crate) async fn find(portal: &Portal, referent: &Referent, id: &str) -> Result<Group, Error> {
    let id = GroupId::from(referent.own(id));
    let groups = referent.within(portal).list_groups().await?;
    let found = groups.into_iter().find(|group| group.id == id);
    found.ok_or_else(|| Error::NotFound {
        what: "group",
        id: id.to_string(),
    })
}

async fn form(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    typed: Option<&str>,
    errors: FieldErrors,
) -> Response {
    let read = async {
        let group = find(portal, referent, id).await?;
        Ok::<_, Error>((group, referent.person(portal).await?))
    };
    match read.await {
        Ok((group, person)) => page::answer(
            errors.status(),
            &GroupPage {
                token: person.token.clone(),
                person: Some(person),
                here: "services",
                errors,
                id: id.to_owned(),
                name: typed.unwrap_or(&group.name).to_owned(),
                group,
            },
        ),
        Err(error) => failed(&error),
    }
}

/// Renames or removes it.
pub(crate) async fn change(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Result<Response, Response> {
    let (within, fields) = (referent.within(&portal), &posted.form);
    let group = GroupId::from(referent.own(&id));
    let version = fields.one("version").parse().unwrap_or_default();
    if fields.one("pas") == "supprimer" {
        let removed = within.remove_group(&group, version).await;
        removed.map_err(|error| failed(&error))?;
        return Ok(Redirect::to("/referent/services?fait=suppression").into_response());
    }
    let (name, mut errors) = (fields.one("nom").trim(), FieldErrors::default());
    let renamed = rename(within, (&group, version), name, &mut errors).await;
    Ok(match renamed.map_err(|error| failed(&error))? {
        Some(()) => Redirect::to("/referent/services?fait=nom").into_response(),
        None => form(&portal, &referent, &id, Some(name), errors).await,
    })
}
