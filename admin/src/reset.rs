//! Lost second factors, in both consoles: the request that waits for its second person, the form that
//! makes one, and what either post does. Who may act is the store's to say; these pages only name it.

use crate::date;
use crate::fields::FieldErrors;
use crate::page;
use crate::portal::Portal;
use crate::referent::preview::Pairs;
use accounts::{FactorReset, Identification, ResetError, ResetGround};
use axum::http::StatusCode;
use axum::response::Response;
use policies::MembershipId;

/// A request that waits.
pub(crate) struct WaitingReset {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) asked: String,
    pub(crate) until: String,
    pub(crate) identified: &'static str,
    pub(crate) reason: String,
    /// Why whoever looks does not confirm it; empty when they may.
    pub(crate) barred: &'static str,
    /// Whether they may withdraw it.
    pub(crate) withdrawable: bool,
}

impl WaitingReset {
    /// As somebody with the account `by` sees it, who may act for everybody or for agents only.
    pub(crate) fn of(reset: &FactorReset, by: &str, everybody: bool) -> Self {
        let withdrawable = everybody || !reset.for_correspondants;
        let asker = if reset.requester_name.is_empty() {
            "une personne habilitée"
        } else {
            &reset.requester_name
        };
        Self {
            id: reset.id.clone(),
            name: reset.name.clone(),
            asked: format!("par {asker}, le {}", date::long(reset.requested_at)),
            until: date::long(reset.expires_at),
            identified: match reset.identified {
                Identification::InPerson => "Rencontrée en personne",
                Identification::KnownNumber => "Appelée à un numéro connu auparavant",
            },
            reason: reset.reason.clone(),
            barred: match (withdrawable, reset.requester == by) {
                (false, _) => "Cette personne gère des accès : un correspondant du CIG confirme.",
                (true, true) => {
                    "Vous avez fait cette demande : une autre personne doit la confirmer."
                }
                (true, false) => "",
            },
            withdrawable,
        }
    }
}

/// What the page says was just done.
pub(crate) fn said(done: &str) -> &'static str {
    match done {
        "demande" => {
            "Le retrait est demandé. La personne en est avertie, et une deuxième personne doit confirmer."
        }
        "confirmation" => {
            "Les seconds facteurs sont retirés et les sessions fermées. La personne se connecte avec son mot de passe, puis ajoute un nouveau second facteur."
        }
        "annulation" => "La demande est annulée : rien n’a changé.",
        _ => "",
    }
}

/// How the person was identified, and why; both are asked for.
pub(crate) fn read_ground(fields: &Pairs, errors: &mut FieldErrors) -> Option<ResetGround> {
    let identified = Identification::parse(fields.one("identite"));
    if identified.is_none() {
        errors.add(
            "identite",
            "Dites comment vous avez reconnu la personne : rencontrez-la, ou appelez-la à un numéro que vous connaissiez déjà.",
        );
    }
    let reason: String = fields.one("motif").trim().chars().take(200).collect();
    if reason.chars().count() < 5 {
        errors.add(
            "motif",
            "Saisissez ce qui s’est passé en quelques mots, par exemple « téléphone perdu le 24/11 ».",
        );
    }
    errors.is_empty().then_some(ResetGround {
        identified: identified?,
        reason,
    })
}

/// What a post asks of a request that waits; gives what the page is to say.
pub(crate) async fn answer(
    portal: &Portal,
    fields: &Pairs,
    waiting: &[FactorReset],
    by: &MembershipId,
) -> Result<&'static str, ResetError> {
    if fields.one("pas") == "confirmer" {
        let reset = named(fields, waiting)?;
        portal.store.confirm_factor_reset(&reset.id, by).await?;
        return Ok("confirmation");
    }
    withdraw(portal, fields, waiting, by).await?;
    Ok("annulation")
}

/// Withdraws the one that the field `demande` names.
pub(crate) async fn withdraw(
    portal: &Portal,
    fields: &Pairs,
    waiting: &[FactorReset],
    by: &MembershipId,
) -> Result<(), ResetError> {
    let reset = named(fields, waiting)?;
    portal.store.cancel_factor_reset(&reset.id, by).await
}

/// Only what the page listed: an id alone opens nothing.
fn named<'a>(fields: &Pairs, waiting: &'a [FactorReset]) -> Result<&'a FactorReset, ResetError> {
    let wanted = fields.one("demande");
    let found = waiting.iter().find(|reset| reset.id == wanted);
    found.ok_or(ResetError::Gone)
}

/// Why it is not done, and what helps. `failed` is the console's answer to a store that failed.
pub(crate) fn refuse(
    error: &ResetError,
    failed: impl FnOnce(&accounts::Error) -> Response,
) -> Response {
    match error {
        ResetError::SamePerson => page::failure(
            StatusCode::FORBIDDEN,
            "Une autre personne doit confirmer",
            "Deux personnes retirent des seconds facteurs, et aucune ne peut être celle qui les a perdus. Demandez à un autre référent, ou à votre centre de gestion.",
        ),
        ResetError::Correspondants => page::failure(
            StatusCode::FORBIDDEN,
            "Deux correspondants du CIG s’en chargent",
            "Cette personne gère des accès : un référent ne change jamais les seconds facteurs d’une personne qui en gère. Adressez-vous au CIG.",
        ),
        ResetError::Gone => page::failure(
            StatusCode::NOT_FOUND,
            "Cette demande n’attend plus de réponse",
            "Elle a été confirmée, annulée, ou elle a expiré. Revenez à la page précédente.",
        ),
        ResetError::Store(error) => failed(error),
    }
}
