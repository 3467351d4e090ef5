//! `/cig/garde-fous/nouveau` and `/cig/garde-fous/{id}/modifier`: the form of a guardrail. What is sent is
//! shown with the collectivités that it would hit, and published from there.

use super::preview::{self, Change};
use super::read::{ONLY, PHRASE, live, read};
use crate::correspondant::{Correspondant, failed};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::rules::fields;
use crate::referent::rules::form::live::Live;
use crate::referent::rules::form::{Choice, Sorts, days, targets};
use accounts::{Error, RuleVersion};
use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Guardrail, Rule};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "cig/guardrail_form.html")]
struct FormPage<'a> {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    address: &'a str,
    fields: &'a Pairs,
    /// The name of the only collectivité; empty for all.
    only: String,
    targets: Vec<(String, Vec<Choice>)>,
    sorts: Sorts,
    days: Vec<Choice>,
    /// What it says so far.
    live: Live,
    /// The sentence as it was typed, or the same.
    phrase: String,
    /// The name of a service.
    example: &'a str,
}

/// A guardrail that is being written, over a version (0: there is none).
struct Begun {
    id: String,
    based_on: i64,
    address: String,
    /// The only collectivité of the one that it is written over, empty for all.
    only: Option<String>,
}

impl Begun {
    fn new() -> Self {
        Self {
            id: String::new(),
            based_on: 0,
            address: "/cig/garde-fous/nouveau".to_owned(),
            only: None,
        }
    }

    fn over(newest: &RuleVersion) -> Self {
        let only = Guardrail::only_of(&newest.rule);
        Self {
            id: newest.rule.id.clone(),
            based_on: newest.version,
            address: format!("/cig/garde-fous/{}/modifier", newest.rule.id),
            only: Some(only.map_or_else(String::new, |only| only.to_string())),
        }
    }
}

/// An empty form. Field of the address: `collectivite`, for one alone.
pub(super) async fn new(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Query(fields): Query<Pairs>,
) -> Response {
    let begun = Begun::new();
    show(&portal, &someone, &begun, &fields, FieldErrors::default()).await
}

/// The form of a version; the newest unless the address names one. Field: `version`.
pub(super) async fn edit(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
    Query(asked): Query<Pairs>,
) -> Response {
    let versions = match someone.overseen(&portal).list_guardrail_versions(&id).await {
        Ok(versions) => versions,
        Err(error) => return failed(&error),
    };
    let wanted: Option<i64> = asked.one("version").parse().ok();
    let mut found = versions.iter();
    let found = found.find(|version| wanted.is_none_or(|wanted| version.version == wanted));
    let (Some(newest), Some(found)) = (versions.first(), found) else {
        return failed(&missing(&id));
    };
    let fields = filled(&found.rule);
    let begun = Begun::over(newest);
    show(&portal, &someone, &begun, &fields, FieldErrors::default()).await
}

fn missing(id: &str) -> Error {
    Error::NotFound {
        what: "guardrail",
        id: id.to_owned(),
    }
}

fn filled(rule: &Rule) -> Pairs {
    let mut filled = rule
        .model()
        .map(|model| fields::of(&model, |_| String::new()))
        .unwrap_or_default();
    if let Some(only) = Guardrail::only_of(rule) {
        filled.add(ONLY, only.to_string());
    }
    filled
}

/// Takes a new one. Fields besides the form's: `pas` (`publier`, `modifier`), `apercu`, `motif`,
/// `confirme`.
pub(super) async fn add(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    posted: Posted<Pairs>,
) -> Response {
    take(&portal, &someone, &Begun::new(), &posted.form).await
}

/// Takes another text of one. Fields as for a new one.
pub(super) async fn change(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let versions = someone.overseen(&portal).list_guardrail_versions(&id).await;
    match versions.as_deref() {
        Ok([newest, ..]) => take(&portal, &someone, &Begun::over(newest), &posted.form).await,
        Ok([]) => failed(&missing(&id)),
        Err(error) => failed(error),
    }
}

async fn take(portal: &Portal, someone: &Correspondant, begun: &Begun, fields: &Pairs) -> Response {
    if !someone.is_of_cig() {
        return failed(&missing(&begun.id));
    }
    // Of which collectivité one is, is chosen once: another one is written for another.
    let fields = &match &begun.only {
        Some(only) => fields.with(ONLY, only),
        None => fields.clone(),
    };
    let (model, only) = match read(portal, fields) {
        Ok(read) if fields.one("pas") != "modifier" => read,
        Ok(_) => return show(portal, someone, begun, fields, FieldErrors::default()).await,
        Err(errors) => return show(portal, someone, begun, fields, errors).await,
    };
    let text = match Guardrail::write(&model, only.as_ref()) {
        Ok(text) => text,
        Err(error) => return failed(&error.into()),
    };
    let id = if begun.id.is_empty() {
        Uuid::now_v7().to_string()
    } else {
        begun.id.clone()
    };
    let change = Change {
        rule: Rule { id, text },
        based_on: begun.based_on,
        ends: false,
        address: begun.address.clone(),
    };
    preview::take(portal, someone, &change, fields).await
}

/// What it says so far. Fields: the form's.
pub(super) async fn say(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    posted: Posted<Pairs>,
) -> Response {
    if !someone.is_of_cig() {
        return failed(&missing("phrase"));
    }
    match live(&portal, &posted.form) {
        Ok(live) => Json(live).into_response(),
        Err(error) => failed(&error),
    }
}

async fn show(
    portal: &Portal,
    someone: &Correspondant,
    begun: &Begun,
    fields: &Pairs,
    errors: FieldErrors,
) -> Response {
    if !someone.is_of_cig() {
        return failed(&missing(&begun.id));
    }
    let person = match someone.person(portal).await {
        Ok(person) => person,
        Err(error) => return failed(&error),
    };
    let only = portal.directory.find(&fields.one(ONLY).into());
    if only.is_none() && !fields.one(ONLY).is_empty() {
        return failed(&missing(fields.one(ONLY)));
    }
    let entrances: Vec<_> = portal.entrances.iter().collect();
    let live = match live(portal, fields) {
        Ok(live) => live,
        Err(error) => return failed(&error),
    };
    let typed = fields.one(PHRASE);
    let page = FormPage {
        token: person.token.clone(),
        person: Some(person),
        here: "garde-fous",
        errors,
        address: &begun.address,
        fields,
        only: only.map_or_else(String::new, |entry| entry.collectivite.name.clone()),
        targets: targets(&entrances, fields.one("cible")),
        example: entrances.last().map_or("BIP", |entrance| &entrance.name),
        phrase: if typed.is_empty() {
            live.sentence.clone()
        } else {
            typed.to_owned()
        },
        live,
        sorts: Sorts::of(portal, fields),
        days: days(fields),
    };
    page::with_script(portal, page::answer(page.errors.status(), &page))
}

/// Where whoever was too late begins anew.
pub(super) fn again(change: &Change) -> Response {
    Redirect::to(&change.address).into_response()
}
