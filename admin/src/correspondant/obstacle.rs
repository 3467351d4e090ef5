//! Why the console does not do as asked, and what its pages say then.

use crate::page;
use accounts::Error;
use axum::http::StatusCode;
use axum::response::Response;

/// What a store's failure is to somebody at work in the console.
pub(crate) fn failed(error: &Error) -> Response {
    match error {
        Error::NotFound { .. } => failure(
            StatusCode::NOT_FOUND,
            "Cette fiche n’existe pas",
            "L’adresse a peut-être été mal recopiée. Revenez à la liste des collectivités.",
        ),
        Error::Stale { .. } => failure(
            StatusCode::CONFLICT,
            "Quelqu’un d’autre a modifié cette fiche entre-temps",
            "Rien n’a été enregistré. Rouvrez la fiche, vérifiez ce qui a changé, puis recommencez.",
        ),
        Error::SamePerson => failure(
            StatusCode::FORBIDDEN,
            "Une autre personne doit vérifier",
            "Vous l’avez enregistrée ou corrigée, ou vous avez déposé le document signé. Demandez à un collègue de la vérifier : deux personnes voient chaque désignation.",
        ),
        Error::ClosedAbove(_) => failure(
            StatusCode::FORBIDDEN,
            "Seul le CIG peut rouvrir cette collectivité",
            "C’est lui qui l’a fermée. Demandez-le-lui.",
        ),
        Error::LastReferent(_) => failure(
            StatusCode::CONFLICT,
            "La collectivité doit garder un référent",
            "C’est le dernier référent en activité. Enregistrez d’abord la désignation d’un autre référent, puis recommencez.",
        ),
        Error::Exists { .. } => failure(
            StatusCode::CONFLICT,
            "Cette personne figure déjà dans la collectivité",
            "Elle y a été supprimée, ou elle y a un autre rôle. Demandez à un référent de la collectivité de la rappeler depuis la liste des agents, puis recommencez.",
        ),
        error => page::unavailable(error),
    }
}

/// What somebody is told who would open a collectivité whose SIRET is another one's: a CDG, or the CIG
/// itself, which sees every one.
pub(crate) fn siret_taken(cdg: bool) -> &'static str {
    if cdg {
        "Ce SIRET est déjà celui d’une collectivité ouverte. Vérifiez-le, ou adressez-vous au correspondant CIG."
    } else {
        "Ce SIRET est déjà celui d’une collectivité ouverte. Vérifiez-le, ou cherchez-la dans la liste des collectivités."
    }
}

/// Why it was not done, on a page that leads back into the console.
pub(crate) fn failure(status: StatusCode, title: &str, advice: &str) -> Response {
    let exit = ("/cig/collectivites", "Revenir à la liste des collectivités");
    page::failure_before(exit, status, title, advice)
}
