//! `/referent/agents/{id}/transfert`: somebody is released to another collectivité, on a last day. It
//! is chosen by its public name or SIRET.

use super::{Referent, failed, not_attributed};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, RollEntry, Standing, Transfer};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Attribution;
use serde::Deserialize;
use std::sync::Arc;

/// Fewer letters would name too many.
const LEAST: usize = 3;

#[derive(Template)]
#[template(path = "referent/transfer.html")]
struct TransferPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    filled: Pairs,
    id: String,
    name: String,
    version: i64,
    /// Where they are on the way to.
    open: Option<Underway>,
    /// Whether they can be released at all.
    possible: bool,
    q: String,
    /// Id, name, chosen.
    found: Vec<(String, String, bool)>,
}

/// A transfer that waits for its answer.
struct Underway {
    to: String,
    last_day: String,
    until: String,
}

impl Underway {
    fn of(transfer: &Transfer) -> Self {
        Self {
            to: transfer.to.clone(),
            last_day: date::last_day(transfer.left_at),
            until: date::short(transfer.expires_at),
        }
    }
}

/// What the address asks for, and what was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    fait: String,
}

/// Shows where it stands.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let filled = (Pairs::default(), FieldErrors::default());
    shown(&portal, &referent, &id, asked, filled).await
}

async fn shown(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    asked: Asked,
    filled: (Pairs, FieldErrors),
) -> Response {
    match read(portal, referent, id, asked, filled).await {
        Ok(page) if page.errors.is_empty() => page::answer(StatusCode::OK, &page),
        Ok(page) => page::answer(StatusCode::UNPROCESSABLE_ENTITY, &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    asked: Asked,
    (filled, mut errors): (Pairs, FieldErrors),
) -> Result<TransferPage, Error> {
    let within = referent.within(portal);
    let membership = referent.membership(id);
    let entry = within.get(&membership).await?;
    let q = asked.q.trim().to_owned();
    let found = if q.chars().count() >= LEAST {
        within.find_receivers(&q).await?
    } else {
        Vec::new()
    };
    if !q.is_empty() && found.is_empty() {
        errors.add(
            "q",
            "Aucune collectivité de ce nom ou de ce SIRET n’utilise ce portail. Saisissez au moins trois lettres de son nom, ou ses quatorze chiffres.",
        );
    }
    let chosen = filled.one("vers").to_owned();
    let only = found.len() == 1;
    let person = referent.person(portal).await?;
    Ok(TransferPage {
        token: person.token.clone(),
        person: Some(person),
        here: "agents",
        done: match asked.fait.as_str() {
            "liberation" => {
                "Le transfert est proposé. La personne et les référents de l’autre collectivité sont avertis par courriel."
            }
            "annulation" => "Le transfert est annulé\u{a0}: la personne reste.",
            _ => "",
        },
        errors,
        filled,
        id: id.to_owned(),
        name: entry.full_name(),
        version: entry.version,
        open: within
            .find_transfer(&membership)
            .await?
            .as_ref()
            .map(Underway::of),
        possible: is_possible(referent, &entry),
        q,
        found: found
            .into_iter()
            .map(|(id, name)| {
                let chosen = only || id.as_str() == chosen;
                (id.to_string(), name, chosen)
            })
            .collect(),
    })
}

/// Somebody who can log in here, and is not the one who looks.
fn is_possible(referent: &Referent, entry: &RollEntry) -> bool {
    entry.standing == Standing::Active && entry.id != *referent.purview.by()
}

/// Releases, or takes back. Fields: `pas` (`liberer`, `annuler`), `version`, `vers`, `dernier-jour`, `q`.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let fields = posted.form;
    let within = referent.within(&portal);
    let member = match within.member(&referent.membership(&id)).await {
        Ok(member) => member,
        Err(error) => return failed(&error),
    };
    let leave = match referent.attribute(&member) {
        Ok(leave) => leave,
        Err(refusal) => return not_attributed(&refusal),
    };
    let version = fields.one("version").parse().unwrap_or_default();
    if fields.one("pas") == "annuler" {
        return match within.cancel_release(&leave, version).await {
            Ok(()) => back(&id, "annulation"),
            Err(error) => not_taken(&error),
        };
    }
    let mut errors = FieldErrors::default();
    let asked = Asked {
        q: fields.one("q").to_owned(),
        fait: String::new(),
    };
    let Some(left_at) = read_fields(&portal, &fields, &mut errors) else {
        return shown(&portal, &referent, &id, asked, (fields, errors)).await;
    };
    match release(&portal, &referent, &leave, version, (&fields, left_at)).await {
        Ok(()) => back(&id, "liberation"),
        Err(error) => not_taken(&error),
    }
}

async fn release(
    portal: &Portal,
    referent: &Referent,
    leave: &Attribution,
    version: i64,
    (fields, left_at): (&Pairs, i64),
) -> Result<(), Error> {
    let to = fields.one("vers").into();
    let within = referent.within(portal);
    within.release(leave, version, &to, left_at).await
}

/// The end of the last day; the collectivité must be chosen too.
fn read_fields(portal: &Portal, fields: &Pairs, errors: &mut FieldErrors) -> Option<i64> {
    if fields.one("vers").is_empty() {
        errors.add(
            "vers",
            "Choisissez la collectivité où va la personne. Si elle n’est pas dans la liste, cherchez-la par un autre mot de son nom ou par son SIRET.",
        );
    }
    let last_day = read_last_day(portal, fields.one("dernier-jour"));
    let left_at = errors.read("dernier-jour", last_day);
    left_at.filter(|_| errors.is_empty())
}

/// The end of a last day that has not passed.
pub(crate) fn read_last_day(portal: &Portal, text: &str) -> Result<i64, String> {
    let left_at = date::parse(text).and_then(date::end_of);
    let left_at = left_at.filter(|at| *at > portal.store.clock().now());
    left_at.ok_or_else(|| "Saisissez une date d’aujourd’hui ou à venir, au format jj/mm/aaaa, par exemple 31/12/2026.".to_owned())
}

fn back(id: &str, done: &str) -> Response {
    Redirect::to(&format!("/referent/agents/{id}/transfert?fait={done}")).into_response()
}

/// Why it is not done.
fn not_taken(error: &Error) -> Response {
    match error {
        Error::NotFound {
            what: "transfer", ..
        } => crate::referent::failure(
            StatusCode::NOT_FOUND,
            "Ce transfert n’attend plus de réponse",
            "L’autre collectivité y a répondu, ou le délai de trente jours est passé. Rouvrez la fiche de la personne.",
        ),
        Error::NotFound {
            what: "collectivité",
            ..
        } => crate::referent::failure(
            StatusCode::NOT_FOUND,
            "Cette collectivité ne peut pas recevoir la personne",
            "Elle n’utilise pas ou plus ce portail. Revenez à la page précédente et choisissez-en une autre, ou notez seulement le départ.",
        ),
        Error::Exists { .. } => crate::referent::failure(
            StatusCode::CONFLICT,
            "Un transfert est déjà proposé pour cette personne",
            "Annulez-le d’abord depuis sa fiche, puis recommencez.",
        ),
        error => failed(error),
    }
}
