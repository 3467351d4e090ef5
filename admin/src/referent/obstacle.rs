//! Why the console does not do as asked, and what its pages say then.

use super::places;
use crate::page;
use accounts::Error;
use axum::http::StatusCode;
use axum::response::Response;
use policies::Refusal;

/// Why it was not done: pages and programs are told the same, each in their way.
#[derive(Debug)]
pub(crate) enum Obstacle {
    /// The store.
    Store(Error),
    /// Cedar.
    Refused(Refusal),
}

impl From<Error> for Obstacle {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for Obstacle {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Obstacle> for Response {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Store(error) => failed(&error),
            Obstacle::Refused(refusal) => not_attributed(&refusal),
        }
    }
}

/// What a store's failure is to somebody at work in the console.
pub(crate) fn failed(error: &Error) -> Response {
    match error {
        Error::NotFound { what: "choice", .. } => crate::referent::failure(
            StatusCode::NOT_FOUND,
            "Ce choix n’est pas de votre collectivité",
            "Une règle ne nomme que des services, des profils, des réseaux et des personnes de votre collectivité, ou l’un d’eux vient d’être supprimé. Rien n’a été enregistré. Revenez au formulaire et choisissez dans ses listes.",
        ),
        Error::NotFound { what: "rule", .. } => crate::referent::failure(
            StatusCode::NOT_FOUND,
            "Cette règle n’existe pas",
            "Elle n’est pas de votre collectivité, ou son brouillon a été supprimé. Revenez à la page des règles.",
        ),
        Error::NotFound { .. } => crate::referent::failure(
            StatusCode::NOT_FOUND,
            "Cette fiche n’existe pas",
            "Elle a peut-être été supprimée. Revenez à la liste des agents.",
        ),
        Error::Stale { .. } => crate::referent::failure(
            StatusCode::CONFLICT,
            "Quelqu’un d’autre a modifié cette fiche entre-temps",
            "Rien n’a été enregistré. Rouvrez la fiche, vérifiez ce qui a changé, puis recommencez.",
        ),
        Error::LastReferent(_) => crate::referent::failure(
            StatusCode::CONFLICT,
            "Votre collectivité doit garder un référent",
            "C’est le dernier référent en activité. Faites d’abord désigner un autre référent par l’autorité territoriale, puis recommencez.",
        ),
        Error::InUse(_) => crate::referent::failure(
            StatusCode::CONFLICT,
            "Une règle parle de ce que vous supprimez",
            "Le supprimer changerait des accès. Retirez ou modifiez d’abord la règle, puis recommencez.",
        ),
        Error::Full(_) => places::full("Un service n’a plus de place libre"),
        Error::Policy(_) => crate::referent::failure(
            StatusCode::CONFLICT,
            "Cette règle ne convient plus",
            "Elle parle d’un service ou d’un rôle qui n’existe plus. Rien n’a été enregistré. Modifiez-la, ou demandez à votre centre de gestion.",
        ),
        Error::OwnRights => crate::referent::failure(
            StatusCode::FORBIDDEN,
            "Vous ne pouvez pas changer vos propres droits",
            "Demandez à un autre référent de votre collectivité de le faire.",
        ),
        error => page::unavailable(error),
    }
}

/// The answer to somebody who may not change a member.
pub(crate) fn not_attributed(refusal: &Refusal) -> Response {
    crate::referent::failure(
        StatusCode::FORBIDDEN,
        "Ce changement ne vous est pas permis",
        refusal.sentence(),
    )
}
