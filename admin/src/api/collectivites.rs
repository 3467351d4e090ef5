//! `/api/v1/collectivites`: those that a correspondant CIG or a partner CDG follows, and opening one.

use super::asked::{Asked, Caller, Parameters, bad_parameter};
use super::body::Json;
use super::collectivite::in_full;
use super::page::{Page, most, unknown_cursor};
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::opening::{Filled, Opened, open};
use crate::correspondant::services::{ServiceChoice, named};
use crate::portal::Portal;
use accounts::{CollectiviteKind, FollowedFilter, Progress, Scope};
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// A collectivité on the list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Collectivite {
    #[schema(example = "732829320")]
    id: String,
    #[schema(example = "Ville de Beaumont")]
    name: String,
    siret: Option<String>,
    /// The name of the centre de gestion that it is affiliated to.
    cdg_name: Option<String>,
    /// `a-relancer`, `recue`, `verifiee`, `active` or `fermee`.
    progress: &'static str,
    /// It had a référent, and has none at work any more.
    orphaned: bool,
}

impl From<accounts::Followed> for Collectivite {
    fn from(followed: accounts::Followed) -> Self {
        Self {
            id: followed.id.to_string(),
            name: followed.name,
            siret: followed.siret,
            cdg_name: followed.cdg_name,
            progress: followed.progress.as_str(),
            orphaned: followed.orphaned,
        }
    }
}

/// Which of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Part of a name, SIRET or code INSEE.
    q: String,
    /// `a-relancer`, `recue`, `verifiee`, `active` or `fermee`.
    progress: String,
    /// Only those that had a référent, and have none at work any more.
    orphaned: bool,
    /// Only those without a référent at work, whether they had one or not.
    unattended: bool,
    /// `collectivite`, `etablissement` or `cdg`.
    kind: String,
    /// The id of a centre de gestion.
    cdg: String,
    /// The number of a département: `93`, `2A`, `974`.
    department: String,
    /// From 1 to 200; 50 unless said.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A part of those that somebody follows.
pub(super) fn scope(kind: &str, cdg: &str, department: &str) -> Result<Scope, Problem> {
    if !kind.is_empty() && CollectiviteKind::parse(kind).is_err() {
        return Err(bad_parameter(
            "kind est collectivite, etablissement ou cdg.",
        ));
    }
    Ok(Scope {
        cdg: cdg.to_owned(),
        kind: kind.to_owned(),
        department: department.to_owned(),
    })
}

impl Which {
    fn filter(&self) -> Result<FollowedFilter, Problem> {
        let progress = match self.progress.as_str() {
            "" => None,
            text => Some(Progress::parse(text).ok_or_else(|| {
                bad_parameter("progress est a-relancer, recue, verifiee, active ou fermee.")
            })?),
        };
        Ok(FollowedFilter {
            search: self.q.clone(),
            progress,
            orphaned: self.orphaned,
            unattended: self.unattended,
            scope: scope(&self.kind, &self.cdg, &self.department)?,
            page: 1,
        })
    }
}

/// Lists them in the order of names.
#[utoipa::path(get, path = "/api/v1/collectivites", operation_id = "listCollectivites",
    tag = "collectivites", summary = "Lister les collectivités suivies", params(Which),
    responses((status = 200, description = "Une page de collectivités", body = Page<Collectivite>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
    Parameters(which): Parameters<Which>,
) -> Result<axum::Json<Page<Collectivite>>, Problem> {
    let overseen = someone.overseen(&portal);
    let (filter, most) = (which.filter()?, most(which.limit)?);
    let from = match which.cursor.as_deref() {
        None | Some("") => None,
        Some(cursor) => Some(overseen.open_place(cursor).ok_or_else(unknown_cursor)?),
    };
    let slice = overseen.list_from(&filter, from.as_ref(), most).await?;
    let next = slice.next.map(|place| overseen.seal_place(&place));
    Ok(axum::Json(Page {
        items: slice.entries.into_iter().map(Collectivite::from).collect(),
        next_cursor: next.transpose()?,
    }))
}

/// A service to open.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenedService {
    /// `GET /api/v1/me` tells those that the caller may open.
    #[schema(example = "bip")]
    service: String,
    /// How many people may have a right on it; no limit without it.
    #[serde(default)]
    #[schema(example = 25)]
    seats: Option<i64>,
}

/// The services of a body, as the page has them.
pub(super) fn choices(
    portal: &Portal,
    someone: &Correspondant,
    services: &[OpenedService],
) -> Result<Vec<ServiceChoice>, Problem> {
    let list: Vec<_> = services
        .iter()
        .map(|opened| (opened.service.clone(), opened.seats))
        .collect();
    named(portal, someone, &list).map_err(|place| {
        Problem::mistake(
            &format!("/services/{place}/service"),
            "Vous n’ouvrez pas ce service aux collectivités. GET /api/v1/me énumère ceux que vous ouvrez.",
        )
    })
}

/// A collectivité to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCollectivite {
    #[schema(example = "Ville de Beaumont")]
    name: String,
    #[schema(example = "73282932000074")]
    siret: String,
    #[serde(default)]
    #[schema(example = "93055")]
    insee: String,
    /// `collectivite`, `etablissement` or, from the CIG, `cdg`.
    #[schema(example = "collectivite")]
    kind: String,
    /// The id of the centre de gestion that it is affiliated to; what a CDG opens is its own.
    #[serde(default)]
    cdg: String,
    #[serde(default)]
    services: Vec<OpenedService>,
}

/// Where the pages' fields are in a body.
pub(super) const POINTERS: [(&str, &str); 6] = [
    ("nom", "/name"),
    ("siret", "/siret"),
    ("insee", "/insee"),
    ("genre", "/kind"),
    ("cdg", "/cdg"),
    ("places-", "/services"),
];

/// Opens one.
#[utoipa::path(post, path = "/api/v1/collectivites", operation_id = "openCollectivite",
    tag = "collectivites", summary = "Ouvrir une collectivité", request_body = NewCollectivite,
    responses((status = 201, description = "La collectivité est ouverte", body = super::collectivite::CollectiviteInFull)))]
pub(super) async fn add(
    State(portal): State<Arc<Portal>>,
    asked: Asked<Json<NewCollectivite>, Correspondant>,
) -> Result<Response, Problem> {
    let (someone, Json(new)) = (&asked.who, &asked.body);
    let filled = Filled {
        nom: new.name.clone(),
        siret: new.siret.clone(),
        insee: new.insee.clone(),
        genre: new.kind.clone(),
        cdg: new.cdg.clone(),
        services: choices(&portal, someone, &new.services)?,
    };
    match open(&portal, someone, asked.once(), &filled).await? {
        Opened::Done(id) => {
            let leave = someone.supervise(&portal, &id).await?;
            let answer = in_full(someone.over(&portal, &leave)).await?;
            let location = format!("/api/v1/collectivites/{id}");
            asked.answer(&portal, answer.created(location)).await
        }
        Opened::Invalid(errors) => Err(Problem::invalid(&errors, &POINTERS)),
    }
}
