//! The people of the demonstration and of the tests, in fictional collectivités. Initials tell the
//! role: R for référentes, A for agents, C for the correspondante, P for the partner CDG.

use accounts::{
    Collectivite, CollectiviteKind, Grant, LegacyCredential, NewAccount, NewMembership, Password,
    Store, Token,
};
use policies::{CollectiviteId, Level, Role, Rule, ServiceId, Vocabulary};
use std::collections::BTreeMap;
use std::path::Path;
use zeroize::Zeroizing;

const BY: &str = "demonstration";

/// Somebody.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Their login.
    pub login: &'static str,
    given_name: &'static str,
    family_name: &'static str,
    /// What the table of accounts says they are.
    pub role: &'static str,
    memberships: &'static [Place],
    /// Their login at Net Cotisations, whose credential is sealed from the start.
    legacy: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    collectivite: &'static str,
    role: Role,
    groups: &'static [(&'static str, &'static str)],
    rights: &'static [(&'static str, Level)],
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
pub const CAST: [Person; 8] = [
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
            &[("site", Level::Lecture), ("bip", Level::Lecture)],
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
    pub(crate) fn read_or_make(path: &Path) -> anyhow::Result<Self> {
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
pub(crate) fn legacy_users(passwords: &Passwords) -> Vec<(&'static str, String, &'static str)> {
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

fn legacy_password(passwords: &Passwords, person: &Person) -> String {
    format!(
        "nc-{}",
        passwords.of(person.login).chars().rev().collect::<String>()
    )
}

/// Fills an empty store.
pub(crate) async fn seed(
    store: &Store,
    vocabulary: &Vocabulary,
    passwords: &Passwords,
) -> anyhow::Result<()> {
    for (id, name, kind, cdg, services) in [
        (
            "cig",
            "CIG de démonstration",
            CollectiviteKind::Cig,
            None,
            &["site", "bip", "net-cotisations"][..],
        ),
        (
            "cdg-valmont",
            "Centre de gestion du Valmont",
            CollectiviteKind::Cdg,
            None,
            &["site", "bip"],
        ),
        (
            "fontclaire",
            "Ville de Fontclaire",
            CollectiviteKind::Collectivite,
            None,
            &["site", "bip", "net-cotisations"],
        ),
        (
            "ccas-fontclaire",
            "CCAS de Fontclaire",
            CollectiviteKind::Etablissement,
            None,
            &["site", "bip"],
        ),
        (
            "montrieux",
            "Commune de Montrieux",
            CollectiviteKind::Collectivite,
            Some("cdg-valmont"),
            &["site", "bip"],
        ),
    ] {
        let new = Collectivite {
            id: id.into(),
            name: name.to_owned(),
            kind,
            cdg: cdg.map(CollectiviteId::from),
            services: services
                .iter()
                .map(|service| ServiceId::from(*service))
                .collect(),
            active: true,
        };
        store.add_collectivite(&new, BY).await?;
    }
    for person in CAST {
        add(store, &person, passwords).await?;
    }
    let rule = Rule {
        id: "paie-net-cotisations".to_owned(),
        text: r#"@libelle("Le service paie accède à Net Cotisations (modification).")
permit (
  principal in Collectivite::"fontclaire",
  action in [Action::"lecture", Action::"ecriture"],
  resource in Service::"net-cotisations"
)
when { principal in Groupe::"fontclaire/paie" };"#
            .to_owned(),
    };
    store
        .publish_rule(vocabulary, &"fontclaire".into(), &rule, BY)
        .await?;
    Ok(())
}

async fn add(store: &Store, person: &Person, passwords: &Passwords) -> anyhow::Result<()> {
    let password = Password::from(passwords.of(person.login).to_owned());
    let account = store
        .add_account(
            NewAccount {
                login: person.login,
                given_name: person.given_name,
                family_name: person.family_name,
                password: Some(&password),
            },
            BY,
        )
        .await?;
    for place in person.memberships {
        let collectivite = CollectiviteId::from(place.collectivite);
        let new = NewMembership {
            account: &account,
            collectivite: &collectivite,
            role: place.role,
            groups: place.groups,
        };
        let membership = store.add_membership(new, BY).await?;
        for (service, level) in place.rights {
            let grant = Grant {
                membership: membership.clone(),
                service: (*service).into(),
                level: *level,
                starts_at: None,
                ends_at: None,
            };
            store.add_grant(&grant, BY).await?;
        }
    }
    if let Some(login) = person.legacy {
        let secret = LegacyCredential {
            login: login.to_owned(),
            password: Zeroizing::new(legacy_password(passwords, person)),
        };
        store
            .seal_credential(&account, &"net-cotisations".into(), &secret, BY)
            .await?;
    }
    Ok(())
}
