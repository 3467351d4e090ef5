//! `/referent/journal`: what happened in the collectivité, in plain French, and as a file.

mod between;

use super::agents::last_part;
use super::{Referent, failed};
use crate::date;
use crate::import::download;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::table;
use accounts::{ChronicleEntry, ChronicleFilter, Error};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The beginning of an act.
    quoi: String,
    /// A person, by the last part of the id.
    agent: String,
    /// Only what was before this entry.
    avant: i64,
}

/// Kinds of acts, for the filter.
const KINDS: &[(&str, &str)] = &[
    ("login", "Connexions"),
    ("ouvrir", "Pages ouvertes"),
    ("envoyer", "Saisies envoyées"),
    ("request.", "Demandes d’accès"),
    ("membership.", "Fiches, états et droits des agents"),
    ("transfer.", "Transferts et arrivées"),
    ("factor.", "Seconds facteurs perdus"),
    ("profile.", "Profils"),
    ("rule.", "Règles"),
    ("review.", "Revues des habilitations"),
    ("import.", "Imports"),
    ("key.", "Clés d’accès de programmes"),
    ("journal.", "Lectures du journal"),
];

struct Line {
    when: String,
    who: String,
    what: String,
}

#[derive(Template)]
#[template(path = "referent/journal.html")]
struct JournalPage {
    person: Option<Person>,
    here: &'static str,
    asked: Asked,
    kinds: Vec<(String, String, bool)>,
    lines: Vec<Line>,
    next: Option<String>,
    export: String,
}

fn filter(referent: &Referent, asked: &Asked) -> ChronicleFilter {
    let member = if asked.agent.is_empty() {
        String::new()
    } else {
        referent.membership(&asked.agent).to_string()
    };
    ChronicleFilter {
        act: asked.quoi.clone(),
        member,
        before: asked.avant,
    }
}

/// A page of it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    match read(&portal, &referent, asked).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(portal: &Portal, referent: &Referent, asked: Asked) -> Result<JournalPage, Error> {
    referent.within(portal).note_reading().await?;
    let entries = referent
        .within(portal)
        .chronicle(&filter(referent, &asked))
        .await?;
    let at = |avant: i64, address: &str| {
        let asked = Asked {
            avant,
            ..asked.clone()
        };
        let query = serde_html_form::to_string(asked).unwrap_or_default();
        format!("{address}?{query}")
    };
    let kind =
        |(value, name): (&str, &str)| (value.to_owned(), name.to_owned(), value == asked.quoi);
    let last = entries.last().filter(|_| entries.len() >= 50);
    Ok(JournalPage {
        person: Some(referent.person(portal).await?),
        here: "journal",
        kinds: KINDS.iter().copied().map(kind).collect(),
        lines: entries.iter().map(|entry| line(portal, entry)).collect(),
        next: last.map(|entry| at(entry.seq, "/referent/journal")),
        export: at(0, "/referent/journal.csv"),
        asked,
    })
}

/// The same as a file, up to 5,000 entries.
pub(crate) async fn export(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(asked): Query<Asked>,
) -> Response {
    let mut filter = filter(&referent, &asked);
    let mut lines = Vec::new();
    if let Err(error) = referent.within(&portal).note_reading().await {
        return failed(&error);
    }
    for _ in 0..100 {
        let entries = match referent.within(&portal).chronicle(&filter).await {
            Ok(entries) => entries,
            Err(error) => return failed(&error),
        };
        lines.extend(entries.iter().map(|entry| line(&portal, entry)));
        match entries.last().filter(|_| entries.len() >= 50) {
            Some(last) => filter.before = last.seq,
            None => break,
        }
    }
    let rows = lines
        .iter()
        .map(|line| vec![line.when.as_str(), line.who.as_str(), line.what.as_str()]);
    let headings = vec!["Date", "Qui", "Quoi"];
    download(
        "journal.csv",
        table::write(std::iter::once(headings).chain(rows)),
    )
}

fn line(portal: &Portal, entry: &ChronicleEntry) -> Line {
    let who = entry
        .actor
        .clone()
        .or_else(|| between::actor(&entry.act).map(str::to_owned))
        .unwrap_or_else(|| "Le centre de gestion ou le système".to_owned());
    Line {
        when: date::long(entry.at),
        who,
        what: sentence(portal, entry),
    }
}

/// What happened, in words.
pub(crate) fn sentence(portal: &Portal, entry: &ChronicleEntry) -> String {
    let erased = || format!("une personne effacée (réf. {})", reference(&entry.object));
    let member = || entry.member.clone().unwrap_or_else(erased);
    let on = || entry.detail.parse().map(date::short).unwrap_or_default();
    match entry.act.as_str() {
        "login" if entry.outcome == "refusal" => "Connexion refusée".to_owned(),
        "login" => "Connexion au portail".to_owned(),
        "membership.add" if entry.detail == "import" => {
            format!("Ajout de {} par un fichier", member())
        }
        "membership.add" => format!("Ajout de {}", member()),
        "membership.correct" => format!("Modification de la fiche de {}", member()),
        "membership.profile" => format!("Changement du profil de {}", member()),
        "membership.right" => format!(
            "Droit direct de {} : {}",
            member(),
            right(portal, &entry.detail)
        ),
        "membership.suspend" => format!("Suspension de {} à partir du {}", member(), on()),
        "membership.restore" => format!("Rétablissement de l’accès de {}", member()),
        "membership.leave" => format!("Départ noté pour {}", member()),
        "membership.stay" => format!("Départ annulé pour {}", member()),
        "membership.delete" => format!("Suppression de {}", member()),
        "membership.undelete" => format!("Suppression annulée pour {}", member()),
        "membership.erase" => format!("Effacement des données d’{}", erased()),
        "membership.accept" => format!("Rattachement accepté par {}", member()),
        "invitation.send" => format!("Nouvelle invitation envoyée à {}", member()),
        "invitation.revoke" => format!("Invitation de {} annulée", member()),
        "request.add" => format!("Demande d’accès à {}", service(portal, &entry.detail)),
        "request.grant" => format!("Demande d’accès acceptée pour {}", member()),
        "request.decline" => format!("Demande d’accès refusée pour {}", member()),
        "profile.add" => "Création d’un profil".to_owned(),
        "profile.change" => "Modification d’un profil".to_owned(),
        "profile.remove" => "Suppression d’un profil".to_owned(),
        "group.add" => "Création d’un service de la collectivité".to_owned(),
        "rule.publish" => format!("Publication de la règle « {} »", entry.object),
        "rule.withdraw" => format!("Retrait de la règle « {} »", entry.object),
        "network.propose" => format!("Adresses du réseau « {} » proposées", entry.object),
        "network.remove" => format!("Suppression du réseau « {} »", entry.object),
        "import.apply" => format!("Import d’un fichier : {}", entry.detail),
        "key.add" => "Création d’une clé d’accès pour un programme".to_owned(),
        "key.revoke" => "Révocation d’une clé d’accès".to_owned(),
        "journal.read" => "Lecture du journal".to_owned(),
        "collectivite.add" => "Ouverture de la collectivité".to_owned(),
        "ouvrir" | "envoyer" | "lire" => {
            let what = if entry.act == "envoyer" {
                "Saisie dans"
            } else {
                "Accès à"
            };
            let outcome = if entry.outcome == "refusal" {
                "refusé"
            } else {
                "permis"
            };
            format!("{what} {} : {outcome}", service(portal, &entry.object))
        }
        act => from_above(act, &member())
            .or_else(|| of_review(act, &member(), &entry.detail))
            .or_else(|| between::sentence(act, &member(), &entry.detail))
            .unwrap_or_else(|| format!("{act} {}", last_part(&entry.object))),
    }
}

/// What the CIG or the CDG did.
fn from_above(act: &str, member: &str) -> Option<String> {
    Some(match act {
        "collectivite.change" => "Modification de la collectivité".to_owned(),
        "collectivite.close" => "Fermeture de la collectivité".to_owned(),
        "collectivite.reopen" => "Réouverture de la collectivité".to_owned(),
        "designation.record" => "Désignation d’un référent enregistrée".to_owned(),
        "designation.receive" => "Désignation signée déposée".to_owned(),
        "designation.read" => "Lecture d’une désignation signée".to_owned(),
        "designation.check" => "Désignation d’un référent vérifiée".to_owned(),
        "designation.reject" => "Désignation d’un référent rejetée".to_owned(),
        "designation.renew" => "Désignations à renouveler".to_owned(),
        "network.confirm" => "Réseau de la collectivité confirmé".to_owned(),
        "network.reject" => "Réseau de la collectivité refusé".to_owned(),
        "referent.revoke" => format!("Fin du mandat de référent de {member}"),
        "support.look" => format!("Assistance : accès consultés pour {member}"),
        "support.sessions" => format!("Assistance : sessions fermées pour {member}"),
        _ => return None,
    })
}

/// What happened in a review of rights.
fn of_review(act: &str, member: &str, detail: &str) -> Option<String> {
    Some(match act {
        "review.open" => "Ouverture d’une revue des habilitations".to_owned(),
        "review.decide" => {
            let decision = super::reviews::decision(detail).to_lowercase();
            format!("Revue des habilitations, {member}\u{a0}: {decision}")
        }
        "review.warn" => {
            "Revue des habilitations\u{a0}: personnes sans réponse averties".to_owned()
        }
        "review.suspend" => {
            format!("Suspension de {member}\u{a0}: sans réponse à la revue des habilitations")
        }
        "review.close" => "Clôture et signature d’une revue des habilitations".to_owned(),
        _ => return None,
    })
}

/// Enough of an id to tell two people apart.
fn reference(id: &str) -> String {
    let part = last_part(id);
    part.chars()
        .rev()
        .take(6)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect()
}

fn service(portal: &Portal, id: &str) -> String {
    let id = id.split('/').next().unwrap_or_default();
    portal
        .entrance(id)
        .map_or_else(|| id.to_owned(), |entrance| entrance.name.clone())
}

/// `bip/lecture until 1795165200` in words.
fn right(portal: &Portal, detail: &str) -> String {
    let (right, until) = detail.split_once(" until ").unwrap_or((detail, ""));
    let level = match right.rsplit('/').next() {
        Some("lecture") => "lecture",
        Some("ecriture") => "modification",
        _ => "aucun",
    };
    let until = until.parse().map(date::last_day);
    let until = until
        .map(|day| format!(", jusqu’au {day}"))
        .unwrap_or_default();
    format!("{}, {level}{until}", service(portal, right))
}
