//! From the rows of a file to collectivités: each cell read and judged.

use crate::correspondant::opening::body_name;
use crate::import::{CellError, Column, Columns};
use crate::table::{Row, Table};
use accounts::{CodeInsee, CollectiviteKind, Siret, fold};
use policies::{CollectiviteId, ServiceId};
use std::collections::{BTreeMap, HashMap};

/// Headings that people use, the first being ours.
const COLUMNS: [Column; 6] = [
    (
        "Nom",
        &[
            "nom",
            "nom de la collectivite",
            "collectivite",
            "raison sociale",
            "denomination",
        ],
    ),
    ("SIRET", &["siret", "numero siret", "n siret", "no siret"]),
    ("Code INSEE", &["code insee", "insee", "code commune"]),
    ("Type", &["type", "genre", "type de collectivite"]),
    ("Centre de gestion", &["centre de gestion", "cdg"]),
    (
        "Services ouverts",
        &["services ouverts", "services", "service"],
    ),
];

/// Before the name of a service, the heading of its seats.
const SEATS: &str = "Places";

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

/// What rows may name.
#[derive(Debug)]
pub(super) struct Known {
    /// Services, with their names.
    pub(super) services: Vec<(ServiceId, String)>,
    /// CDG, with their names.
    pub(super) cdgs: Vec<(String, String)>,
    /// The CDG that brings the file; the CIG when none.
    pub(super) own: Option<CollectiviteId>,
    /// Its département, where it stays.
    pub(super) department: Option<String>,
}

/// A collectivité as a row has it. What has no column, or an empty cell, stays as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    pub(super) row: usize,
    pub(super) name: String,
    pub(super) siret: Siret,
    pub(super) insee: Option<CodeInsee>,
    pub(super) kind: Option<CollectiviteKind>,
    pub(super) cdg: Option<CollectiviteId>,
    /// None when there is no such column.
    pub(super) services: Option<Vec<ServiceId>>,
    /// Seats of the services that have a column.
    pub(super) seats: BTreeMap<ServiceId, Option<i64>>,
}

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) lines: Vec<Line>,
    pub(super) errors: Vec<CellError>,
}

/// The headings of the model file, for these services.
pub(super) fn headings(known: &Known) -> Vec<String> {
    let columns = COLUMNS.iter().map(|(heading, _)| (*heading).to_owned());
    columns
        .chain(
            known
                .services
                .iter()
                .map(|(_, name)| format!("{SEATS} {name}")),
        )
        .collect()
}

impl Reading {
    /// Reads a table.
    ///
    /// # Errors
    /// A heading is missing.
    pub(super) fn of(table: &Table, known: &Known) -> Result<Self, String> {
        let columns = Columns::find(table, &COLUMNS, 2)?;
        let seats: Vec<_> = known
            .services
            .iter()
            .filter_map(|(id, name)| {
                let heading = fold(&format!("{SEATS} {name}"));
                Some((id, name, table.column(&[&heading])?))
            })
            .collect();
        let mut reading = Self::default();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for row in &table.rows {
            let Some(mut line) = reading.read(&columns, row, known) else {
                continue;
            };
            if let Some(first) = seen.get(line.siret.as_str()) {
                let remedy = format!(
                    "Le même SIRET est déjà à la ligne {first}. Gardez une seule des deux lignes."
                );
                reading.note(row, "SIRET", line.siret.as_str(), remedy);
                continue;
            }
            let errors = reading.errors.len();
            for (id, name, column) in &seats {
                let text = row.cells.get(*column).map_or("", String::as_str);
                match read_seats(text) {
                    Ok(number) => {
                        line.seats.insert((*id).clone(), number);
                    }
                    Err(remedy) => reading.note(row, &format!("{SEATS} {name}"), text, remedy),
                }
            }
            if reading.errors.len() == errors {
                seen.insert(line.siret.to_string(), row.number);
                reading.lines.push(line);
            }
        }
        Ok(reading)
    }

    pub(super) fn note(&mut self, row: &Row, column: &str, value: &str, remedy: String) {
        self.errors.push(CellError {
            row: row.number,
            column: column.to_owned(),
            value: value.to_owned(),
            remedy,
        });
    }

    fn read(&mut self, columns: &Columns<6>, row: &Row, known: &Known) -> Option<Line> {
        let text = |which| columns.cell(row, which).unwrap_or_default();
        let mut note = |which: usize, remedy: String| {
            let column = COLUMNS.get(which).map_or("", |(heading, _)| heading);
            self.note(row, column, text(which), remedy);
        };
        let name = body_name(text(0)).map_err(|remedy| note(0, remedy)).ok();
        let siret = read_siret(text(1)).map_err(|remedy| note(1, remedy)).ok();
        let insee = read_insee(text(2), known);
        let insee = insee.map_err(|remedy| note(2, remedy)).ok();
        let kind = read_kind(text(3), known);
        let kind = kind.map_err(|remedy| note(3, remedy)).ok();
        let cdg = read_cdg(text(4), known);
        let cdg = cdg.map_err(|remedy| note(4, remedy)).ok();
        let services = columns.cell(row, 5).map(|text| read_services(text, known));
        let services = services.transpose();
        let services = services.map_err(|remedy| note(5, remedy)).ok();
        Some(Line {
            row: row.number,
            name: name?,
            siret: siret?,
            insee: insee?,
            kind: kind?,
            cdg: cdg?,
            services: services?,
            seats: BTreeMap::new(),
        })
    }
}

fn read_siret(text: &str) -> Result<Siret, String> {
    Siret::parse(text).ok_or_else(|| {
        if text.to_uppercase().contains("E+") {
            "Excel a arrondi le numéro. Mettez la colonne au format « Texte », puis recopiez les 14 chiffres."
        } else {
            "Écrivez les 14 chiffres du SIRET. Vérifiez-les : l’un d’eux ne concorde pas avec les autres."
        }
        .to_owned()
    })
}

fn read_insee(text: &str, known: &Known) -> Result<Option<CodeInsee>, String> {
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

fn read_kind(text: &str, known: &Known) -> Result<Option<CollectiviteKind>, String> {
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

fn read_cdg(text: &str, known: &Known) -> Result<Option<CollectiviteId>, String> {
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

fn read_services(text: &str, known: &Known) -> Result<Vec<ServiceId>, String> {
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

fn read_seats(text: &str) -> Result<Option<i64>, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        let known = Known {
            services: vec![
                ("bip".into(), "BIP".to_owned()),
                ("net-cotisations".into(), "Net Cotisations".to_owned()),
            ],
            cdgs: vec![(
                "cdg-valmont".to_owned(),
                "Centre de gestion du Valmont".to_owned(),
            )],
            own: Some("cdg-valmont".into()),
            department: Some("93".to_owned()),
        };
        Reading::of(&Table::read(text.as_bytes()).unwrap(), &known).unwrap()
    }

    #[test]
    fn a_row_names_services_and_their_seats() {
        let reading = read(
            "NOM;siret;Code INSEE;Type;Services;Places Net Cotisations\nVille de Vaubân;732 829 320 00074;93055;commune;bip, Net cotisations;1 200",
        );
        assert_eq!(reading.errors, []);
        let line = reading.lines.first().unwrap();
        assert_eq!(line.kind, Some(CollectiviteKind::Collectivite));
        let services = [ServiceId::from("bip"), "net-cotisations".into()];
        assert_eq!(line.services.as_deref(), Some(&services[..]));
        assert_eq!(
            line.seats,
            BTreeMap::from([("net-cotisations".into(), Some(1200))])
        );
    }

    #[test]
    fn each_error_has_its_row_its_column_and_a_remedy() {
        let reading = read(
            "Nom;SIRET;Code INSEE;Type;CDG;Services ouverts;Places BIP\n\
             ;73282932000075;75056;cdg;Ailleurs;snapi;\n\
             A;7,3283E+13;;;;;\n\
             B;73282932000074;;;;;x\n\
             C;73282932000074;;;;;\n\
             D;73282932000074;;;;;3",
        );
        let places: Vec<_> = reading
            .errors
            .iter()
            .map(|e| (e.row, e.column.as_str()))
            .collect();
        let first = [
            "Nom",
            "SIRET",
            "Code INSEE",
            "Type",
            "Centre de gestion",
            "Services ouverts",
        ];
        let expected = first.map(|column| (2, column)).into_iter();
        let expected = expected.chain([(3, "SIRET"), (4, "Places BIP"), (6, "SIRET")]);
        assert_eq!(places, expected.collect::<Vec<_>>());
        assert!(reading.errors[6].remedy.contains("Excel"));
        assert_eq!(reading.lines.len(), 1);
    }
}
