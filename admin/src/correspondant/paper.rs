//! `/cig/collectivites/{id}/designations/{case}/formulaire`: the form of a case, filled in, to be printed
//! and signed.

use super::{Correspondant, failed};
use crate::designation_form::{self, Paper};
use crate::portal::Portal;
use accounts::Error;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// The form; it goes back to the body of whoever prints it.
pub(crate) async fn print(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path((id, case)): Path<(String, String)>,
) -> Response {
    let leave = match someone.supervise(&portal, &id).await {
        Ok(leave) => leave,
        Err(error) => return failed(&error),
    };
    let over = portal.store.over(&leave, someone.account());
    let own = portal.directory.find(&someone.own);
    let read = async {
        let case = over.designation(&case).await?;
        let record = over.record().await?;
        let paper = Paper {
            collectivite: record.collectivite.name,
            siret: record.siret,
            says: case.says,
            stands_in_for: String::new(),
            back_to: own.map_or_else(String::new, |own| own.collectivite.name.clone()),
        };
        Ok::<_, Error>((someone.person(&portal).await?, paper))
    };
    match read.await {
        Ok((person, paper)) => designation_form::print(&portal, person, paper),
        Err(error) => failed(&error),
    }
}
