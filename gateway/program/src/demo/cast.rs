//! The people of the demonstration and of the tests, in fictional collectivités. Initials tell the
//! role: R for référentes, A for agents, C for the correspondantes, P for the partner CDG.

use accounts::Token;
use policies::{Level, Role};
use std::collections::BTreeMap;
use std::path::Path;

/// Somebody.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Their login.
    pub login: &'static str,
    pub(crate) given_name: &'static str,
    pub(crate) family_name: &'static str,
    /// What the table of accounts says they are.
    pub role: &'static str,
    pub(crate) memberships: &'static [Place],
    /// Their login at Net Cotisations, whose credential is sealed from the start.
    pub(crate) legacy: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) collectivite: &'static str,
    pub(crate) role: Role,
    pub(crate) groups: &'static [(&'static str, &'static str)],
    pub(crate) rights: &'static [(&'static str, Level)],
}

const RH: (&str, &str) = ("rh", "Ressources humaines");
const PAIE: (&str, &str) = ("paie", "Paie");

const fn place(
    collectivite: &'static str,
    role: Role,
    groups: &'static [(&'static str, &'static str)],
    rights: &'static [(&'static str, Level)],
) -> Place {
    Place {
        collectivite,
        role,
        groups,
        rights,
    }
}

/// Everybody.
pub const CAST: [Person; 9] = [
    Person {
        login: "renee.martin@fontclaire.example",
        given_name: "Renée",
        family_name: "Martin",
        role: "référente",
        memberships: &[place(
            "fontclaire",
            Role::Referent,
            &[RH],
            &[
                ("site", Level::Lecture),
                ("bip", Level::Lecture),
                ("net-cotisations", Level::Ecriture),
            ],
        )],
        legacy: Some("rmartin"),
    },
    Person {
        login: "amina.benali@fontclaire.example",
        given_name: "Amina",
        family_name: "Benali",
        role: "agent",
        memberships: &[place(
            "fontclaire",
            Role::Agent,
            &[RH],
            &[("bip", Level::Lecture)],
        )],
        legacy: None,
    },
    Person {
        login: "alain.garnier@fontclaire.example",
        given_name: "Alain",
        family_name: "Garnier",
        role: "agent du service paie",
        // Net Cotisations by the rule of his collectivité, not by a right of his own.
        memberships: &[place(
            "fontclaire",
            Role::Agent,
            &[PAIE],
            &[("site", Level::Lecture)],
        )],
        legacy: Some("agarnier"),
    },
    Person {
        login: "aline.petit@fontclaire.example",
        given_name: "Aline",
        family_name: "Petit",
        role: "agent sans droit",
        memberships: &[place("fontclaire", Role::Agent, &[], &[])],
        legacy: None,
    },
    Person {
        login: "agnes.roux@ccas-fontclaire.example",
        given_name: "Agnès",
        family_name: "Roux",
        role: "agent de deux collectivités",
        memberships: &[
            place(
                "ccas-fontclaire",
                Role::Agent,
                &[],
                &[("bip", Level::Lecture)],
            ),
            place(
                "fontclaire",
                Role::Agent,
                &[RH],
                &[("bip", Level::Lecture), ("site", Level::Lecture)],
            ),
        ],
        legacy: None,
    },
    Person {
        login: "regine.morel@montrieux.example",
        given_name: "Régine",
        family_name: "Morel",
        role: "référente",
        memberships: &[place(
            "montrieux",
            Role::Referent,
            &[],
            // A right that stays without effect: the CIG did not open Net Cotisations to Montrieux.
            &[
                ("site", Level::Lecture),
                ("bip", Level::Lecture),
                ("net-cotisations", Level::Ecriture),
            ],
        )],
        legacy: None,
    },
    Person {
        login: "corinne.lambert@cig.example",
        given_name: "Corinne",
        family_name: "Lambert",
        role: "correspondante CIG",
        memberships: &[place(
            "cig",
            Role::Correspondant,
            &[],
            &[("site", Level::Lecture), ("bip", Level::Ecriture)],
        )],
        legacy: None,
    },
    // A second one: whoever records a designation does not check it.
    Person {
        login: "camille.fournier@cig.example",
        given_name: "Camille",
        family_name: "Fournier",
        role: "correspondante CIG",
        memberships: &[place(
            "cig",
            Role::Correspondant,
            &[],
            &[("bip", Level::Ecriture)],
        )],
        legacy: None,
    },
    Person {
        login: "pierre.vasseur@cdg.example",
        given_name: "Pierre",
        family_name: "Vasseur",
        role: "centre de gestion partenaire",
        memberships: &[place(
            "cdg-valmont",
            Role::Partenaire,
            &[],
            &[("bip", Level::Lecture)],
        )],
        legacy: None,
    },
];

/// Passwords of the cast, drawn once for each demonstration, by login.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Passwords(BTreeMap<String, String>);

impl Passwords {
    /// Those of an earlier start, or new ones.
    ///
    /// # Errors
    /// The file does not read, or cannot be written.
    pub fn read_or_make(path: &Path) -> anyhow::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut passwords = Self::default();
                for person in CAST {
                    let word: String = Token::fresh()?
                        .as_str()
                        .chars()
                        .filter(char::is_ascii_alphanumeric)
                        .take(16)
                        .collect();
                    passwords.0.insert(person.login.to_owned(), word);
                }
                super::write_private(path, &serde_json::to_vec(&passwords)?)?;
                Ok(passwords)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Somebody's password; empty for strangers, whom it lets in nowhere.
    pub fn of(&self, login: &str) -> &str {
        self.0.get(login).map_or("", String::as_str)
    }
}

/// The legacy application's own users; their passwords are other ones than ours.
pub fn legacy_users(passwords: &Passwords) -> Vec<(&'static str, String, &'static str)> {
    CAST.iter()
        .filter_map(|person| {
            Some((
                person.legacy?,
                legacy_password(passwords, person),
                "Ville de Fontclaire",
            ))
        })
        .collect()
}

pub(crate) fn legacy_password(passwords: &Passwords, person: &Person) -> String {
    format!(
        "nc-{}",
        passwords.of(person.login).chars().rev().collect::<String>()
    )
}
