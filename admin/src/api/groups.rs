//! `/api/v1/groups`: the town hall's own services.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::Json;
use super::page::Whole;
use super::problem::Problem;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::groups::add_named;
use crate::referent::{Referent, last_part};
use axum::extract::State;
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
    let items = groups.into_iter().map(|group| Group {
        id: last_part(group.id.as_str()).to_owned(),
        name: group.name,
        members: group.members,
    });
    Ok(axum::Json(Whole {
        items: items.collect(),
    }))
}

/// A service to add.
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
    };
    let answer = Answer::of(&group)?.created("/api/v1/groups".to_owned());
    asked.answer(&portal, answer).await
}
