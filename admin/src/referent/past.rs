//! `/referent/droits/passe`: who could open what at a past moment, from the versions of rules, rights
//! and people; on the page, and as a file.

use super::preview::Pairs;
use super::rules::Circumstances;
use super::scene::{PastScene, Scene, UNKNOWN};
use super::{Referent, failed, last_part};
use crate::access;
use crate::entrance::{Entrance, NOTHING};
use crate::fields::FieldErrors;
use crate::import::download;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::table;
use accounts::{Error, PastMember};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Principal;
use std::sync::Arc;

/// How many people a page shows.
const SHOWN: usize = 50;

const ADDRESS: &str = "/referent/droits/passe";

/// Somebody, and how far each service was open to them.
struct Row {
    id: String,
    name: String,
    levels: Vec<String>,
}

#[derive(Template)]
#[template(path = "referent/past.html")]
struct PastPage {
    person: Option<Person>,
    here: &'static str,
    errors: FieldErrors,
    fields: Pairs,
    /// The networks to choose from.
    networks: Vec<(String, String, bool)>,
    /// « le 24 novembre 2026 à 9 h 05 »; empty until somebody asks.
    moment: String,
    /// The same circumstances, as the address carries them.
    query: String,
    caveat: &'static str,
    unknown: i64,
    services: Vec<(String, String)>,
    rows: Vec<Row>,
    total: usize,
    page: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
}

/// Shows it. Fields of the address: `jour`, `heure`, `reseau`, `facteur`, `page`.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(fields): Query<Pairs>,
) -> Response {
    match read(&portal, &referent, fields).await {
        Ok(page) => page::answer(page.errors.status(), &page),
        Err(error) => failed(&error),
    }
}

async fn read(portal: &Portal, referent: &Referent, fields: Pairs) -> Result<PastPage, Error> {
    let mut errors = FieldErrors::default();
    let asked = asked(portal, &fields, &mut errors);
    let past = match &asked {
        Some(asked) => PastScene::of(portal, referent, asked, None).await?,
        None => None,
    };
    let people = past.as_ref().map_or(&[][..], |past| &past.people);
    let (total, pages) = (people.len(), people.len().div_ceil(SHOWN).max(1));
    let page = fields.one("page").parse().unwrap_or(1).clamp(1, pages);
    let shown = people.chunks(SHOWN).nth(page - 1).unwrap_or_default();
    let rows = past.as_ref().map_or_else(Vec::new, |past| {
        let services = referent.services(portal);
        rows(&services, &past.scene, shown)
    });
    let query = asked
        .as_ref()
        .map_or_else(String::new, Circumstances::query);
    let at = |page: usize| format!("{ADDRESS}?{query}&page={page}");
    let network = |name: &str| {
        let chosen = fields.one("reseau") == name;
        (name.to_owned(), name.to_owned(), chosen)
    };
    let networks = referent.entry.networks.iter();
    let services = referent.services(portal).into_iter();
    Ok(PastPage {
        person: Some(referent.person(portal).await?),
        here: "droits",
        errors,
        networks: networks.map(|one| network(&one.name)).collect(),
        moment: asked.as_ref().map_or_else(String::new, super::scene::said),
        caveat: match &past {
            Some(past) => past.scene.caveat,
            None => UNKNOWN,
        },
        unknown: past.as_ref().map_or(0, |past| past.unknown),
        services: services
            .map(|service| (service.id.to_string(), service.name.clone()))
            .collect(),
        rows,
        total,
        page,
        pages,
        previous: (page > 1).then(|| at(page - 1)),
        next: (page < pages).then(|| at(page + 1)),
        query,
        fields,
    })
}

/// The circumstances, once they lie in the past.
fn asked(portal: &Portal, fields: &Pairs, errors: &mut FieldErrors) -> Option<Circumstances> {
    let asked = match Circumstances::chosen(fields) {
        Ok(None) if fields.pairs().next().is_some() => {
            errors.add("jour", "Écrivez un jour passé, comme 31/12/2025.");
            return None;
        }
        Ok(asked) => asked?,
        Err(found) => {
            *errors = found;
            return None;
        }
    };
    if asked.at >= portal.store.clock().now() {
        errors.add(
            "jour",
            "Choisissez un moment passé. Pour aujourd’hui, voyez les droits des agents.",
        );
        return None;
    }
    Some(asked)
}

fn rows(services: &[&Entrance], scene: &Scene, people: &[PastMember]) -> Vec<Row> {
    let people = people.iter().map(|person| {
        let principal = Principal::Member(Arc::new(person.member.clone()));
        let level = |service| {
            let opening = access::open(&scene.ruleset, &principal, service, &scene.situation);
            opening.map_or_else(|_| NOTHING.to_owned(), |opening| opening.name())
        };
        Row {
            id: last_part(person.member.id.as_str()).to_owned(),
            name: person.name.clone(),
            levels: services.iter().map(|service| level(service)).collect(),
        }
    });
    people.collect()
}

/// The same as a file, everybody in it.
pub(crate) async fn export(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(fields): Query<Pairs>,
) -> Response {
    let mut errors = FieldErrors::default();
    let Some(asked) = asked(&portal, &fields, &mut errors) else {
        // The page says what is to be mended.
        return Redirect::to(ADDRESS).into_response();
    };
    let past = match PastScene::of(&portal, &referent, &asked, None).await {
        Ok(Some(past)) => past,
        Ok(None) => return Redirect::to(&format!("{ADDRESS}?{}", asked.query())).into_response(),
        Err(error) => return failed(&error),
    };
    let services = referent.services(&portal);
    let names = services.iter().map(|service| service.name.as_str());
    let headings: Vec<_> = std::iter::once("Agent")
        .chain(names)
        .chain(["Moment"])
        .collect();
    let own: Vec<Entrance> = services.iter().map(|&service| service.clone()).collect();
    // A whole town is decided about: off the threads that answer others.
    let decided = tokio::task::spawn_blocking(move || {
        let services: Vec<_> = own.iter().collect();
        rows(&services, &past.scene, &past.people)
    });
    let rows = match decided.await {
        Ok(rows) => rows,
        Err(error) => return failed(&Error::Unreadable(error.to_string())),
    };
    let moment = super::scene::said(&asked);
    let lines = rows.iter().map(|row| {
        let levels = row.levels.iter().map(String::as_str);
        let moment = [moment.as_str()];
        std::iter::once(row.name.as_str())
            .chain(levels)
            .chain(moment)
            .collect()
    });
    download(
        "droits-passes.csv",
        table::write(std::iter::once(headings).chain(lines)),
    )
}
