//! `/cig/collectivites`: the list, searched, filtered, page by page.

use super::statistics::{Choices, Part};
use super::{Correspondant, failed};
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{Error, FOLLOWED_PAGE, Followed, FollowedFilter, Overseen, Progress};
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
    genre: String,
    cdg: String,
    departement: String,
    page: i64,
}

impl Asked {
    /// The part of the list, as the statistics choose it too.
    fn part(&self) -> Part {
        Part {
            genre: self.genre.clone(),
            cdg: self.cdg.clone(),
            departement: self.departement.clone(),
        }
    }

    fn filter(&self) -> FollowedFilter {
        FollowedFilter {
            search: self.q.clone(),
            progress: Progress::parse(&self.etat),
            orphaned: self.etat == ORPHANED,
            unattended: self.etat == UNATTENDED,
            scope: self.part().scope(),
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
const UNATTENDED: &str = "sans-referent-actif";

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
    choices: Choices,
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
    let states = states(&overseen, &asked.etat).await?;
    Ok(ListPage {
        person: Some(someone.person(portal).await?),
        here: "collectivites",
        filters: !(asked.q.is_empty() && asked.etat.is_empty() && asked.part() == Part::default()),
        rows: found.into_iter().map(row).collect(),
        total,
        pages,
        page,
        previous: (page > 1).then(|| asked.at(page - 1)),
        next: (page < pages).then(|| asked.at(page + 1)),
        states,
        choices: Choices::of(portal, someone, &asked.part()).await?,
        asked,
    })
}

/// The states to choose from, each with how many are in it.
async fn states(overseen: &Overseen<'_>, chosen: &str) -> Result<Vec<Choice>, Error> {
    let everything = FollowedFilter::default();
    let counts = overseen.count_by_progress(&everything).await?;
    let orphaned = FollowedFilter {
        orphaned: true,
        ..everything.clone()
    };
    let unattended = FollowedFilter {
        unattended: true,
        ..everything
    };
    let (orphaned, unattended) = (
        overseen.count(&orphaned).await?,
        overseen.count(&unattended).await?,
    );
    let states = Progress::ALL.map(|state| {
        let count = counts.get(&state).copied().unwrap_or_default();
        (state.as_str(), progress(state), count)
    });
    let others = [
        (UNATTENDED, "Sans référent en activité", unattended),
        (ORPHANED, "N’a plus de référent", orphaned),
    ];
    let choices = states
        .into_iter()
        .chain(others)
        .map(|(id, name, count)| (id.to_owned(), format!("{name} ({count})"), id == chosen));
    Ok(choices.collect())
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
