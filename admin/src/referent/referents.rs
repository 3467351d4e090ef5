//! `/referent/referents`: who administers the collectivité and until when, and the form that the
//! *autorité territoriale* signs to designate another one, or somebody who stands in for a time.

use super::{Referent, failed};
use crate::correspondant::designations::{Filled, read_fields};
use crate::date;
use crate::designation_form::{self, Paper};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, Mandate};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

struct Row {
    name: String,
    login: String,
    state: String,
}

#[derive(Template)]
#[template(path = "referent/referents.html")]
struct ReferentsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    filled: Pairs,
    rows: Vec<Row>,
    /// Value, name, chosen: whom the designated person stands in for.
    replaced: Vec<(String, String, bool)>,
    /// Whether no second référent can work now.
    alone: bool,
}

fn row(mandate: &Mandate) -> Row {
    let from = mandate
        .from
        .map(|at| format!(", à partir du {}", date::short(at)));
    let until = mandate.until;
    let until = until.map(|at| format!(", jusqu’au {} inclus", date::last_day(at)));
    let state = if mandate.active {
        "En activité"
    } else {
        "Pas encore en activité, ou suspendu"
    };
    let renew = mandate.renew_by.map(|at| {
        format!(
            ". Désignation à renouveler au plus tard le {}",
            date::last_day(at)
        )
    });
    Row {
        name: mandate.name.clone(),
        login: mandate.login.clone(),
        state: format!(
            "{state}{}{}{}",
            from.unwrap_or_default(),
            until.unwrap_or_default(),
            renew.unwrap_or_default()
        ),
    }
}

/// The list, and the form.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    list(&portal, &referent, Pairs::default(), FieldErrors::default()).await
}

async fn list(
    portal: &Portal,
    referent: &Referent,
    filled: Pairs,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    let read = async {
        let mandates = referent.within(portal).list_mandates().await?;
        let person = referent.person(portal).await?;
        let chosen = filled.one("remplace");
        let choice = |mandate: &Mandate| {
            let name = mandate.name.clone();
            (name.clone(), name, mandate.name == chosen)
        };
        Ok::<_, Error>(ReferentsPage {
            token: person.token.clone(),
            person: Some(person),
            here: "referents",
            rows: mandates.iter().map(row).collect(),
            replaced: mandates.iter().map(choice).collect(),
            alone: mandates.iter().filter(|mandate| mandate.active).count() < 2,
            errors,
            filled,
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// The form to print. Nothing is kept: a designation is a case of the centre de gestion.
pub(crate) async fn print(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let fields = posted.form;
    let mut errors = FieldErrors::default();
    let says = read_fields(
        &Filled::from(&fields),
        portal.store.clock().now(),
        &mut errors,
    );
    let read = async {
        let within = referent.within(&portal);
        let (mandates, siret) = (within.list_mandates().await?, within.siret().await?);
        Ok::<_, Error>((mandates, siret, referent.person(&portal).await?))
    };
    let (mandates, siret, person) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    let mut replaced = mandates.into_iter().map(|mandate| mandate.name);
    let replaced = replaced.find(|name| name == fields.one("remplace"));
    let ends = says.as_ref().is_some_and(|says| says.ends_at.is_some());
    if replaced.is_some() && !ends && errors.of("fin").is_none() {
        errors.add(
            "fin",
            "Saisissez le dernier jour du remplacement, au format jj/mm/aaaa, par exemple 31/12/2026.",
        );
    }
    let (true, Some(says)) = (errors.is_empty(), says) else {
        return list(&portal, &referent, fields, errors).await;
    };
    let own = &referent.entry.collectivite;
    let above = portal.directory.body_above(own);
    let paper = Paper {
        collectivite: own.name.clone(),
        siret,
        says,
        stands_in_for: replaced.unwrap_or_default(),
        back: "/referent/referents".to_owned(),
        back_to: above.map_or_else(String::new, |above| above.collectivite.name.clone()),
    };
    designation_form::print(&portal, person, paper)
}
