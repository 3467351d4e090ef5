//! Cells of a file of collectivités, each read alone: what it says, or how to mend it.

use super::reading::Known;
use accounts::{CodeInsee, CollectiviteKind, Siret, fold};
use policies::{CollectiviteId, ServiceId};

/// Words for kinds, folded.
const KINDS: [(CollectiviteKind, &[&str]); 3] = [
    (
        CollectiviteKind::Collectivite,
        &["collectivite", "commune", "departement", "region"],
    ),
    (
        CollectiviteKind::Etablissement,
        &[
            "etablissement",
            "etablissement public",
            "ccas",
            "cias",
            "syndicat",
            "epci",
        ],
    ),
    (CollectiviteKind::Cdg, &["centre de gestion", "cdg"]),
];

pub(super) fn read_siret(text: &str) -> Result<Siret, String> {
    Siret::parse(text).ok_or_else(|| {
        if text.to_uppercase().contains("E+") {
            "Excel a arrondi le numéro. Mettez la colonne au format « Texte », puis recopiez les 14 chiffres."
        } else {
            "Écrivez les 14 chiffres du SIRET. Vérifiez-les : l’un d’eux ne concorde pas avec les autres."
        }
        .to_owned()
    })
}

pub(super) fn read_insee(text: &str, known: &Known) -> Result<Option<CodeInsee>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    // Excel takes the zero at the head of a number away.
    let padded = format!("{text:0>5}");
    let insee = CodeInsee::parse(&padded).ok_or(
        "Écrivez le code INSEE en 5 caractères, par exemple 93055 ou 2A004, ou laissez la case vide.",
    )?;
    match &known.department {
        Some(own) if insee.department() != own => Err(format!(
            "Cette commune n’est pas de votre département ({own}). Adressez-vous au correspondant CIG."
        )),
        _ => Ok(Some(insee)),
    }
}

pub(super) fn read_kind(text: &str, known: &Known) -> Result<Option<CollectiviteKind>, String> {
    let wanted = fold(text);
    if wanted.is_empty() {
        return Ok(None);
    }
    let kinds = KINDS.iter().filter(|(kind, _)| {
        // A CDG opens no other CDG.
        known.own.is_none() || *kind != CollectiviteKind::Cdg
    });
    let kind = kinds
        .clone()
        .find(|(_, words)| words.contains(&wanted.as_str()));
    kind.map(|(kind, _)| Some(*kind))
        .ok_or_else(|| "Écrivez « Collectivité » ou « Établissement public ».".to_owned())
}

pub(super) fn read_cdg(text: &str, known: &Known) -> Result<Option<CollectiviteId>, String> {
    let wanted = fold(text);
    if wanted.is_empty() {
        return Ok(None);
    }
    let mut cdgs = known.cdgs.iter();
    let cdg = cdgs.find(|(id, name)| fold(name) == wanted || fold(id) == wanted);
    cdg.map(|(id, _)| Some(id.as_str().into())).ok_or_else(|| {
        let names: Vec<_> = known.cdgs.iter().map(|(_, name)| format!("« {name} »")).collect();
        format!(
            "Ce centre de gestion n’est pas connu. Écrivez l’un de ceux-ci, ou laissez la case vide : {}.",
            names.join(", ")
        )
    })
}

pub(super) fn read_services(text: &str, known: &Known) -> Result<Vec<ServiceId>, String> {
    let mut services = Vec::new();
    let names = text.split([',', ';', '/', '|', '\n', '+']).map(str::trim);
    for name in names.filter(|name| !name.is_empty()) {
        let wanted = fold(name);
        let mut offered = known.services.iter();
        let found = offered.find(|(id, name)| fold(name) == wanted || fold(id.as_str()) == wanted);
        let Some((id, _)) = found else {
            let names: Vec<_> = known
                .services
                .iter()
                .map(|(_, name)| format!("« {name} »"))
                .collect();
            return Err(format!(
                "Le service « {name} » n’est pas connu. Séparez les services par des virgules, parmi ceux-ci : {}.",
                names.join(", ")
            ));
        };
        if !services.contains(id) {
            services.push(id.clone());
        }
    }
    Ok(services)
}

pub(super) fn read_seats(text: &str) -> Result<Option<i64>, String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.is_empty() {
        return Ok(None);
    }
    let number = plain.parse().ok().filter(|n| (1..=100_000).contains(n));
    number.map(Some).ok_or_else(|| {
        "Écrivez le nombre de places en chiffres, par exemple 25, ou laissez la case vide."
            .to_owned()
    })
}
