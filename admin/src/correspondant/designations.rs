//! `/cig/collectivites/{id}/designations`: whom the *autorité territoriale* designates, written down.

use super::{Correspondant, Supervisor, failed};
use crate::date;
use crate::fields::{self, FieldErrors};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Designation, DesignationState, Error, NewDesignation, Over};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

pub(super) struct CaseRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) on: String,
}

#[derive(Template)]
#[template(path = "cig/designations.html")]
struct DesignationsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    id: String,
    collectivite: String,
    cases: Vec<CaseRow>,
    filled: Pairs,
}

/// « Vérifiée, à renouveler au plus tard le 30/06/2027 ».
pub(super) fn state(case: &Designation) -> String {
    let renewal = case.renew_by.map_or_else(String::new, |at| {
        format!(", à renouveler au plus tard le {}", date::last_day(at))
    });
    match case.state {
        DesignationState::Recorded => "Document signé attendu".to_owned(),
        DesignationState::Received => "Reçue, à vérifier par une deuxième personne".to_owned(),
        DesignationState::Checked => format!("Vérifiée{renewal}"),
        DesignationState::Rejected => "Rejetée".to_owned(),
        DesignationState::Ended => "Terminée".to_owned(),
        DesignationState::Abandoned => "Abandonnée".to_owned(),
    }
}

/// The list, and the form for a new one.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
) -> Response {
    let over = someone.over(&portal, &leave);
    form(
        &portal,
        &someone,
        over,
        Pairs::default(),
        FieldErrors::default(),
    )
    .await
}

async fn form(
    portal: &Portal,
    someone: &Correspondant,
    over: Over<'_>,
    filled: Pairs,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    let read = async {
        let record = over.record().await?;
        let person = someone.person(portal).await?;
        let cases = over.list_designations().await?;
        let row = |case: &Designation| CaseRow {
            id: case.id.clone(),
            name: case.full_name(),
            state: state(case),
            on: date::short(case.recorded_at),
        };
        Ok::<_, Error>(DesignationsPage {
            token: person.token.clone(),
            person: Some(person),
            here: "collectivites",
            errors,
            id: record.collectivite.id.to_string(),
            collectivite: record.collectivite.name,
            cases: cases.iter().map(row).collect(),
            filled,
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// A day that may be left out.
pub(super) fn day(
    field: &'static str,
    text: &str,
    moment: fn(jiff::civil::Date) -> Option<i64>,
    errors: &mut FieldErrors,
) -> Option<i64> {
    if text.trim().is_empty() {
        return None;
    }
    let at = date::parse(text).and_then(moment);
    if at.is_none() {
        errors.add(
            field,
            "Saisissez une date au format jj/mm/aaaa, par exemple 31/12/2026.",
        );
    }
    at
}

/// What is filled in to designate somebody.
pub(crate) struct Filled<'a> {
    pub(crate) prenom: &'a str,
    pub(crate) nom: &'a str,
    pub(crate) courriel: &'a str,
    pub(crate) signataire: &'a str,
    pub(crate) qualite: &'a str,
    /// The first and the last day; at once and without end where they are left out.
    pub(crate) debut: &'a str,
    pub(crate) fin: &'a str,
}

impl<'a> From<&'a Pairs> for Filled<'a> {
    fn from(fields: &'a Pairs) -> Self {
        Self {
            prenom: fields.one("prenom"),
            nom: fields.one("nom"),
            courriel: fields.one("courriel"),
            signataire: fields.one("signataire"),
            qualite: fields.one("qualite"),
            debut: fields.one("debut"),
            fin: fields.one("fin"),
        }
    }
}

/// The first and the last day of a designation, as people fill them in.
pub(crate) fn days(says: &NewDesignation) -> (String, String) {
    let first = says.starts_at.map_or_else(String::new, date::short);
    let last = says.ends_at.map_or_else(String::new, date::last_day);
    (first, last)
}

/// What a designation says, or what is wrong with it.
pub(crate) fn read_fields(
    filled: &Filled<'_>,
    now: i64,
    errors: &mut FieldErrors,
) -> Option<NewDesignation> {
    let mut name = |field, text, what: &str| errors.read(field, fields::name(text, what));
    let given_name = name("prenom", filled.prenom, "le prénom");
    let family_name = name("nom", filled.nom, "le nom");
    let login = errors.read("courriel", fields::address(filled.courriel));
    if login.as_deref().is_some_and(fields::is_generic) {
        errors.add(
            "courriel",
            "Saisissez l’adresse que seul le référent lit : celle-ci semble être l’adresse d’un service.",
        );
    }
    let mut name = |field, text, what: &str| errors.read(field, fields::name(text, what));
    let signer = name(
        "signataire",
        filled.signataire,
        "le nom de l’autorité territoriale",
    );
    let title = name(
        "qualite",
        filled.qualite,
        "la qualité de l’autorité territoriale, par exemple « Maire »",
    );
    let starts_at = day("debut", filled.debut, date::start_of, errors);
    let ends_at = day("fin", filled.fin, date::end_of, errors);
    if ends_at.is_some_and(|end| end <= starts_at.unwrap_or(now)) {
        errors.add(
            "fin",
            format!(
                "Saisissez une date de fin postérieure au {}.",
                date::short(starts_at.unwrap_or(now))
            ),
        );
    }
    if !errors.is_empty() {
        return None;
    }
    Some(NewDesignation {
        given_name: given_name?,
        family_name: family_name?,
        login: login?,
        authority_name: signer?,
        authority_title: title?,
        starts_at,
        ends_at,
    })
}

/// Writes one down.
pub(crate) async fn record(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let over = someone.over(&portal, &leave);
    let mut errors = FieldErrors::default();
    let now = portal.store.clock().now();
    let Some(new) = read_fields(&Filled::from(&posted.form), now, &mut errors) else {
        return form(&portal, &someone, over, posted.form, errors).await;
    };
    match over.designate(&new).await {
        Ok(case) => {
            let to = format!("/cig/collectivites/{id}/designations/{case}?fait=enregistrement");
            Redirect::to(&to).into_response()
        }
        Err(error) => failed(&error),
    }
}
