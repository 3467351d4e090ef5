//! `/referent/pourquoi`: whose access, and to which page: the question is asked with an address as it was
//! copied from a browser, and answered on the page of that access.

use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::referent::preview::Pairs;
use crate::referent::rules::people::People;
use crate::referent::{Referent, failed, last_part};
use accounts::Error;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Route;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/ask_why.html")]
struct AskPage {
    person: Option<Person>,
    here: &'static str,
    errors: FieldErrors,
    fields: Pairs,
}

/// Asks, or leads to the answer. Fields of the address: `agent`, `adresse`.
pub(crate) async fn ask(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(fields): Query<Pairs>,
) -> Response {
    let read = async {
        let mut errors = FieldErrors::default();
        let asked = fields.pairs().next().is_some();
        let found = if asked {
            read(&portal, &referent, &fields, &mut errors).await?
        } else {
            None
        };
        Ok::<_, Error>((found, errors, referent.person(&portal).await?))
    };
    match read.await {
        Ok((Some(address), ..)) => Redirect::to(&address).into_response(),
        Ok((None, errors, person)) => {
            let page = AskPage {
                person: Some(person),
                here: "droits",
                errors,
                fields,
            };
            page::answer(page.errors.status(), &page)
        }
        Err(error) => failed(&error),
    }
}

/// The address of the answer.
async fn read(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
    errors: &mut FieldErrors,
) -> Result<Option<String>, Error> {
    let people = People::read(portal, referent, true).await?;
    let named = people.find(fields.one("agent")).and_then(|found| {
        let one = found.into_iter().next();
        one.ok_or_else(|| {
            "Écrivez le prénom et le nom de la personne, ou son adresse électronique.".to_owned()
        })
    });
    let person = errors.read("agent", named);
    let route = errors.read("adresse", area(portal, fields.one("adresse").trim()));
    let (Some(person), Some(route)) = (person, route) else {
        return Ok(None);
    };
    let area = serde_html_form::to_string([("rubrique", &*route.id)]).unwrap_or_default();
    let person = last_part(person.as_str());
    Ok(Some(format!(
        "/referent/agents/{person}/droits/{}?{area}",
        route.service
    )))
}

/// The area of an address, or of a service by its name.
fn area(portal: &Portal, text: &str) -> Result<Arc<Route>, String> {
    let called = |name: &str| name.to_lowercase() == text.to_lowercase();
    let mut entrances = portal.entrances.iter();
    let by_name = entrances.find(|entrance| called(&entrance.name));
    let found = by_name.map(|entrance| entrance.route.clone());
    let found = found.or_else(|| portal.area_of(text));
    found.filter(|route| portal.entrance(route.service.as_str()).is_some()).ok_or_else(|| {
        "Cette adresse n’est celle d’aucun service. Copiez-la depuis la barre d’adresse du navigateur, ou écrivez le nom d’un service.".to_owned()
    })
}
