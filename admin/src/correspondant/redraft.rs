//! `/cig/collectivites/{id}/designations/{case}/corriger` and `…/abandon`: a designation that was written
//! down with a mistake is corrected, or given up, before its check.

use super::case::back;
use super::designations::{Filled, days, read_fields};
use super::{Correspondant, Supervisor, failed, failure};
use crate::fields::{FieldErrors, reason};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::Designation;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "cig/redraft.html")]
struct RedraftPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    case: Designation,
    /// Of the case that was seen.
    version: i64,
    filled: Pairs,
}

/// What a designation says, as its form has it.
fn typed(case: &Designation) -> Pairs {
    let (says, (first, last)) = (&case.says, days(&case.says));
    let fields = [
        ("prenom", says.given_name.clone()),
        ("nom", says.family_name.clone()),
        ("courriel", says.login.clone()),
        ("signataire", says.authority_name.clone()),
        ("qualite", says.authority_title.clone()),
        ("debut", first),
        ("fin", last),
    ];
    fields.into_iter().collect()
}

/// The form, filled in with what was written down.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((_, case)): Path<(String, String)>,
) -> Response {
    match someone.over(&portal, &leave).designation(&case).await {
        Ok(case) => {
            let seen = (typed(&case), case.version);
            form(&portal, &someone, case, seen, FieldErrors::default()).await
        }
        Err(error) => failed(&error),
    }
}

async fn form(
    portal: &Portal,
    someone: &Correspondant,
    case: Designation,
    (filled, version): (Pairs, i64),
    errors: FieldErrors,
) -> Response {
    if !case.is_open() {
        return failure(
            StatusCode::CONFLICT,
            "Cette désignation ne se corrige plus",
            "Elle est déjà vérifiée, rejetée, abandonnée ou terminée. Enregistrez une nouvelle désignation.",
        );
    }
    let status = errors.status();
    match someone.person(portal).await {
        Ok(person) => page::answer(
            status,
            &RedraftPage {
                token: person.token.clone(),
                person: Some(person),
                here: "collectivites",
                errors,
                case,
                version,
                filled,
            },
        ),
        Err(error) => failed(&error),
    }
}

/// Writes the correction down.
pub(crate) async fn correct(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((id, case)): Path<(String, String)>,
    posted: Posted<Pairs>,
) -> Response {
    let over = someone.over(&portal, &leave);
    let seen = match over.designation(&case).await {
        Ok(seen) => seen,
        Err(error) => return failed(&error),
    };
    let version = posted.form.one("version").parse().unwrap_or_default();
    let (mut errors, now) = (FieldErrors::default(), portal.store.clock().now());
    let Some(new) = read_fields(&Filled::from(&posted.form), now, &mut errors) else {
        return form(&portal, &someone, seen, (posted.form, version), errors).await;
    };
    match over.correct_designation(&case, &new, version).await {
        Ok(()) => back(&id, &case, "correction"),
        Err(error) => failed(&error),
    }
}

/// Gives the case up, once that is confirmed.
pub(crate) async fn abandon(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((id, case)): Path<(String, String)>,
    posted: Posted<Pairs>,
) -> Response {
    if posted.form.one("confirme") != "oui" {
        return failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "L’abandon n’est pas confirmé",
            "Rien n’a changé. Revenez à la désignation, cochez la case de confirmation, puis recommencez.",
        );
    }
    let version = posted.form.one("version").parse().unwrap_or_default();
    let reason = reason(posted.form.one("motif")).unwrap_or_default();
    let over = someone.over(&portal, &leave);
    match over.abandon_designation(&case, &reason, version).await {
        Ok(()) => back(&id, &case, "abandon"),
        Err(error) => failed(&error),
    }
}
