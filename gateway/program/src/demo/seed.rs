//! Fills an empty store with the cast, its collectivités, their rights and one rule.

use super::cast::{CAST, Passwords, Person, legacy_password};
use accounts::{
    Collectivite, CollectiviteKind, Grant, LegacyCredential, NewAccount, NewMembership, Password,
    Store,
};
use policies::{
    CollectiviteId, Conditions, Effect, Model, Party, Reach, Rule, ServiceId, Target, Vocabulary,
    Who,
};
use zeroize::Zeroizing;

const BY: &str = "demonstration";

/// Id, name, kind, CDG, services that the CIG opened.
type Row = (
    &'static str,
    &'static str,
    CollectiviteKind,
    Option<&'static str>,
    &'static [&'static str],
);

const COLLECTIVITES: [Row; 5] = [
    (
        "cig",
        "CIG de démonstration",
        CollectiviteKind::Cig,
        None,
        &["site", "bip", "net-cotisations"],
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
];

/// The payroll service of Fontclaire opens Net Cotisations by this rule, not by rights of its own.
fn payroll() -> Model {
    Model {
        effect: Effect::Allow,
        who: Who {
            any_of: [Party::Group("fontclaire/paie".into())].into(),
            ..Who::default()
        },
        target: Target::Service("net-cotisations".into()),
        reach: Reach::Modify,
        conditions: Conditions::default(),
    }
}

/// Fills an empty store.
///
/// # Errors
/// The store, or one that is not empty.
pub async fn seed(
    store: &Store,
    vocabulary: &Vocabulary,
    passwords: &Passwords,
) -> anyhow::Result<()> {
    for (id, name, kind, cdg, services) in COLLECTIVITES {
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
    let fontclaire = CollectiviteId::from("fontclaire");
    let rule = Rule {
        id: "paie-net-cotisations".to_owned(),
        text: payroll().to_cedar(&fontclaire)?,
    };
    store
        .publish_rule(vocabulary, &fontclaire, &rule, BY)
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
        if let Some(login) = person.legacy {
            let secret = LegacyCredential {
                login: login.to_owned(),
                password: Zeroizing::new(legacy_password(passwords, person)),
            };
            store
                .seal_credential(&membership, &"net-cotisations".into(), &secret, BY)
                .await?;
        }
        for (service, level) in place.rights {
            let grant = Grant {
                membership: membership.clone(),
                service: (*service).into(),
                level: level.clone(),
                starts_at: None,
                ends_at: None,
            };
            store.add_grant(&grant, BY).await?;
        }
    }
    Ok(())
}
