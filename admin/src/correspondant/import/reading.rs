//! From the rows of a file to collectivités: each cell read and judged.

use super::cells::{read_cdg, read_insee, read_kind, read_seats, read_services, read_siret};
use crate::correspondant::opening::body_name;
use crate::import::{CellError, Column, Columns};
use crate::table::{Row, Table};
use accounts::{CodeInsee, CollectiviteKind, Siret, fold};
use policies::{CollectiviteId, ServiceId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// A collectivité as a row has it. What has no column, or an empty cell, stays as it is, and so does
/// what does not read: such a row is held against the collectivités for its other faults only.
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
    /// The columns in which something is to be mended.
    pub(super) faults: BTreeSet<String>,
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
            let mut faults = Faults::of(row);
            let read = Line::read((&columns, &seats), row, known, &mut faults);
            if let Some(mut line) = read {
                let siret = line.siret.to_string();
                if let Some(first) = seen.get(&siret) {
                    let remedy = format!(
                        "Le même SIRET est déjà à la ligne {first}. Gardez une seule des deux lignes."
                    );
                    faults.note("SIRET", &siret, remedy);
                } else if faults.found.is_empty() {
                    seen.insert(siret, row.number);
                }
                line.faults = faults.columns();
                reading.lines.push(line);
            }
            reading.errors.append(&mut faults.found);
        }
        Ok(reading)
    }
}

/// What is wrong with a row.
struct Faults {
    row: usize,
    found: Vec<CellError>,
}

impl Faults {
    fn of(row: &Row) -> Self {
        Self {
            row: row.number,
            found: Vec::new(),
        }
    }

    fn note(&mut self, column: &str, value: &str, remedy: String) {
        self.found.push(CellError {
            row: self.row,
            column: column.to_owned(),
            value: value.to_owned(),
            remedy,
        });
    }

    /// Takes what was read, or notes why it cannot be.
    fn take<T>(&mut self, column: &str, value: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|remedy| self.note(column, value, remedy)).ok()
    }

    fn columns(&self) -> BTreeSet<String> {
        let columns = self.found.iter().map(|error| error.column.clone());
        columns.collect()
    }
}

/// The columns of seats: of which service, called how, and where.
type SeatColumns<'a> = [(&'a ServiceId, &'a String, usize)];

impl Line {
    /// Reads every cell, whatever is wrong with another one; without a SIRET there is no line.
    fn read(
        (columns, seats): (&Columns<6>, &SeatColumns<'_>),
        row: &Row,
        known: &Known,
        faults: &mut Faults,
    ) -> Option<Self> {
        let text = |which| columns.cell(row, which).unwrap_or_default();
        let heading = |which: usize| COLUMNS.get(which).map_or("", |(heading, _)| heading);
        let name = faults.take(heading(0), text(0), body_name(text(0)));
        let siret = faults.take(heading(1), text(1), read_siret(text(1)));
        let insee = faults.take(heading(2), text(2), read_insee(text(2), known));
        let kind = faults.take(heading(3), text(3), read_kind(text(3), known));
        let cdg = faults.take(heading(4), text(4), read_cdg(text(4), known));
        let services = columns.cell(row, 5).map(|text| read_services(text, known));
        let services = faults.take(heading(5), text(5), services.transpose());
        let mut numbers = BTreeMap::new();
        for (id, name, column) in seats {
            let text = row.cells.get(*column).map_or("", String::as_str);
            let number = faults.take(&format!("{SEATS} {name}"), text, read_seats(text));
            numbers.extend(number.map(|number| ((*id).clone(), number)));
        }
        Some(Self {
            row: row.number,
            name: name.unwrap_or_default(),
            siret: siret?,
            insee: insee.flatten(),
            kind: kind.flatten(),
            cdg: cdg.flatten(),
            services: services.flatten(),
            seats: numbers,
            faults: BTreeSet::new(),
        })
    }

    /// What is wrong with it once it is held against the collectivités.
    pub(super) fn fault(&self, column: &str, value: &str, remedy: impl Into<String>) -> CellError {
        CellError {
            row: self.row,
            column: column.to_owned(),
            value: value.to_owned(),
            remedy: remedy.into(),
        }
    }
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
        // What else is wrong with a row is told with it; only a sound one is taken in.
        let sound = reading.lines.iter().filter(|line| line.faults.is_empty());
        assert_eq!(sound.map(|line| line.row).collect::<Vec<_>>(), [5]);
        assert_eq!(reading.lines.len(), 3);
    }

    #[test]
    fn every_error_of_a_row_is_told_at_once() {
        let reading = read("Nom;SIRET;Type;Places BIP\n;1;autre;x\n;73282932000074;autre;x");
        let columns = |row: usize| {
            let errors = reading.errors.iter().filter(|error| error.row == row);
            errors.map(|e| e.column.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(columns(2), ["Nom", "SIRET", "Type", "Places BIP"]);
        assert_eq!(columns(3), ["Nom", "Type", "Places BIP"]);
    }
}
