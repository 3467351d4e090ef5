//! From the rows of a file to people: each cell read and judged, errors with row, column and remedy.

use crate::date;
use crate::fields;
use crate::import::{CellError, Column, Columns};
use crate::table::{Row, Table};
use accounts::{Profile, fold};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Headings that people use, the first being ours.
const COLUMNS: [Column; 6] = [
    ("Prénom", &["prenom", "prenoms"]),
    (
        "Nom",
        &["nom", "nom de famille", "nom d usage", "nom usuel"],
    ),
    (
        "Courriel",
        &[
            "courriel",
            "email",
            "e mail",
            "mail",
            "mel",
            "adresse electronique",
            "adresse mail",
            "adresse email",
            "adresse e mail",
            "courriel professionnel",
        ],
    ),
    ("Profil", &["profil"]),
    ("Service", &["service", "services", "groupe", "direction"]),
    (
        "Date de départ",
        &["date de depart", "depart", "date de fin", "fin"],
    ),
];

/// The headings of the model file.
pub(super) fn headings() -> Vec<&'static str> {
    COLUMNS.iter().map(|(heading, _)| *heading).collect()
}

/// What a row or a program asks of somebody's profile.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
#[serde(from = "Option<String>", into = "Option<String>")]
pub(crate) enum Asked {
    /// Nothing is said of it: it stays.
    #[default]
    AsItIs,
    /// No profile.
    Nothing,
    /// The profile with this id.
    Profile(String),
}

/// A program that says nothing of it has the default.
impl From<Option<String>> for Asked {
    fn from(said: Option<String>) -> Self {
        said.map_or(Self::Nothing, Self::Profile)
    }
}

impl From<Asked> for Option<String> {
    fn from(asked: Asked) -> Self {
        asked.over(None)
    }
}

impl Asked {
    /// Whether nothing is said.
    pub(crate) fn is_as_it_is(&self) -> bool {
        *self == Self::AsItIs
    }

    /// The id of the profile that somebody with `current` is to have.
    pub(crate) fn over(&self, current: Option<&str>) -> Option<String> {
        match self {
            Self::AsItIs => current.map(str::to_owned),
            Self::Nothing => None,
            Self::Profile(id) => Some(id.clone()),
        }
    }
}

/// Somebody as a row has them. What has no column stays as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    pub(super) row: usize,
    pub(super) given_name: String,
    pub(super) family_name: String,
    pub(super) login: String,
    pub(super) profile: Asked,
    /// The name of a group.
    pub(super) group: Option<String>,
    pub(super) left_at: Option<i64>,
}

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) lines: Vec<Line>,
    pub(super) errors: Vec<CellError>,
}

impl Reading {
    /// Reads a table against the profiles of the collectivité.
    ///
    /// # Errors
    /// A heading is missing.
    pub(super) fn of(table: &Table, profiles: &[Profile]) -> Result<Self, String> {
        let columns = Columns::find(table, &COLUMNS, 3)?;
        let mut reading = Self::default();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for row in &table.rows {
            let Some(line) = reading.read(&columns, row, profiles) else {
                continue;
            };
            if let Some(first) = seen.get(&line.login) {
                let remedy = format!(
                    "La même adresse est déjà à la ligne {first}. Gardez une seule des deux lignes."
                );
                reading.note(row, 2, &line.login, remedy);
                continue;
            }
            seen.insert(line.login.clone(), row.number);
            reading.lines.push(line);
        }
        Ok(reading)
    }

    fn note(&mut self, row: &Row, column: usize, value: &str, remedy: String) {
        self.errors.push(CellError {
            row: row.number,
            column: COLUMNS
                .get(column)
                .map_or_else(String::new, |(heading, _)| (*heading).to_owned()),
            value: value.to_owned(),
            remedy,
        });
    }

    fn read(&mut self, columns: &Columns<6>, row: &Row, profiles: &[Profile]) -> Option<Line> {
        let cell = |which| columns.cell(row, which);
        let mut read = |which: usize, result: Result<String, String>| {
            let value = cell(which).unwrap_or_default().to_owned();
            result
                .map_err(|remedy| self.note(row, which, &value, remedy))
                .ok()
        };
        let text = |which| cell(which).unwrap_or_default();
        let given_name = read(0, fields::name(text(0), "le prénom"));
        let family_name = read(1, fields::name(text(1), "le nom"));
        let login = read(2, fields::address(text(2)));
        let profile = cell(3).map_or(Ok(Asked::AsItIs), |name| read_profile(name, profiles));
        let profile = profile
            .map_err(|remedy| self.note(row, 3, text(3), remedy))
            .ok();
        let left_at = read_date(text(5))
            .map_err(|remedy| self.note(row, 5, text(5), remedy))
            .ok();
        let group = read_group(text(4));
        let group = group
            .map_err(|remedy| self.note(row, 4, text(4), remedy))
            .ok();
        Some(Line {
            row: row.number,
            given_name: given_name?,
            family_name: family_name?,
            login: login?,
            profile: profile?,
            group: group?,
            left_at: left_at?,
        })
    }
}

fn read_profile(name: &str, profiles: &[Profile]) -> Result<Asked, String> {
    if name.is_empty() {
        return Ok(Asked::Nothing);
    }
    let wanted = fold(name);
    if let Some(profile) = profiles
        .iter()
        .find(|profile| fold(&profile.name) == wanted)
    {
        return Ok(Asked::Profile(profile.id.clone()));
    }
    let names: Vec<_> = profiles
        .iter()
        .map(|p| format!("«\u{a0}{}\u{a0}»", p.name))
        .collect();
    Err(if names.is_empty() {
        "Votre collectivité n’a pas encore de profil\u{a0}: créez-le d’abord, ou laissez la case vide."
            .to_owned()
    } else {
        format!(
            "Ce profil n’existe pas. Écrivez l’un de ceux-ci\u{a0}: {}.",
            names.join(", ")
        )
    })
}

fn read_group(name: &str) -> Result<Option<String>, String> {
    let plain = name.chars().any(char::is_alphanumeric) && name.chars().count() <= 60;
    match name {
        "" => Ok(None),
        name if plain => Ok(Some(name.to_owned())),
        _ => {
            Err("Écrivez le nom du service en 60 caractères au plus, avec des lettres.".to_owned())
        }
    }
}

fn read_date(text: &str) -> Result<Option<i64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    date::parse(text)
        .and_then(date::end_of)
        .map(Some)
        .ok_or_else(|| "Écrivez la date au format jj/mm/aaaa, par exemple 31/12/2026.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Reading, String> {
        let profile = Profile {
            id: "x/p1".to_owned(),
            name: "Lecture BIP".to_owned(),
            rights: Vec::new(),
            version: 1,
            members: 0,
        };
        Reading::of(&Table::read(text.as_bytes()).unwrap(), &[profile])
    }

    #[test]
    fn headings_are_known_by_the_words_people_use() {
        let reading =
            read("NOM;prénom;E-mail;PROFIL\nLefèvre;Zoé;Zoe@Ville.fr;lecture bip").unwrap();
        assert_eq!(reading.errors, []);
        let line = reading.lines.first().unwrap();
        assert_eq!(
            (line.given_name.as_str(), line.login.as_str()),
            ("Zoé", "zoe@ville.fr")
        );
        assert_eq!(line.profile, Asked::Profile("x/p1".to_owned()));
        assert!(
            read("Nom;Prénom\na;b")
                .unwrap_err()
                .contains("«\u{a0}Courriel\u{a0}»")
        );
    }

    #[test]
    fn each_error_has_its_row_its_column_and_a_remedy() {
        let reading = read(
            "Prénom;Nom;Courriel;Profil;Date de départ\nZoé;Lefèvre;zoe;Paie;31/02/2026\n\nA;B;a@b.fr;;\nC;D;A@b.fr;;",
        )
        .unwrap();
        let places: Vec<_> = reading
            .errors
            .iter()
            .map(|e| (e.row, e.column.as_str()))
            .collect();
        assert_eq!(
            places,
            [
                (2, "Courriel"),
                (2, "Profil"),
                (2, "Date de départ"),
                (5, "Courriel")
            ]
        );
        assert!(reading.errors.iter().all(|error| !error.remedy.is_empty()));
        assert_eq!(reading.lines.len(), 1);
    }
}
