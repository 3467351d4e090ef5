//! `/api/v1/collectivites/{id}/designations/{case}`, corrected or abandoned before its check.

use super::asked::Asked;
use super::body::Json;
use super::designations::{Designation, POINTERS, in_full};
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::designations::{Filled, days, read_fields};
use crate::fields::{FieldErrors, reason};
use crate::portal::Portal;
use accounts::NewDesignation;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What is to be corrected; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DesignationCorrection {
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
    authority_name: Option<String>,
    authority_title: Option<String>,
    /// The first day; at once when empty.
    #[schema(example = "2027-01-01")]
    starts_on: Option<String>,
    /// The last day; without end when empty.
    #[schema(example = "2027-12-31")]
    ends_on: Option<String>,
}

/// What the case says once it is corrected, or what is wrong with that.
fn corrected(
    said: &NewDesignation,
    correction: &DesignationCorrection,
    now: i64,
) -> Result<NewDesignation, Problem> {
    fn either<'a>(new: Option<&'a String>, said: &'a str) -> &'a str {
        new.map_or(said, String::as_str)
    }
    let (first, last) = days(said);
    let filled = Filled {
        prenom: either(correction.given_name.as_ref(), &said.given_name),
        nom: either(correction.family_name.as_ref(), &said.family_name),
        courriel: either(correction.email.as_ref(), &said.login),
        signataire: either(correction.authority_name.as_ref(), &said.authority_name),
        qualite: either(correction.authority_title.as_ref(), &said.authority_title),
        debut: either(correction.starts_on.as_ref(), &first),
        fin: either(correction.ends_on.as_ref(), &last),
    };
    let mut errors = FieldErrors::default();
    let new = read_fields(&filled, now, &mut errors);
    new.ok_or_else(|| Problem::invalid(&errors, &POINTERS))
}

/// Corrects it.
#[utoipa::path(patch, path = "/api/v1/collectivites/{id}/designations/{case}", operation_id = "correctDesignation",
    tag = "designations",
    summary = "Corriger une désignation qui n’est pas encore vérifiée ; un document signé déjà déposé est écarté",
    params(("id" = String, Path), ("case" = String, Path),
        ("If-Match" = String, Header, description = "L’ETag de la désignation lue")),
    request_body = DesignationCorrection,
    responses((status = 200, description = "La désignation, dont le document signé est attendu", body = Designation)))]
pub(super) async fn correct(
    State(portal): State<Arc<Portal>>,
    Path((id, case)): Path<(String, String)>,
    asked: Asked<Json<DesignationCorrection>, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let over = asked.over(&portal, &leave);
    let version = asked.version()?;
    let said = over.designation(&case).await?.says;
    let new = corrected(&said, &asked.body.0, portal.store.clock().now())?;
    let done = over.correct_designation(&case, &new, version).await;
    done.map_err(Problem::conditional)?;
    let answer = in_full(over, &asked.who, &case).await?;
    asked.answer(&portal, answer).await
}

/// Why a case is given up.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DesignationAbandonment {
    /// May be empty.
    #[schema(example = "La personne n’est plus candidate")]
    reason: String,
}

/// Gives it up.
#[utoipa::path(post, path = "/api/v1/collectivites/{id}/designations/{case}/abandon",
    operation_id = "abandonDesignation", tag = "designations",
    summary = "Abandonner une désignation qui n’est pas encore vérifiée",
    params(("id" = String, Path), ("case" = String, Path),
        ("If-Match" = String, Header, description = "L’ETag de la désignation lue")),
    request_body = DesignationAbandonment,
    responses((status = 200, description = "La désignation, abandonnée", body = Designation)))]
pub(super) async fn abandon(
    State(portal): State<Arc<Portal>>,
    Path((id, case)): Path<(String, String)>,
    asked: Asked<Json<DesignationAbandonment>, Correspondant>,
) -> Result<Response, Problem> {
    let leave = asked.who.supervise(&portal, &id).await?;
    let over = asked.over(&portal, &leave);
    let version = asked.version()?;
    let reason = reason(&asked.body.0.reason).unwrap_or_default();
    let done = over.abandon_designation(&case, &reason, version).await;
    done.map_err(Problem::conditional)?;
    let answer = in_full(over, &asked.who, &case).await?;
    asked.answer(&portal, answer).await
}
