//! Who may, on what, and what may be done: the same decisions, over everything that there is.

use super::asked::{Asked, bad, read, wanted};
use super::{AGENT, Bench};
use crate::api::asked::Caller;
use crate::api::problem::Problem;
use crate::documents;
use crate::entrance::Entrance;
use crate::portal::Portal;
use crate::referent::question::{everybody, judge};
use crate::referent::{Referent, last_part};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Results of a page unless said, and at most.
const PAGE: usize = 100;
const MOST: usize = 1000;

const ACTIONS: [&str; 3] = ["ouvrir", "envoyer", "lire"];

/// A search.
#[derive(Debug, Deserialize)]
pub(super) struct Search {
    #[serde(flatten)]
    asked: Asked,
    #[serde(default)]
    page: Wish,
}

#[derive(Debug, Default, Deserialize)]
struct Wish {
    /// `next_token` of the page before; the id of its last result.
    #[serde(default)]
    token: String,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
pub(super) struct Found<T> {
    results: Vec<T>,
    page: Page,
}

#[derive(Debug, Serialize)]
struct Page {
    /// Empty on the last page.
    next_token: String,
    count: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Match {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Doable {
    name: &'static str,
}

/// One page of what was found, in the order of the ids.
fn page(mut all: Vec<Match>, wish: &Wish) -> Json<Found<Match>> {
    let limit = wish.limit.unwrap_or(PAGE).clamp(1, MOST);
    all.sort_by(|one, another| one.id.cmp(&another.id));
    all.retain(|found| found.id > wish.token);
    let more = all.len() > limit;
    all.truncate(limit);
    let last = all.last().filter(|_| more).map(|found| found.id.clone());
    Json(Found {
        page: Page {
            next_token: last.unwrap_or_default(),
            count: all.len(),
        },
        results: all,
    })
}

/// The agents who may.
pub(super) async fn subjects(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Found<Match>>, Problem> {
    let search: Search = read(&headers, &body)?;
    let asked = &search.asked;
    let resource = asked.resource()?;
    let when = asked.when(&portal, &referent)?;
    let wanted = wanted(&portal, asked.action()?, resource);
    let kind = asked.subject_type()?;
    let Some(wanted) = wanted.filter(|_| kind == AGENT) else {
        return Ok(page(Vec::new(), &search.page));
    };
    let people = everybody(&portal, &referent, when.at).await?;
    let may = people
        .into_iter()
        .filter(|one| judge(&referent, &one.member, &wanted, &when).is_ok());
    let found = may.map(|one| Match {
        kind: AGENT,
        id: last_part(one.member.id.as_str()).to_owned(),
    });
    Ok(page(found.collect(), &search.page))
}

/// What somebody may do that with.
pub(super) async fn resources(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Found<Match>>, Problem> {
    let search: Search = read(&headers, &body)?;
    let asked = &search.asked;
    let mut bench = Bench::new(&portal, &referent);
    let (subject, action) = (asked.subject()?, asked.action()?);
    let kind = asked.resource_type()?;
    let when = asked.when(&portal, &referent)?;
    let Some(member) = bench.member(subject, when.at).await? else {
        return Ok(page(Vec::new(), &search.page));
    };
    let mut found = Vec::new();
    let candidates = candidates(&portal).into_iter();
    for candidate in candidates.filter(|candidate| candidate.kind == kind) {
        let wanted = wanted(&portal, action, (candidate.kind, &candidate.id));
        if wanted.is_some_and(|wanted| judge(&referent, member, &wanted, &when).is_ok()) {
            found.push(candidate);
        }
    }
    Ok(page(found, &search.page))
}

/// Every area, and every kind of documents on every theme in every collection.
fn candidates(portal: &Portal) -> Vec<Match> {
    let routes = portal.entrances.iter().flat_map(Entrance::routes);
    let routes = routes.map(|route| Match {
        kind: "route",
        id: route.id.to_string(),
    });
    let documents = documents::spellings(portal).into_iter().map(|id| Match {
        kind: "document",
        id,
    });
    routes.chain(documents).collect()
}

/// What somebody may do with it.
pub(super) async fn actions(
    State(portal): State<Arc<Portal>>,
    Caller(referent): Caller<Referent>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Found<Doable>>, Problem> {
    let search: Search = read(&headers, &body)?;
    let asked = &search.asked;
    if !search.page.token.is_empty() {
        return Err(bad("Cette recherche n’a qu’une page."));
    }
    let mut bench = Bench::new(&portal, &referent);
    let (subject, resource) = (asked.subject()?, asked.resource()?);
    let when = asked.when(&portal, &referent)?;
    let member = bench.member(subject, when.at).await?;
    let may = ACTIONS.into_iter().filter(|action| {
        let wanted = wanted(&portal, action, resource);
        let judged = wanted.zip(member);
        judged.is_some_and(|(wanted, member)| judge(&referent, member, &wanted, &when).is_ok())
    });
    let results: Vec<_> = may.map(|name| Doable { name }).collect();
    Ok(Json(Found {
        page: Page {
            next_token: String::new(),
            count: results.len(),
        },
        results,
    }))
}
