//! `/cig/collectivites/{id}/designations/{case}/formulaire`: the form of a case, filled in, to be printed
//! and signed.

use super::{Supervisor, failed};
use crate::designation_form::{self, Paper};
use crate::portal::Portal;
use accounts::Error;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// The form; it goes back to the body of whoever prints it.
pub(crate) async fn print(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((id, case)): Path<(String, String)>,
) -> Response {
    let over = someone.over(&portal, &leave);
    let own = portal.directory.find(&someone.own);
    let read = async {
        let case = over.designation(&case).await?;
        let record = over.record().await?;
        let paper = Paper {
            collectivite: record.collectivite.name,
            siret: record.siret,
            says: case.says,
            stands_in_for: String::new(),
            back: format!("/cig/collectivites/{id}/designations/{}", case.id),
            back_to: own.map_or_else(String::new, |own| own.collectivite.name.clone()),
        };
        Ok::<_, Error>((someone.person(&portal).await?, paper))
    };
    match read.await {
        Ok((person, paper)) => designation_form::print(&portal, person, paper),
        Err(error) => failed(&error),
    }
}
