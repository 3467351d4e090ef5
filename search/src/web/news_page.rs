//! « Au fil de la doc »: the news by week, with their summaries, of the themes that are wanted.

use super::address::Address;
use super::identity::Visitor;
use super::pages::{failed, frame, shown};
use super::templates::Frame;
use super::view::{Day, document_href, long_date, number};
use super::{App, aside};
use crate::answer::{Hit, Results};
use crate::question::{Question, Sort, Start};
use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::{Date, Weekday};
use policies::Nature;

/// News of a page.
const PAGE: usize = 30;
/// Where the page is.
const HERE: &str = "/au-fil-de-la-doc";

#[derive(Template)]
#[template(path = "news.html")]
struct NewsPage {
    frame: Frame,
    page: usize,
    last_page: usize,
    total: usize,
    themes: Vec<Theme>,
    weeks: Vec<(String, Vec<News>)>,
    previous: Option<String>,
    next: Option<String>,
}

struct Theme {
    name: String,
    count: String,
    is_chosen: bool,
}

struct News {
    href: String,
    title: String,
    day: Option<Day>,
    summary: String,
}

/// `GET /au-fil-de-la-doc`.
pub(super) async fn news(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Response {
    let mut asked = Address::read(&query.unwrap_or_default());
    asked.kinds = vec![Nature::Actualite];
    asked.q.clear();
    let frame = frame(&app, &visitor);
    let question = Question {
        sort: Sort::Newest,
        start: Start::Offset((asked.page - 1) * PAGE),
        limit: PAGE,
        ..asked.question()
    };
    match aside(&app, move |bip| bip.search(&question, &visitor.scope)).await {
        Ok(results) => shown(StatusCode::OK, &page(frame, &asked, results)),
        Err(error) => failed(frame, error),
    }
}

fn page(frame: Frame, asked: &Address, results: Results) -> NewsPage {
    let last_page = results.total.div_ceil(PAGE).max(1);
    let at = |page: usize| {
        let query = asked.with(|other| {
            other.kinds.clear();
            other.page = page;
        });
        format!("{HERE}{}", query.trim_start_matches('/'))
    };
    let themes = results.facets.themes.iter().map(|(name, count)| Theme {
        name: name.clone(),
        count: number(*count),
        is_chosen: asked.themes.contains(name),
    });
    NewsPage {
        frame,
        page: asked.page,
        last_page,
        total: results.total,
        themes: themes.collect(),
        weeks: weeks(results.hits),
        previous: (asked.page > 1).then(|| at(asked.page.min(last_page + 1) - 1)),
        next: (asked.page < last_page).then(|| at(asked.page + 1)),
    }
}

/// The news, in their order, under the Monday of their week.
fn weeks(hits: Vec<Hit>) -> Vec<(String, Vec<News>)> {
    let mut weeks: Vec<(String, Vec<News>)> = Vec::new();
    for hit in hits {
        let date = hit.date.or(hit.updated);
        let name = match date.and_then(monday) {
            Some(monday) => format!("Semaine du {}", long_date(monday)),
            None => "Sans date".to_owned(),
        };
        let news = News {
            href: document_href(&hit.id),
            title: hit.title,
            day: date.map(Day::from),
            summary: hit.snippet.into_iter().map(|piece| piece.text).collect(),
        };
        match weeks.last_mut() {
            Some((week, list)) if *week == name => list.push(news),
            _ => weeks.push((name, vec![news])),
        }
    }
    weeks
}

fn monday(date: Date) -> Option<Date> {
    match date.weekday() {
        Weekday::Monday => Some(date),
        _ => date.nth_weekday(-1, Weekday::Monday).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        for (day, first) in [(23, 23), (24, 23), (29, 23), (30, 30)] {
            let day = Date::new(2026, 11, day).unwrap();
            assert_eq!(monday(day), Date::new(2026, 11, first).ok());
        }
    }
}
