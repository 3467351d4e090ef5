//! `/api/v1/statistics`: the figures of the page, hidden where the page hides them.

use super::asked::{Caller, Parameters};
use super::collectivites::scope;
use super::page::Whole;
use super::problem::Problem;
use crate::correspondant::Correspondant;
use crate::correspondant::statistics::{self, Section, sections};
use crate::portal::Portal;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Of which part of the collectivités.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// `collectivite`, `etablissement` or `cdg`.
    kind: String,
    /// The id of a centre de gestion.
    cdg: String,
    /// The number of a département: `93`, `2A`, `974`.
    department: String,
}

/// A table of figures.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatisticsTable {
    #[schema(example = "comptes")]
    id: &'static str,
    title: &'static str,
    explanation: &'static str,
    columns: Vec<String>,
    rows: Vec<StatisticsRow>,
}

/// A row of it.
#[derive(Debug, Serialize, ToSchema)]
struct StatisticsRow {
    name: String,
    /// One for each column.
    figures: Vec<Figure>,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
struct Figure {
    /// Null when it is not told: of fewer than five people, or it would give such a number away.
    value: Option<i64>,
    /// As the page says it: « 12 », « 75 % », « moins de 5 », « masqué ».
    text: String,
}

impl From<statistics::Figure> for Figure {
    fn from(figure: statistics::Figure) -> Self {
        Self {
            value: figure.number(),
            text: figure.text(),
        }
    }
}

impl From<Section> for StatisticsTable {
    fn from(section: Section) -> Self {
        let rows = section.table.rows.into_iter();
        let rows = rows.map(|(name, figures)| StatisticsRow {
            name,
            figures: figures.into_iter().map(Figure::from).collect(),
        });
        Self {
            id: section.id,
            title: section.title,
            explanation: section.explanation,
            columns: section.table.columns,
            rows: rows.collect(),
        }
    }
}

/// All tables.
#[utoipa::path(get, path = "/api/v1/statistics", operation_id = "getStatistics", tag = "statistics",
    summary = "Lire les statistiques des collectivités suivies", params(Part),
    responses((status = 200, description = "Les tableaux de la page, avec les mêmes masques", body = Whole<StatisticsTable>)))]
pub(super) async fn get(
    State(portal): State<Arc<Portal>>,
    Caller(someone): Caller<Correspondant>,
    Parameters(part): Parameters<Part>,
) -> Result<axum::Json<Whole<StatisticsTable>>, Problem> {
    let scope = scope(&part.kind, &part.cdg, &part.department)?;
    let sections = sections(&portal, &someone.overseen(&portal), &scope).await?;
    Ok(axum::Json(Whole {
        items: sections.into_iter().map(StatisticsTable::from).collect(),
    }))
}
