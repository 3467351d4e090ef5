//! `/referent/agents/{id}/invitation`: the invitation of somebody who has not answered is sent again,
//! sent to the right address, or ended.

use super::agent::{Mended, shown};
use super::preview::Pairs;
use super::{Referent, failed, not_attributed};
use crate::fields::{self, FieldErrors};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{Error, Within};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Attribution;
use std::sync::Arc;

/// Does what the button says.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Result<Response, Response> {
    let (within, fields) = (referent.within(&portal), &posted.form);
    let member = within.member(&referent.membership(&id)).await;
    let member = member.map_err(|error| failed(&error))?;
    let leave = referent
        .attribute(&member)
        .map_err(|refusal| not_attributed(&refusal))?;
    let mut errors = FieldErrors::default();
    let (done, result) = match fields.one("pas") {
        "revoke" => ("annulation", within.revoke_invitation(&leave).await),
        "redirect" => {
            let version = fields.one("version").parse().unwrap_or_default();
            let to = fields.one("courriel");
            let redirected = redirect(within, &leave, version, to, &mut errors).await;
            ("adresse", redirected)
        }
        _ => ("relance", within.invite_again(&leave).await),
    };
    result.map_err(|error| failed(&error))?;
    if !errors.is_empty() {
        let courriel = fields.one("courriel");
        let mended = Mended { errors, courriel };
        return Ok(shown(&portal, &referent, &id, "", mended).await);
    }
    Ok(Redirect::to(&format!("/referent/agents/{id}?fait={done}")).into_response())
}

/// Invites somebody at another address; nothing is done, and why is in the errors, when the address
/// is to be mended.
pub(crate) async fn redirect(
    within: Within<'_>,
    leave: &Attribution,
    version: i64,
    to: &str,
    errors: &mut FieldErrors,
) -> Result<(), Error> {
    let Some(login) = errors.read("courriel", fields::address(to)) else {
        return Ok(());
    };
    match within.redirect(leave, version, &login).await {
        Err(Error::Exists { .. }) => {
            errors.add("courriel", ON_THE_ROLL);
            Ok(())
        }
        redirected => redirected,
    }
}

/// Why an address is taken.
pub(super) const ON_THE_ROLL: &str = "Cette adresse est déjà celle d’un agent de votre collectivité. Cherchez-le dans la liste, y compris parmi les supprimés.";
