//! `/api/v1/agents`: the roll, and taking somebody on.

use super::answer::Answer;
use super::asked::{Asked, Caller, Parameters, bad_parameter};
use super::body::Json;
use super::page::{Page, most, unknown_cursor};
use super::problem::Problem;
use crate::date;
use crate::portal::Portal;
use crate::referent::enrol::{Enrolled, Filled, enrol};
use crate::referent::{Referent, last_part, preview};
use accounts::{Error, Holder, RollEntry, RollFilter, Standing, Within};
use axum::extract::{Path, State};
use axum::response::Response;
use policies::GroupId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Somebody on the roll.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Agent {
    #[schema(example = "0199a8b2-7c1e-7000-8000-000000000001")]
    pub(super) id: String,
    pub(super) given_name: String,
    pub(super) family_name: String,
    pub(super) email: String,
    /// `agent` or `referent`.
    pub(super) role: &'static str,
    /// `actif`, `invite`, `suspendu`, `parti` or `supprime`.
    pub(super) standing: &'static str,
    /// The id of a profile.
    pub(super) profile: Option<String>,
    /// From when on suspended; may lie ahead. Times are RFC 3339.
    pub(super) suspended_at: Option<String>,
    /// From when on gone; may lie ahead.
    pub(super) left_at: Option<String>,
    pub(super) deleted_at: Option<String>,
    pub(super) last_login_at: Option<String>,
    pub(super) invited_at: Option<String>,
    /// Changes name the version that was read.
    pub(super) version: i64,
}

impl From<&RollEntry> for Agent {
    fn from(entry: &RollEntry) -> Self {
        let profile = entry.profile.as_deref();
        Self {
            id: last_part(entry.id.as_str()).to_owned(),
            given_name: entry.given_name.clone(),
            family_name: entry.family_name.clone(),
            email: entry.login.clone(),
            role: entry.role.as_str(),
            standing: entry.standing.as_str(),
            profile: profile.map(|id| last_part(id).to_owned()),
            suspended_at: entry.suspended_at.map(date::rfc3339),
            left_at: entry.left_at.map(date::rfc3339),
            deleted_at: entry.deleted_at.map(date::rfc3339),
            last_login_at: entry.last_login_at.map(date::rfc3339),
            invited_at: entry.invited_at.map(date::rfc3339),
            version: entry.version,
        }
    }
}

/// Somebody, with their groups.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgentInFull {
    #[serde(flatten)]
    agent: Agent,
    /// Ids of groups.
    groups: Vec<String>,
}

/// Which part of the roll.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Part of a name or address.
    q: String,
    /// `actif`, `invite`, `suspendu`, `parti` or `supprime`; without it, all but the deleted.
    etat: String,
    /// The id of a group.
    groupe: String,
    /// The id of a profile.
    profil: String,
    /// From 1 to 200; 50 unless said.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl Which {
    fn filter(&self, referent: &Referent) -> Result<RollFilter, Problem> {
        let whole = |id: &str| (!id.is_empty()).then(|| referent.membership(id).to_string());
        let standing = match self.etat.as_str() {
            "" => None,
            text => Some(Standing::parse(text).ok_or_else(|| {
                bad_parameter("etat est actif, invite, suspendu, parti ou supprime.")
            })?),
        };
        Ok(RollFilter {
            search: self.q.clone(),
            standing,
            group: whole(&self.groupe).map(GroupId::from),
            profile: whole(&self.profil),
            page: 1,
        })
    }
}

/// Lists them in the order of names.
#[utoipa::path(get, path = "/api/v1/agents", operation_id = "listAgents", tag = "agents",
    summary = "Lister les agents de la collectivité", params(Which),
    responses((status = 200, description = "Une page d’agents", body = Page<Agent>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Parameters(which): Parameters<Which>,
) -> Result<axum::Json<Page<Agent>>, Problem> {
    let within = referent.within(&portal);
    let (filter, most) = (which.filter(&referent)?, most(which.limit)?);
    let from = match which.cursor.as_deref() {
        None | Some("") => None,
        Some(cursor) => Some(within.open_place(cursor).ok_or_else(unknown_cursor)?),
    };
    let slice = within.list_from(&filter, from.as_ref(), most).await?;
    let next = slice.next.map(|place| within.seal_place(&place));
    Ok(axum::Json(Page {
        items: slice.entries.iter().map(Agent::from).collect(),
        next_cursor: next.transpose()?,
    }))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/agents/{id}", operation_id = "getAgent", tag = "agents",
    summary = "Lire la fiche d’un agent", params(("id" = String, Path)),
    responses((status = 200, description = "La fiche\u{a0}; ETag porte sa version", body = AgentInFull)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    in_full(referent.within(&portal), &referent.membership(&id)).await
}

/// The record as an answer.
pub(super) async fn in_full(
    within: Within<'_>,
    id: &policies::MembershipId,
) -> Result<Answer, Problem> {
    let entry = within.get(id).await?;
    let groups = within.groups_of(&entry.id).await?;
    let agent = AgentInFull {
        agent: Agent::from(&entry),
        groups: groups
            .iter()
            .map(|group| last_part(group.as_str()).to_owned())
            .collect(),
    };
    Ok(Answer::of(&agent)?.version(entry.version))
}

/// Somebody to take on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAgent {
    #[schema(example = "Zoé")]
    given_name: String,
    #[schema(example = "Lefèvre")]
    family_name: String,
    #[schema(example = "zoe.lefevre@ville.fr")]
    email: String,
    /// The id of a profile.
    #[serde(default)]
    profile: Option<String>,
    /// Ids of groups.
    #[serde(default)]
    groups: Vec<String>,
    /// Says that somebody of the same name is somebody else, and that an office's address is right.
    #[serde(default)]
    confirmed: bool,
}

/// Where the pages' fields are in a body.
pub(super) const POINTERS: [(&str, &str); 3] = [
    ("prenom", "/given_name"),
    ("nom", "/family_name"),
    ("courriel", "/email"),
];

/// Takes somebody on, and invites them.
#[utoipa::path(post, path = "/api/v1/agents", operation_id = "enrolAgent", tag = "agents",
    summary = "Ajouter un agent et l’inviter par courriel", request_body = NewAgent,
    responses((status = 201, description = "L’agent est ajouté et invité", body = AgentInFull)))]
pub(super) async fn add(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<NewAgent>>,
) -> Result<Response, Problem> {
    let Json(new) = &asked.body;
    let whole = |id: &String| asked.who.membership(id).to_string();
    let filled = Filled {
        prenom: new.given_name.clone(),
        nom: new.family_name.clone(),
        courriel: new.email.clone(),
        profil: new.profile.as_ref().map(whole).unwrap_or_default(),
        groups: new.groups.iter().map(|id| whole(id).into()).collect(),
        confirmed: new.confirmed,
    };
    let within = asked.within(&portal);
    match enrol(within, &filled).await? {
        Enrolled::Done(id) => {
            let location = format!("/api/v1/agents/{}", last_part(id.as_str()));
            let answer = in_full(within, &id).await?.created(location);
            asked.answer(&portal, answer).await
        }
        Enrolled::Invalid(errors) => Err(Problem::invalid(&errors, &POINTERS)),
        Enrolled::Doubtful(alike) => Err(doubtful(&alike)),
    }
}

fn doubtful(alike: &[RollEntry]) -> Problem {
    let ids: Vec<_> = alike
        .iter()
        .map(|entry| last_part(entry.id.as_str()))
        .collect();
    let detail = if ids.is_empty() {
        "Cette adresse paraît être celle d’un service\u{a0}: chaque agent a la sienne. Si elle est exacte, recommencez avec confirmed.".to_owned()
    } else {
        format!(
            "Une personne du même nom ou de la même adresse est déjà là\u{a0}: {}. Si c’est une autre personne, recommencez avec confirmed.",
            ids.join(", ")
        )
    };
    Problem::conflict("doubtful", "À confirmer", &detail)
}

/// Somebody, with all that gives them rights.
pub(super) async fn holder(
    portal: &Portal,
    referent: &Referent,
    id: &str,
) -> Result<Holder, Problem> {
    let holders = preview::holders(portal, referent, std::iter::once(id)).await?;
    let missing = || Error::NotFound {
        what: "membership",
        id: id.to_owned(),
    };
    Ok(holders.into_iter().next().ok_or_else(missing)?)
}
