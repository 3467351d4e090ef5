//! Entries of the journal as sentences in French: for the page, the file and programs.

use super::between;
use super::rules::Said;
use crate::date;
use crate::entrance::{NOTHING, plain_name};
use crate::portal::Portal;
use crate::referent::last_part;
use crate::words;
use accounts::ChronicleEntry;
use policies::Level;

/// What happened, in words; `said` is what the rules say that it is about.
pub(crate) fn sentence(portal: &Portal, entry: &ChronicleEntry, said: &Said) -> String {
    let act = entry.act.as_str();
    let erased = || format!("une personne effacée (réf. {})", reference(&entry.object));
    let member = entry.member.clone().unwrap_or_else(erased);
    of_access(portal, entry)
        .or_else(|| of_person(portal, entry, &member))
        .or_else(|| of_rights(portal, entry, &member))
        .or_else(|| of_rule(act, said.by(entry)))
        .or_else(|| of_setting(entry))
        .or_else(|| from_above(act, &member))
        .or_else(|| of_review(act, &member, &entry.detail))
        .or_else(|| between::sentence(act, &member, &entry.detail))
        .unwrap_or_else(|| format!("Autre opération ({act})"))
}

/// What was opened, and who logged in.
fn of_access(portal: &Portal, entry: &ChronicleEntry) -> Option<String> {
    let refused = entry.outcome == "refusal";
    let what = match entry.act.as_str() {
        "login" if refused => return Some("Connexion refusée".to_owned()),
        "login" => return Some("Connexion au portail".to_owned()),
        "login.password" => {
            return Some("Mot de passe reconnu, second facteur attendu".to_owned());
        }
        "envoyer" => "Saisie dans",
        "ouvrir" | "lire" => "Accès à",
        _ => return None,
    };
    let outcome = match entry.detail.as_str() {
        _ if !refused => "permis".to_owned(),
        "" => "refusé".to_owned(),
        reference => format!("refusé (référence {reference})"),
    };
    Some(format!(
        "{what} {}\u{a0}: {outcome}",
        service(portal, &entry.object)
    ))
}

/// Where somebody stands.
fn of_person(portal: &Portal, entry: &ChronicleEntry, member: &str) -> Option<String> {
    let on = || entry.detail.parse().map(date::short).unwrap_or_default();
    let of_member = words::of(member);
    Some(match entry.act.as_str() {
        "membership.add" if entry.detail == "import" => format!("Ajout {of_member} par un fichier"),
        "membership.add" => format!("Ajout {of_member}"),
        "membership.correct" => format!("Modification de la fiche {of_member}"),
        "membership.suspend" => format!("Suspension {of_member} à partir du {}", on()),
        "membership.restore" => format!("Rétablissement de l’accès {of_member}"),
        "membership.leave" => format!("Départ noté pour {member}, le {}", on()),
        "membership.stay" => format!("Départ annulé pour {member}"),
        "membership.delete" => format!("Suppression {of_member}"),
        "membership.undelete" => format!("Suppression annulée pour {member}"),
        "membership.erase" => format!("Effacement des données {of_member}"),
        "membership.accept" => format!("Rattachement accepté par {member}"),
        "membership.decline" => format!("Rattachement refusé par {member}"),
        "invitation.send" => format!("Nouvelle invitation envoyée à {member}"),
        "invitation.redirect" => {
            format!("Adresse {of_member} corrigée, nouvelle invitation envoyée")
        }
        "invitation.revoke" => format!("Invitation {of_member} annulée"),
        "request.add" => format!("Demande d’accès à {}", service(portal, &entry.detail)),
        "request.grant" => format!("Demande d’accès acceptée pour {member}"),
        "request.decline" => format!("Demande d’accès refusée pour {member}"),
        "correction.request" => "Demande de correction de ses données".to_owned(),
        _ => return None,
    })
}

/// What somebody may.
fn of_rights(portal: &Portal, entry: &ChronicleEntry, member: &str) -> Option<String> {
    let right = || right(portal, &entry.detail);
    let of_member = words::of(member);
    Some(match entry.act.as_str() {
        "membership.profile" => format!("Changement du profil {of_member}"),
        "membership.right" | "grant.add" => format!("Droit direct {of_member}\u{a0}: {}", right()),
        "grant.revoke" => format!(
            "Droit direct {of_member} sur {} retiré",
            service(portal, &entry.detail)
        ),
        _ => return None,
    })
}

/// What became of a rule, or of a guardrail of the CIG.
fn of_rule(act: &str, said: &str) -> Option<String> {
    let said = format!("«\u{a0}{said}\u{a0}»");
    Some(match act {
        "rule.draft" => "Brouillon d’une règle enregistré".to_owned(),
        "rule.discard" => "Brouillon d’une règle supprimé".to_owned(),
        "rule.publish" => format!("Publication de la règle {said}"),
        "rule.ask-end" => format!("Retrait de la règle {said} demandé"),
        "rule.keep" => format!("Règle {said} gardée"),
        "rule.withdraw" => format!("Retrait de la règle {said}"),
        "rule.two-people" => "Validation des règles à deux".to_owned(),
        "rule.two-people-ask-end" => "Fin de la validation à deux demandée".to_owned(),
        "rule.two-people-keep" => "Validation à deux gardée".to_owned(),
        "rule.two-people-end" => "Fin de la validation des règles à deux".to_owned(),
        "guardrail.publish" => format!("Publication du garde-fou {said}"),
        "guardrail.withdraw" => format!("Retrait du garde-fou {said}"),
        _ => return None,
    })
}

/// What the collectivité keeps for everybody.
fn of_setting(entry: &ChronicleEntry) -> Option<String> {
    Some(match entry.act.as_str() {
        "profile.add" => "Création d’un profil".to_owned(),
        "profile.change" => "Modification d’un profil".to_owned(),
        "profile.remove" => "Suppression d’un profil".to_owned(),
        "group.add" => "Création d’un service de la collectivité".to_owned(),
        "group.rename" => "Service de la collectivité renommé".to_owned(),
        "group.remove" => "Suppression d’un service de la collectivité".to_owned(),
        "network.propose" => format!(
            "Adresses du réseau «\u{a0}{}\u{a0}» proposées",
            entry.object
        ),
        "network.remove" => format!("Suppression du réseau «\u{a0}{}\u{a0}»", entry.object),
        "key.add" => "Création d’une clé de programme".to_owned(),
        "key.revoke" => "Révocation d’une clé de programme".to_owned(),
        "import.apply" => format!("Import d’un fichier\u{a0}: {}", entry.detail),
        "journal.read" => "Lecture du journal".to_owned(),
        "collectivite.add" => "Ouverture de la collectivité".to_owned(),
        _ => return None,
    })
}

/// What the CIG or the CDG did.
fn from_above(act: &str, member: &str) -> Option<String> {
    let of_member = words::of(member);
    Some(match act {
        "collectivite.change" => "Modification de la collectivité".to_owned(),
        "collectivite.close" => "Fermeture de la collectivité".to_owned(),
        "collectivite.reopen" => "Réouverture de la collectivité".to_owned(),
        "designation.record" => "Désignation d’un référent enregistrée".to_owned(),
        "designation.correct" => "Désignation d’un référent corrigée".to_owned(),
        "designation.discard" => "Désignation signée écartée après la correction".to_owned(),
        "designation.abandon" => "Désignation d’un référent abandonnée".to_owned(),
        "designation.receive" => "Désignation signée déposée".to_owned(),
        "designation.read" => "Lecture d’une désignation signée".to_owned(),
        "designation.check" => "Désignation d’un référent vérifiée".to_owned(),
        "designation.reject" => "Désignation d’un référent rejetée".to_owned(),
        "designation.renew" => "Désignations à renouveler".to_owned(),
        "network.confirm" => "Réseau de la collectivité confirmé".to_owned(),
        "network.reject" => "Réseau de la collectivité refusé".to_owned(),
        "referent.revoke" => format!("Fin du mandat de référent {of_member}"),
        "support.look" => format!("Assistance : accès consultés pour {member}"),
        "support.sessions" => format!("Assistance : sessions fermées pour {member}"),
        _ => return None,
    })
}

/// What happened in a review of rights.
fn of_review(act: &str, member: &str, detail: &str) -> Option<String> {
    let of_member = words::of(member);
    Some(match act {
        "review.open" => "Ouverture d’une revue des habilitations".to_owned(),
        "review.decide" => {
            let decision = crate::referent::reviews::decision(detail).to_lowercase();
            format!("Revue des habilitations, {member}\u{a0}: {decision}")
        }
        "review.warn" => {
            "Revue des habilitations\u{a0}: personnes sans réponse averties".to_owned()
        }
        "review.suspend" => {
            format!("Suspension {of_member}\u{a0}: sans réponse à la revue des habilitations")
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
    if id == portal.own.id.as_str() {
        return portal.own.name.clone();
    }
    portal
        .entrance(id)
        .map_or_else(|| id.to_owned(), |entrance| entrance.name.clone())
}

/// `bip/lecture until 1795165200` in words.
fn right(portal: &Portal, detail: &str) -> String {
    let (right, until) = detail.split_once(" until ").unwrap_or((detail, ""));
    let (id, level) = right.rsplit_once('/').unwrap_or((right, ""));
    let level = Level::parse(level).map_or_else(
        || NOTHING.to_owned(),
        |level| {
            let entrance = portal.entrance(id);
            let name = entrance.map(|entrance| entrance.level_name(&level));
            name.unwrap_or(plain_name(&level)).to_owned()
        },
    );
    let level = level.to_lowercase();
    let until = until.parse().map(date::last_day);
    let until = until
        .map(|day| format!(", jusqu’au {day}"))
        .unwrap_or_default();
    format!("{}, {level}{until}", service(portal, right))
}
