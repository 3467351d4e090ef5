//! `/compte/cles`: the keys that programs call the API with, for those who administer.
//! Whoever has lost that role still sees and ends their own.

mod end;

pub(super) use end::{confirm, revoke};

use super::Done;
use crate::console::{Administrator as _, Anyone};
use crate::date;
use crate::fields::FieldErrors;
use crate::login;
use crate::page::Person;
use crate::portal::Portal;
use crate::posted::{Posted, Tokened};
use crate::referent::failed;
use crate::second_factor;
use crate::visitor::Visitor;
use accounts::{ApiKey, Error, FactorHolder, NewApiKey, Password};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

const ADDRESS: &str = "/compte/cles";
const DAY: i64 = 86_400;
/// Days that a key may serve, and how the form says them.
const DURATIONS: [(i64, &str); 4] = [
    (30, "30 jours"),
    (90, "90 jours"),
    (180, "6 mois"),
    (365, "1 an"),
];
/// The one that is chosen unless said.
const USUAL: i64 = 90;
/// Longest name.
const LONGEST: usize = 60;

struct Shown {
    id: String,
    name: String,
    collectivite: String,
    created: String,
    used: String,
    expires: String,
    asks_only: bool,
}

fn shown(key: ApiKey) -> Shown {
    Shown {
        id: key.id,
        name: key.name,
        collectivite: key.collectivite,
        created: date::short(key.created_at),
        used: key.used_at.map_or_else(String::new, date::long),
        expires: date::short(key.expires_at),
        asks_only: key.asks_only,
    }
}

#[derive(Template)]
#[template(path = "account/keys.html")]
struct KeysPage {
    person: Option<Person>,
    here: &'static str,
    done: &'static str,
    keys: Vec<Shown>,
}

/// All that serve.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let read = async {
        let keys = portal.store.list_api_keys(visitor.account());
        Ok::<_, Error>(KeysPage {
            person: super::person(&portal, &visitor).await?,
            here: "cles",
            done: match done.fait.as_str() {
                "revocation" => {
                    "La clé est révoquée\u{a0}: plus aucun programme n’entre avec elle."
                }
                _ => "",
            },
            keys: keys.await?.into_iter().map(shown).collect(),
        })
    };
    super::shown(read.await, StatusCode::OK)
}

/// What the forms post; each reads its part.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    nom: String,
    duree: String,
    /// `questions` for a key that only asks, `actions` for one that does all that its person may.
    usage: String,
    mot_de_passe: String,
    jeton: String,
}

impl Change {
    fn asks_only(&self) -> bool {
        self.usage == "questions"
    }

    fn is_for(&self, someone: &Anyone) -> bool {
        match someone {
            Anyone::Referent(_) => ["questions", "actions"].contains(&&*self.usage),
            Anyone::Correspondant(_) => !self.asks_only(),
        }
    }
}

impl Tokened for Change {
    fn token(&self) -> Option<&str> {
        Some(&self.jeton)
    }
}

#[derive(Template)]
#[template(path = "account/key_form.html")]
struct FormPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    name: String,
    asks_only: bool,
    /// Whether there is a choice: the questions are about one's own collectivité.
    asks: bool,
    durations: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "account/key_made.html")]
struct MadePage {
    person: Option<Person>,
    here: &'static str,
    name: String,
    key: String,
    expires: String,
    origin: String,
    asks_only: bool,
}

/// The form for another.
pub(super) async fn form(State(portal): State<Arc<Portal>>, someone: Anyone) -> Response {
    let (empty, errors) = (Change::default(), FieldErrors::default());
    fill_in(&portal, &someone, &empty, errors, StatusCode::OK).await
}

async fn fill_in(
    portal: &Portal,
    someone: &Anyone,
    filled: &Change,
    errors: FieldErrors,
    status: StatusCode,
) -> Response {
    let chosen = days(&filled.duree).unwrap_or(USUAL);
    let choice = |(days, name): (i64, &str)| (days.to_string(), name.to_owned(), days == chosen);
    let page = someone.person(portal).await.map(|person| FormPage {
        token: person.token.clone(),
        person: Some(person),
        here: "cles",
        errors,
        name: filled.nom.clone(),
        asks_only: filled.asks_only(),
        asks: matches!(someone, Anyone::Referent(_)),
        durations: DURATIONS.into_iter().map(choice).collect(),
    });
    super::shown(page, status)
}

fn days(text: &str) -> Option<i64> {
    let days: i64 = text.parse().ok()?;
    DURATIONS
        .iter()
        .map(|(known, _)| *known)
        .find(|known| *known == days)
}

/// Makes one and shows it; the page is kept nowhere.
pub(super) async fn add(
    State(portal): State<Arc<Portal>>,
    someone: Anyone,
    headers: HeaderMap,
    mut posted: Posted<Change>,
) -> Response {
    let password = Password::from(std::mem::take(&mut posted.form.mot_de_passe));
    let filled = &posted.form;
    let (name, mut errors) = (filled.nom.trim(), FieldErrors::default());
    if name.is_empty() || name.chars().count() > LONGEST {
        errors.add("nom", "Donnez à la clé un nom de 60 caractères au plus, par exemple celui du logiciel qui l’emploiera.");
    }
    if !filled.is_for(&someone) {
        errors.add("usage-actions", "Choisissez ce que la clé permet.");
    }
    let Some(days) = days(&filled.duree).filter(|_| errors.is_empty()) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return fill_in(&portal, &someone, filled, errors, status).await;
    };
    let holder = FactorHolder {
        account: someone.visitor().account(),
        session: someone.visitor().session(),
        address: login::address(&headers),
    };
    let new = NewApiKey {
        name,
        host: &portal.own.host,
        expires_at: portal.store.clock().now() + days * DAY,
        asks_only: filled.asks_only(),
    };
    let key = match &someone {
        Anyone::Referent(referent) => {
            let within = referent.within(&portal);
            within.add_api_key(holder, &password, new).await
        }
        Anyone::Correspondant(someone) => {
            let overseen = someone.overseen(&portal);
            let key = overseen.add_api_key(holder, someone.by(), &password, new);
            key.await
        }
    };
    match key {
        Ok(key) => made(&portal, &someone, new, key.as_str()).await,
        Err(error) => match second_factor::explain(error) {
            Ok(refused) => {
                errors.add("mot_de_passe", refused.text);
                let page = fill_in(&portal, &someone, filled, errors, refused.status).await;
                login::retry_after(page, refused.wait)
            }
            Err(error) => failed(&error),
        },
    }
}

async fn made(portal: &Portal, someone: &Anyone, new: NewApiKey<'_>, key: &str) -> Response {
    let page = someone.person(portal).await.map(|person| MadePage {
        person: Some(person),
        here: "cles",
        name: new.name.to_owned(),
        key: key.to_owned(),
        expires: date::short(new.expires_at),
        origin: portal.own.origin.clone(),
        asks_only: new.asks_only,
    });
    super::shown(page, StatusCode::OK)
}
