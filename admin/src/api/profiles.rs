//! `/api/v1/profiles`: sets of rights. A change of one that people have is shown first, then saved.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::{Json, Nothing};
use super::page::Whole;
use super::preview::{self, Preview};
use super::problem::Problem;
use crate::entrance::Entrance;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::profile::{find, prospects, with_closed};
use crate::referent::profiles::{name_in_use, read_name};
use crate::referent::{Referent, last_part};
use accounts::Error;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A right on a service.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Right {
    #[schema(example = "bip")]
    service: String,
    /// `lecture`, `ecriture` or a role of the service.
    #[schema(example = "lecture")]
    level: String,
}

/// A set of rights.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Profile {
    id: String,
    #[schema(example = "Gestionnaire RH")]
    name: String,
    rights: Vec<Right>,
    /// How many have it.
    members: i64,
    version: i64,
}

impl From<&accounts::Profile> for Profile {
    fn from(profile: &accounts::Profile) -> Self {
        let rights = profile.rights.iter().map(|right| Right {
            service: right.service.to_string(),
            level: right.level.as_str().to_owned(),
        });
        Self {
            id: last_part(&profile.id).to_owned(),
            name: profile.name.clone(),
            rights: rights.collect(),
            members: profile.members,
            version: profile.version,
        }
    }
}

/// A set of rights as it is to be.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProfile {
    #[schema(example = "Gestionnaire RH")]
    name: String,
    rights: Vec<Right>,
    /// What the preview of this very change gave; a new profile needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
}

impl NewProfile {
    /// As the store has it.
    fn read(
        &self,
        portal: &Portal,
        referent: &Referent,
    ) -> Result<(String, Vec<policies::Right>), Problem> {
        let mut errors = FieldErrors::default();
        let name = read_name(&self.name, &mut errors);
        let name = name.ok_or_else(|| Problem::invalid(&errors, &[("nom", "/name")]))?;
        let services = referent.services(portal);
        let mut rights: Vec<policies::Right> = Vec::with_capacity(self.rights.len());
        for (place, right) in self.rights.iter().enumerate() {
            let at = |member: &str| format!("/rights/{place}/{member}");
            let mut services = services.iter();
            let service = services.find(|service| service.id.as_str() == right.service);
            let service =
                service.ok_or_else(|| Problem::mistake(&at("service"), UNKNOWN_SERVICE))?;
            if rights.iter().any(|known| known.service == service.id) {
                return Err(Problem::mistake(
                    &at("service"),
                    "Ce service est déjà nommé\u{a0}: donnez-lui un seul niveau.",
                ));
            }
            let level = service.read_level(&right.level);
            rights.push(policies::Right {
                service: service.id.clone(),
                level: level
                    .ok_or_else(|| Problem::mistake(&at("level"), unknown_level(service)))?,
            });
        }
        Ok((name, rights))
    }
}

/// What to write instead.
pub(super) fn unknown_level(service: &Entrance) -> String {
    format!(
        "Écrivez un niveau de ce service\u{a0}: {}.",
        service.spellings()
    )
}

pub(super) const UNKNOWN_SERVICE: &str =
    "Ce service n’est pas ouvert à votre collectivité. GET /api/v1/me les énumère.";

fn in_use() -> Problem {
    let mut errors = FieldErrors::default();
    name_in_use(&mut errors);
    Problem::invalid(&errors, &[("nom", "/name")])
}

/// All of them.
#[utoipa::path(get, path = "/api/v1/profiles", operation_id = "listProfiles", tag = "profiles",
    summary = "Lister les profils de la collectivité",
    responses((status = 200, description = "Tous les profils", body = Whole<Profile>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
) -> Result<axum::Json<Whole<Profile>>, Problem> {
    let profiles = referent.within(&portal).list_profiles().await?;
    let items = profiles.iter().map(Profile::from).collect();
    Ok(axum::Json(Whole { items }))
}

/// Adds one. Nobody has it yet, so nobody gains or loses.
#[utoipa::path(post, path = "/api/v1/profiles", operation_id = "addProfile", tag = "profiles",
    summary = "Créer un profil", request_body = NewProfile,
    responses((status = 201, description = "Le profil est créé", body = Profile)))]
pub(super) async fn add(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<NewProfile>>,
) -> Result<Response, Problem> {
    let referent = &asked.who;
    let (name, rights) = asked.body.0.read(&portal, referent)?;
    let id = match asked.within(&portal).add_profile(&name, &rights).await {
        Err(Error::Exists { .. }) => return Err(in_use()),
        added => added?,
    };
    let location = format!("/api/v1/profiles/{}", last_part(&id));
    let profile = find(&portal, referent, last_part(&id)).await?;
    let answer = whole(&profile)?.created(location);
    asked.answer(&portal, answer).await
}

fn whole(profile: &accounts::Profile) -> Result<Answer, Problem> {
    Ok(Answer::of(&Profile::from(profile))?.version(profile.version))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/profiles/{id}", operation_id = "getProfile", tag = "profiles",
    summary = "Lire un profil", params(("id" = String, Path)),
    responses((status = 200, description = "Le profil\u{a0}; ETag porte sa version", body = Profile)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    whole(&find(&portal, &referent, &id).await?)
}

/// What a change would do, and the proof that it was shown.
#[utoipa::path(post, path = "/api/v1/profiles/{id}/preview", operation_id = "previewProfile",
    tag = "profiles", summary = "Voir qui gagne et qui perd par le changement d’un profil",
    params(("id" = String, Path)), request_body = NewProfile,
    responses((status = 200, description = "Rien n’est enregistré", body = Preview)))]
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NewProfile>>,
) -> Result<axum::Json<Preview>, Problem> {
    let referent = &asked.who;
    let before = find(&portal, referent, &id).await?;
    let after = changed(&portal, &asked, &before)?;
    let prospects = prospects(&portal, referent, &before, &after).await?;
    let proof = preview::proof(&portal, referent, &place(&id), &asked.body.0.unproved())?;
    Preview::of(&portal, referent, prospects, proof).map(axum::Json)
}

/// Saves a change that was shown.
#[utoipa::path(put, path = "/api/v1/profiles/{id}", operation_id = "changeProfile", tag = "profiles",
    summary = "Changer un profil, et les droits de tous ceux qui l’ont",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "L’ETag du profil lu")),
    request_body = NewProfile,
    responses((status = 200, description = "Le profil, avec sa nouvelle version", body = Profile)))]
pub(super) async fn change(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NewProfile>>,
) -> Result<Response, Problem> {
    let (referent, Json(new)) = (&asked.who, &asked.body);
    let before = find(&portal, referent, &id).await?;
    let after = accounts::Profile {
        version: asked.version()?,
        ..changed(&portal, &asked, &before)?
    };
    let proof = preview::proof(&portal, referent, &place(&id), &new.unproved())?;
    preview::expect(new.proof.as_deref(), &proof)?;
    match asked.within(&portal).change_profile(&after).await {
        Err(Error::Exists { .. }) => return Err(in_use()),
        changed => changed.map_err(Problem::conditional)?,
    }
    let answer = whole(&find(&portal, referent, &id).await?)?;
    asked.answer(&portal, answer).await
}

fn place(id: &str) -> String {
    format!("/api/v1/profiles/{id}")
}

impl NewProfile {
    /// The change itself.
    fn unproved(&self) -> Self {
        Self {
            name: self.name.clone(),
            rights: self.rights.clone(),
            proof: None,
        }
    }
}

fn changed(
    portal: &Portal,
    asked: &Asked<Json<NewProfile>>,
    before: &accounts::Profile,
) -> Result<accounts::Profile, Problem> {
    let (name, rights) = asked.body.0.read(portal, &asked.who)?;
    Ok(accounts::Profile {
        name,
        rights: with_closed(portal, &asked.who, before, rights),
        ..before.clone()
    })
}

/// Removes one that nobody has.
#[utoipa::path(delete, path = "/api/v1/profiles/{id}", operation_id = "removeProfile", tag = "profiles",
    summary = "Supprimer un profil que personne n’a", params(("id" = String, Path)),
    responses((status = 204, description = "Le profil est supprimé")))]
pub(super) async fn remove(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    let profile = find(&portal, &asked.who, &id).await?;
    let removed = asked.within(&portal).remove_profile(&profile.id).await;
    match removed {
        Err(Error::NotFound { .. }) => Err(Problem::conflict(
            "profile-in-use",
            "Ce profil ne peut pas être supprimé",
            "Des agents l’ont encore. Donnez-leur d’abord un autre profil.",
        )),
        removed => {
            removed?;
            asked.answer(&portal, Answer::nothing()).await
        }
    }
}
