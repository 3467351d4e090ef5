//! `/api/v1/groups`: the town hall's own services.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::{Json, Nothing};
use super::page::Whole;
use super::problem::Problem;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::group::find;
use crate::referent::groups::{add_named, rename};
use crate::referent::{Referent, last_part};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A service of the town hall.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Group {
    #[schema(example = "ressources-humaines")]
    id: String,
    #[schema(example = "Ressources humaines")]
    name: String,
    /// How many are in it.
    members: i64,
    /// For `If-Match`.
    version: i64,
}

impl From<accounts::Group> for Group {
    fn from(group: accounts::Group) -> Self {
        Self {
            id: last_part(group.id.as_str()).to_owned(),
            name: group.name,
            members: group.members,
            version: group.version,
        }
    }
}

/// All of them.
#[utoipa::path(get, path = "/api/v1/groups", operation_id = "listGroups", tag = "groups",
    summary = "Lister les services de la collectivité",
    responses((status = 200, description = "Tous les services", body = Whole<Group>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<Group>>, Problem> {
    let groups = referent.within(&portal).list_groups().await?;
    Ok(axum::Json(Whole {
        items: groups.into_iter().map(Group::from).collect(),
    }))
}

/// A service by its name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGroup {
    #[schema(example = "Ressources humaines")]
    name: String,
}

/// Adds one.
#[utoipa::path(post, path = "/api/v1/groups", operation_id = "addGroup", tag = "groups",
    summary = "Ajouter un service de la collectivité", request_body = NewGroup,
    responses((status = 201, description = "Le service est ajouté", body = Group)))]
pub(super) async fn add(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<NewGroup>>,
) -> Result<Response, Problem> {
    let (mut errors, name) = (FieldErrors::default(), asked.body.0.name.trim());
    let added = add_named(asked.within(&portal), name, &mut errors).await?;
    let Some(id) = added else {
        return Err(Problem::invalid(&errors, &[("nom", "/name")]));
    };
    let group = Group {
        id: last_part(id.as_str()).to_owned(),
        name: name.to_owned(),
        members: 0,
        version: 1,
    };
    let answer = Answer::of(&group)?.created("/api/v1/groups".to_owned());
    asked.answer(&portal, answer).await
}

/// Renames one.
#[utoipa::path(put, path = "/api/v1/groups/{id}", operation_id = "renameGroup", tag = "groups",
    summary = "Renommer un service de la collectivité",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "La version du service lu, entre guillemets droits")),
    request_body = NewGroup,
    responses((status = 200, description = "Le service, avec sa nouvelle version", body = Group)))]
pub(super) async fn change(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NewGroup>>,
) -> Result<Response, Problem> {
    let (version, name) = (asked.version()?, asked.body.0.name.trim());
    let (mut errors, group) = (FieldErrors::default(), asked.who.own(&id).into());
    let within = asked.within(&portal);
    let renamed = rename(within, (&group, version), name, &mut errors).await;
    if renamed.map_err(Problem::conditional)?.is_none() {
        return Err(Problem::invalid(&errors, &[("nom", "/name")]));
    }
    let group = Group::from(find(&portal, &asked.who, &id).await?);
    asked.answer(&portal, Answer::of(&group)?).await
}

/// Removes one.
#[utoipa::path(delete, path = "/api/v1/groups/{id}", operation_id = "removeGroup", tag = "groups",
    summary = "Supprimer un service de la collectivité dont aucune règle ne parle",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "La version du service lu, entre guillemets droits")),
    responses((status = 204, description = "Il est supprimé")))]
pub(super) async fn remove(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let (version, group) = (asked.version()?, asked.who.own(&id).into());
    let removed = asked.within(&portal).remove_group(&group, version).await;
    removed.map_err(Problem::conditional)?;
    asked.answer(&portal, Answer::nothing()).await
}
