//! `/cig/collectivites/{id}/referents/{person}/fin`: the end of a référent's mandate.

use super::{Supervisor, failed};
use crate::date;
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

/// After which day: `None` is at once.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read_end(text: &str) -> Result<Option<i64>, &'static str> {
    let end = date::parse(text).and_then(date::end_of);
    if end.is_none() && !text.trim().is_empty() {
        return Err("Saisissez une date au format jj/mm/aaaa, par exemple 31/12/2026.");
    }
    Ok(end)
}

/// At once, or after a day.
pub(crate) async fn end(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((id, person)): Path<(String, String)>,
    posted: Posted<Pairs>,
) -> Response {
    let Ok(at) = read_end(posted.form.one("date")) else {
        return crate::correspondant::failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "La date ne se lit pas",
            "Revenez à la page précédente et saisissez une date au format jj/mm/aaaa, par exemple 31/12/2026.",
        );
    };
    let membership = format!("{id}/{person}").into();
    let over = someone.over(&portal, &leave);
    match over.revoke(&membership, at).await {
        Ok(()) => Redirect::to(&format!("/cig/collectivites/{id}?fait=fin")).into_response(),
        Err(error) => failed(&error),
    }
}
