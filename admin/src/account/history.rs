//! `/compte/historique`: one's own log-ins and refusals.

use super::{person, shown};
use crate::date;
use crate::page::Person;
use crate::portal::Portal;
use crate::visitor::Visitor;
use accounts::{Error, OwnEntry};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

struct Shown {
    at: String,
    what: String,
    refused: bool,
}

/// Which page.
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default = "first")]
    page: i64,
}

fn first() -> i64 {
    1
}

#[derive(Template)]
#[template(path = "account/history.html")]
struct HistoryPage {
    person: Option<Person>,
    here: &'static str,
    entries: Vec<Shown>,
    page: i64,
    pages: i64,
    previous: Option<String>,
    next: Option<String>,
}

/// An entry of the journal in French.
pub(super) fn sentence(portal: &Portal, entry: &OwnEntry) -> String {
    let service = entry.object.split('/').next().unwrap_or_default();
    let service = portal
        .entrance(service)
        .map(|entrance| entrance.name.as_str());
    let refused = entry.outcome == "refusal";
    match (entry.act.as_str(), refused, service) {
        ("login", false, _) => "Connexion".to_owned(),
        ("login", true, _) => "Connexion refusée".to_owned(),
        ("password.change", true, _) => "Mot de passe actuel erroné".to_owned(),
        ("password.change" | "password.reset" | "account.activate", _, _) => {
            "Mot de passe choisi".to_owned()
        }
        ("password.forgotten", _, _) => "Nouveau mot de passe demandé".to_owned(),
        ("session.end", _, _) => "Session terminée".to_owned(),
        ("session.switch", _, _) => "Changement de collectivité".to_owned(),
        ("account.add", _, _) => "Ouverture du compte".to_owned(),
        ("account.suspend", _, _) => "Suspension du compte".to_owned(),
        ("account.restore", _, _) => "Réouverture du compte".to_owned(),
        ("account.correct", _, _) => "Nom corrigé".to_owned(),
        ("account.export", _, _) => "Lecture de mes données".to_owned(),
        ("correction.request", _, _) => "Correction demandée aux référents".to_owned(),
        ("login.password", _, _) => "Mot de passe reconnu, second facteur attendu".to_owned(),
        ("login.factor", _, _) => "Second facteur refusé".to_owned(),
        ("address.ask", _, _) => "Confirmation de l’adresse demandée".to_owned(),
        ("address.confirm", _, _) => "Adresse confirmée".to_owned(),
        ("request.add", _, _) => "Demande d’accès envoyée".to_owned(),
        (act, _, _) if act.starts_with("factor.") => {
            "Seconds facteurs ou codes de secours".to_owned()
        }
        (act, _, _) if act.starts_with("key.") => "Clé de programme".to_owned(),
        ("ouvrir" | "lire" | "envoyer", true, name) => {
            format!("Accès refusé à {}", name.unwrap_or("un service"))
        }
        ("ouvrir" | "lire" | "envoyer", false, name) => {
            format!("Accès à {}", name.unwrap_or("un service"))
        }
        (act, refused, _) => {
            let refused = if refused { " (refusé)" } else { "" };
            format!("{}{refused}", kind(act))
        }
    }
}

/// What a person does who administers, by the kind of act.
fn kind(act: &str) -> &'static str {
    match act.split('.').next().unwrap_or_default() {
        "membership" | "invitation" | "grant" | "request" | "transfer" => "Gestion d’un agent",
        "profile" | "group" | "rule" | "network" => "Réglage de la collectivité",
        "import" => "Import d’un fichier",
        "review" => "Revue des habilitations",
        "journal" => "Lecture du journal",
        "collectivite" | "designation" | "referent" => "Suivi d’une collectivité",
        "support" => "Assistance",
        "credential" => "Identifiant d’une application",
        _ => "Autre opération",
    }
}

pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(which): Query<Which>,
) -> Response {
    shown(make(&portal, &visitor, which.page).await, StatusCode::OK)
}

async fn make(portal: &Portal, visitor: &Visitor, page: i64) -> Result<HistoryPage, Error> {
    let page = page.clamp(1, 100_000);
    let (entries, pages) = portal.store.list_sign_ins(visitor.account(), page).await?;
    let address = |page| format!("/compte/historique?page={page}");
    Ok(HistoryPage {
        person: person(portal, visitor).await?,
        here: "historique",
        entries: entries
            .iter()
            .map(|entry| Shown {
                at: date::long(entry.at),
                what: sentence(portal, entry),
                refused: entry.outcome == "refusal",
            })
            .collect(),
        page,
        pages,
        previous: (page > 1).then(|| address(page - 1)),
        next: (page < pages).then(|| address(page + 1)),
    })
}
