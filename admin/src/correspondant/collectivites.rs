//! `/cig/collectivites`: the list, searched, filtered, page by page.

use super::{Correspondant, failed};
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{Error, FOLLOWED_PAGE, Followed, FollowedFilter, Progress};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const ADDRESS: &str = "/cig/collectivites";

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    etat: String,
    cdg: String,
    page: i64,
}

impl Asked {
    fn filter(&self) -> FollowedFilter {
        FollowedFilter {
            search: self.q.clone(),
            progress: Progress::parse(&self.etat),
            orphaned: self.etat == ORPHANED,
            cdg: self.cdg.clone(),
            page: self.page.max(1),
        }
    }

    fn at(&self, page: i64) -> String {
        let asked = Self {
            page,
            ..self.clone()
        };
        format!(
            "{ADDRESS}?{}",
            serde_html_form::to_string(asked).unwrap_or_default()
        )
    }
}

/// What filters offer: value, name, chosen.
pub(super) type Choice = (String, String, bool);

const ORPHANED: &str = "sans-referent";

struct Row {
    id: String,
    name: String,
    siret: String,
    cdg: String,
    progress: &'static str,
    orphaned: bool,
}

#[derive(Template)]
#[template(path = "cig/collectivites.html")]
struct ListPage {
    person: Option<Person>,
    here: &'static str,
    asked: Asked,
    filters: bool,
    rows: Vec<Row>,
    total: i64,
    pages: i64,
    page: i64,
    previous: Option<String>,
    next: Option<String>,
    states: Vec<Choice>,
    cdgs: Vec<Choice>,
}

/// Shows a page of it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Query(asked): Query<Asked>,
) -> Response {
    match list(&portal, &someone, asked).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

/// « Désignation reçue ».
pub(super) fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Awaited => "À relancer",
        Progress::Received => "Désignation reçue",
        Progress::Checked => "Désignation vérifiée",
        Progress::Active => "Active",
        Progress::Closed => "Fermée",
    }
}

async fn list(portal: &Portal, someone: &Correspondant, asked: Asked) -> Result<ListPage, Error> {
    let overseen = someone.overseen(portal);
    let (found, total) = overseen.list(&asked.filter()).await?;
    let pages = ((total + FOLLOWED_PAGE - 1) / FOLLOWED_PAGE).max(1);
    let page = asked.page.clamp(1, pages);
    let mut states = Vec::new();
    for state in Progress::ALL {
        let filter = FollowedFilter {
            progress: Some(state),
            ..FollowedFilter::default()
        };
        let name = format!("{} ({})", progress(state), overseen.count(&filter).await?);
        states.push((
            state.as_str().to_owned(),
            name,
            state.as_str() == asked.etat,
        ));
    }
    let orphaned = FollowedFilter {
        orphaned: true,
        ..FollowedFilter::default()
    };
    let name = format!(
        "N’a plus de référent ({})",
        overseen.count(&orphaned).await?
    );
    states.push((ORPHANED.to_owned(), name, asked.etat == ORPHANED));
    Ok(ListPage {
        person: Some(someone.person(portal).await?),
        here: "collectivites",
        filters: ![&asked.q, &asked.etat, &asked.cdg]
            .iter()
            .all(|text| text.is_empty()),
        rows: found.into_iter().map(row).collect(),
        total,
        pages,
        page,
        previous: (page > 1).then(|| asked.at(page - 1)),
        next: (page < pages).then(|| asked.at(page + 1)),
        states,
        cdgs: cdgs(portal, someone, &asked.cdg).await?,
        asked,
    })
}

/// The CDG to choose from; none for a CDG, whose collectivités are all its own.
pub(super) async fn cdgs(
    portal: &Portal,
    someone: &Correspondant,
    chosen: &str,
) -> Result<Vec<Choice>, Error> {
    if someone.oversight.affiliated_to().is_some() {
        return Ok(Vec::new());
    }
    let found = someone.overseen(portal).list_cdgs().await?;
    let choices = found.into_iter().map(|(id, name)| {
        let chosen = id == chosen;
        (id, name, chosen)
    });
    Ok(choices.collect())
}

fn row(followed: Followed) -> Row {
    Row {
        id: followed.id.to_string(),
        name: followed.name,
        siret: followed.siret.unwrap_or_else(|| "Inconnu".to_owned()),
        cdg: followed.cdg_name.unwrap_or_else(|| "Aucun".to_owned()),
        progress: progress(followed.progress),
        orphaned: followed.orphaned,
    }
}
