//! `/api/v1/collectivites/{id}/designations`: whom the *autorité territoriale* designates, written down.

use super::answer::Answer;
use super::asked::{Asked, Caller};
use super::body::Json;
use super::page::Whole;
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::designations::{Filled, read_fields};
use crate::date;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::last_part;
use accounts::{DesignationState, Over};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A designation, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Designation {
    id: String,
    given_name: String,
    family_name: String,
    email: String,
    /// Who signs, and as what.
    authority_name: String,
    authority_title: String,
    /// From when on; at once when null. Times are RFC 3339.
    starts_at: Option<String>,
    /// Until when; without end when null.
    ends_at: Option<String>,
    /// `recorded`, `received`, `checked`, `rejected`, `ended` or `abandoned`.
    state: &'static str,
    recorded_at: String,
    received_at: Option<String>,
    /// Which of the documents put there it is; 0 when there is none. A check names the one that was seen.
    document: i64,
    /// Whether the caller may be the second person, who checks it.
    may_check: bool,
    checked_at: Option<String>,
    /// Why it was rejected.
    rejection: String,
    /// Why it was abandoned, if that was said.
    abandonment: String,
    /// By when it is to be renewed.
    renew_by: Option<String>,
    ended_at: Option<String>,
    /// The id of the référent, once checked.
    referent: Option<String>,
    /// Corrections name the version that was read.
    version: i64,
}

fn spell(state: DesignationState) -> &'static str {
    match state {
        DesignationState::Recorded => "recorded",
        DesignationState::Received => "received",
        DesignationState::Checked => "checked",
        DesignationState::Rejected => "rejected",
        DesignationState::Ended => "ended",
        DesignationState::Abandoned => "abandoned",
    }
}

impl Designation {
    fn of(case: accounts::Designation, account: &str) -> Self {
        let moment = |at: Option<i64>| at.map(date::rfc3339);
        let referent = case.membership.as_deref();
        Self {
            may_check: case.may_be_checked_by(account),
            referent: referent.map(|id| last_part(id).to_owned()),
            id: case.id,
            given_name: case.says.given_name,
            family_name: case.says.family_name,
            email: case.says.login,
            authority_name: case.says.authority_name,
            authority_title: case.says.authority_title,
            starts_at: moment(case.says.starts_at),
            ends_at: moment(case.says.ends_at),
            state: spell(case.state),
            recorded_at: date::rfc3339(case.recorded_at),
            received_at: moment(case.received_at),
            document: case.reception,
            checked_at: moment(case.checked_at),
            rejection: case.rejection,
            abandonment: case.abandonment,
            renew_by: moment(case.renew_by),
            ended_at: moment(case.ended_at),
            version: case.version,
        }
    }
}

/// One of them as an answer.
pub(super) async fn in_full(
    over: Over<'_>,
    someone: &Correspondant,
    case: &str,
) -> Result<Answer, Problem> {
    let case = over.designation(case).await?;
    let version = case.version;
    let answer = Answer::of(&Designation::of(case, someone.account()))?;
    Ok(answer.version(version))
}

/// Every one of a collectivité.
#[utoipa::path(get, path = "/api/v1/collectivites/{id}/designations", operation_id = "listDesignations",
    tag = "designations", summary = "Lister les désignations d’une collectivité",
    params(("id" = String, Path)),
    responses((status = 200, description = "Toutes, les plus récentes d’abord", body = Whole<Designation>)))]
pub(super) async fn list(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
    Path(id): Path<String>,
) -> Result<axum::Json<Whole<Designation>>, Problem> {
    let leave = someone.supervise(&portal, &id).await?;
    let cases = someone.over(&portal, &leave).list_designations().await?;
    let items = cases.into_iter();
    let items = items.map(|case| Designation::of(case, someone.account()));
    Ok(axum::Json(Whole {
        items: items.collect(),
    }))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/collectivites/{id}/designations/{case}", operation_id = "getDesignation",
    tag = "designations", summary = "Lire une désignation",
    params(("id" = String, Path), ("case" = String, Path)),
    responses((status = 200, description = "La désignation ; ETag porte sa version", body = Designation)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
    Path((id, case)): Path<(String, String)>,
) -> Result<Answer, Problem> {
    let leave = someone.supervise(&portal, &id).await?;
    in_full(someone.over(&portal, &leave), &someone, &case).await
}

/// A designation to write down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDesignation {
    #[schema(example = "Zoé")]
    given_name: String,
    #[schema(example = "Durand")]
    family_name: String,
    #[schema(example = "zoe.durand@ville.fr")]
    email: String,
    #[schema(example = "Thérèse Vidal")]
    authority_name: String,
    #[schema(example = "Maire")]
    authority_title: String,
    /// The first day; at once without it.
    #[serde(default)]
    #[schema(example = "2027-01-01")]
    starts_on: String,
    /// The last day; without end without it.
    #[serde(default)]
    #[schema(example = "2027-12-31")]
    ends_on: String,
}

/// Where the pages' fields are in a body.
pub(super) const POINTERS: [(&str, &str); 7] = [
    ("prenom", "/given_name"),
    ("nom", "/family_name"),
    ("courriel", "/email"),
    ("signataire", "/authority_name"),
    ("qualite", "/authority_title"),
    ("debut", "/starts_on"),
    ("fin", "/ends_on"),
];

/// Writes one down.
#[utoipa::path(post, path = "/api/v1/collectivites/{id}/designations", operation_id = "addDesignation",
    tag = "designations", summary = "Enregistrer la désignation d’un référent",
    params(("id" = String, Path)), request_body = NewDesignation,
    responses((status = 201, description = "La désignation est enregistrée ; son document signé est attendu", body = Designation)))]
pub(super) async fn add(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    asked: Asked<Json<NewDesignation>, Correspondant>,
) -> Result<Response, Problem> {
    let (someone, Json(new)) = (&asked.who, &asked.body);
    let leave = someone.supervise(&portal, &id).await?;
    let filled = Filled {
        prenom: &new.given_name,
        nom: &new.family_name,
        courriel: &new.email,
        signataire: &new.authority_name,
        qualite: &new.authority_title,
        debut: &new.starts_on,
        fin: &new.ends_on,
    };
    let (mut errors, now) = (FieldErrors::default(), portal.store.clock().now());
    let Some(new) = read_fields(&filled, now, &mut errors) else {
        return Err(Problem::invalid(&errors, &POINTERS));
    };
    let over = asked.over(&portal, &leave);
    let case = over.designate(&new).await?;
    let location = format!("/api/v1/collectivites/{id}/designations/{case}");
    let answer = in_full(over, someone, &case).await?.created(location);
    asked.answer(&portal, answer).await
}
