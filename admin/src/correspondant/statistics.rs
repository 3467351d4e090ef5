//! `/cig/statistiques`: how the collectivités fare that somebody follows; as charts, as tables and as
//! a file, all three of the same figures.

mod mask;
mod report;

pub(crate) use mask::Figure;
pub(crate) use report::{Section, sections};

use super::collectivites::{self, Choice};
use super::opening::KINDS;
use super::{Correspondant, failed};
use crate::date;
use crate::import::download;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::table;
use accounts::{Error, Followed, FollowedFilter, Scope};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many collectivités without a référent are named.
const NAMED: usize = 20;

/// The part that the address asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Part {
    pub(super) genre: String,
    pub(super) cdg: String,
    pub(super) departement: String,
}

impl Part {
    pub(super) fn scope(&self) -> Scope {
        Scope {
            cdg: self.cdg.clone(),
            kind: self.genre.clone(),
            department: self.departement.clone(),
        }
    }
}

/// What a part is chosen by.
pub(super) struct Choices {
    pub(super) kinds: Vec<Choice>,
    pub(super) cdgs: Vec<Choice>,
    pub(super) departments: Vec<Choice>,
}

impl Choices {
    pub(super) async fn of(
        portal: &Portal,
        someone: &Correspondant,
        asked: &Part,
    ) -> Result<Self, Error> {
        let kinds = KINDS
            .iter()
            .map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned(), *kind == asked.genre));
        let departments = someone.overseen(portal).list_departments().await?;
        let departments = departments.into_iter().map(|number| {
            let chosen = number == asked.departement;
            (number.clone(), number, chosen)
        });
        Ok(Self {
            kinds: kinds.collect(),
            cdgs: collectivites::cdgs(portal, someone, &asked.cdg).await?,
            departments: departments.collect(),
        })
    }
}

#[derive(Template)]
#[template(path = "cig/statistics.html")]
struct StatisticsPage {
    person: Option<Person>,
    here: &'static str,
    /// The part, as addresses say it.
    query: String,
    part: bool,
    choices: Choices,
    sections: Vec<Section>,
    unattended: Vec<Followed>,
    others: i64,
    on: String,
}

/// Shows them.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Query(asked): Query<Part>,
) -> Response {
    match read(&portal, &someone, &asked).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    someone: &Correspondant,
    asked: &Part,
) -> Result<StatisticsPage, Error> {
    let overseen = someone.overseen(portal);
    let scope = asked.scope();
    let unattended = FollowedFilter {
        unattended: true,
        scope: scope.clone(),
        ..FollowedFilter::default()
    };
    let (mut unattended, total) = overseen.list(&unattended).await?;
    unattended.truncate(NAMED);
    Ok(StatisticsPage {
        person: Some(someone.person(portal).await?),
        here: "statistiques",
        query: serde_html_form::to_string(asked).unwrap_or_default(),
        part: !scope.is_everything(),
        choices: Choices::of(portal, someone, asked).await?,
        sections: sections(portal, &overseen, &scope).await?,
        others: total - i64::try_from(unattended.len()).unwrap_or_default(),
        unattended,
        on: date::long(portal.store.clock().now()),
    })
}

/// The same figures as a file: one on each line, with its names.
pub(crate) async fn export(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Query(asked): Query<Part>,
) -> Response {
    let overseen = someone.overseen(&portal);
    let sections = sections(&portal, &overseen, &asked.scope()).await;
    let sections = match sections {
        Ok(sections) => sections,
        Err(error) => return failed(&error),
    };
    let mut lines = vec![["Tableau", "Ligne", "Colonne", "Valeur"].map(str::to_owned)];
    for Section { title, table, .. } in &sections {
        for (row, figures) in &table.rows {
            for (column, figure) in table.columns.iter().zip(figures) {
                let title = (*title).to_owned();
                lines.push([title, row.clone(), column.clone(), figure.text()]);
            }
        }
    }
    let rows = lines
        .iter()
        .map(|line| line.iter().map(String::as_str).collect());
    download("statistiques.csv", table::write(rows))
}
