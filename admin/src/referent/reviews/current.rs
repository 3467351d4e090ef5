//! `/referent/revues/{id}`: the people of an open review, the riskiest first, and a decision for each.

use super::Shown;
use crate::date;
use crate::entrance::with_roles;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::referent::agents::last_part;
use crate::referent::{Referent, failed};
use accounts::{
    Error, FrozenRight, Hint, LineState, REVIEW_PAGE, ReviewFilter, ReviewLine, Verdict,
};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Role, ServiceId};
use serde::Deserialize;
use std::sync::Arc;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    etat: String,
    page: i64,
    /// What was just done.
    fait: String,
}

impl Asked {
    fn filter(&self) -> ReviewFilter {
        match self.etat.as_str() {
            "faites" => ReviewFilter::Done,
            "toutes" => ReviewFilter::All,
            _ => ReviewFilter::Waiting,
        }
    }
}

/// Somebody, as the page shows them.
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) login: String,
    pub(crate) who: String,
    pub(crate) rights: Vec<String>,
    pub(crate) hints: Vec<String>,
    pub(crate) seen: String,
    /// What was decided, by whom and when; empty while it is not.
    pub(crate) decision: String,
    /// Why this référent does not decide; empty when they may.
    pub(crate) locked: &'static str,
    /// Whether there is something to take away.
    pub(crate) has_own: bool,
    /// Whether a rule of the collectivité opens something, which taking rights away does not close.
    pub(crate) by_rule: bool,
    /// Whether the decision may be taken back.
    pub(crate) revocable: bool,
}

impl Line {
    /// Whether a decision is asked for from this référent.
    pub(crate) fn is_open(&self) -> bool {
        self.decision.is_empty() && self.locked.is_empty()
    }

    pub(crate) fn of(portal: &Portal, referent: &Referent, line: &ReviewLine) -> Self {
        let frozen = &line.frozen;
        let own = line.membership == *referent.purview.by();
        let by_rule = |right: &FrozenRight| right.source.starts_with("règle");
        let profile = frozen.profile.as_deref().unwrap_or("aucun profil");
        let code = match &line.state {
            LineState::Decided(verdict, ..) => verdict.as_str(),
            _ => "",
        };
        Self {
            id: last_part(line.membership.as_str()).to_owned(),
            name: if line.name.is_empty() {
                "Personne effacée".to_owned()
            } else {
                line.name.clone()
            },
            login: line.login.clone(),
            who: match frozen.role {
                Role::Referent => format!("Référent administrateur, {profile}"),
                _ => format!("Agent, {profile}"),
            },
            rights: frozen.rights.iter().map(|r| right(portal, r)).collect(),
            hints: frozen.hints.iter().map(|h| hint(portal, h)).collect(),
            seen: frozen
                .last_login_at
                .map_or_else(|| "Jamais".to_owned(), date::short),
            decision: decided(&line.state),
            locked: match &line.state {
                LineState::Unanswerable => {
                    "À faire par un autre référent, ou par le correspondant de votre centre de gestion\u{a0}: personne ne se prononce sur ses propres droits. Cela n’empêche pas de clore la revue."
                }
                LineState::Waiting if own => {
                    "À faire par un autre référent\u{a0}: personne ne se prononce sur ses propres droits."
                }
                _ => "",
            },
            has_own: frozen.rights.iter().any(|right| !by_rule(right)),
            by_rule: frozen.rights.iter().any(by_rule),
            revocable: !own && matches!(code, "keep" | "change"),
        }
    }
}

fn decided(state: &LineState) -> String {
    match state {
        LineState::Gone => "Parti\u{a0}: aucune décision n’est nécessaire".to_owned(),
        LineState::Decided(verdict, at, by) => {
            let by = match (by, verdict) {
                (Some(name), _) => format!(", par {name}"),
                (None, Verdict::Keep | Verdict::Withdraw | Verdict::Change) => {
                    ", par le centre de gestion ou une personne effacée".to_owned()
                }
                (None, _) => String::new(),
            };
            format!(
                "{}{by}, le {}",
                super::decision(verdict.as_str()),
                date::long(*at)
            )
        }
        LineState::Waiting | LineState::Unanswerable => String::new(),
    }
}

fn service(portal: &Portal, id: &ServiceId) -> String {
    let entrance = portal.entrance(id.as_str());
    entrance.map_or_else(|| id.to_string(), |entrance| entrance.name.clone())
}

/// « BIP : lecture (profil), jusqu’au 31/12/2026 ».
pub(crate) fn right(portal: &Portal, right: &FrozenRight) -> String {
    let until = right.ends_at.map(date::last_day);
    let entrance = portal.entrance(right.service.as_str());
    let roles = right.roles.iter().map(|id| {
        let role = entrance.and_then(|entrance| entrance.role(id.as_str()));
        role.map_or(id.as_str(), |role| role.name.as_str())
    });
    let roles: Vec<_> = roles.collect();
    format!(
        "{}\u{a0}: {} ({}){}",
        service(portal, &right.service),
        with_roles(&right.level, &roles).to_lowercase(),
        right.source,
        until.map_or_else(String::new, |day| format!(", jusqu’au {day}"))
    )
}

fn hint(portal: &Portal, hint: &Hint) -> String {
    let named = |services: &[ServiceId]| {
        let names = services.iter().map(|id| service(portal, id));
        names.collect::<Vec<_>>().join(", ")
    };
    match hint {
        Hint::MandateEnded => "Son mandat de référent est terminé".to_owned(),
        Hint::NeverSignedIn => "Ne s’est jamais connecté".to_owned(),
        Hint::Idle => "Ne s’est pas connecté depuis plus de six mois".to_owned(),
        Hint::Suspended => "Est suspendu et garde ses droits".to_owned(),
        Hint::SeveralModifications => "Peut modifier dans plusieurs services".to_owned(),
        Hint::RightEnded(services) => format!("A un droit terminé\u{a0}: {}", named(services)),
        Hint::NeverOpened(services) => {
            format!(
                "Aucune ouverture ces douze derniers mois\u{a0}: {}",
                named(services)
            )
        }
    }
}

#[derive(Template)]
#[template(path = "referent/review.html")]
struct ReviewPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    review: Shown,
    filter: ReviewFilter,
    lines: Vec<Line>,
    /// How many on this page nothing is odd about.
    plain: usize,
    /// Whether nothing is left that anybody here could decide.
    closable: bool,
    page: i64,
    pages: i64,
    previous: Option<String>,
    next: Option<String>,
}

fn said(done: &str) -> &'static str {
    match done {
        "droits" => "Les droits sont enregistrés, et la décision «\u{a0}Modifier\u{a0}» est notée.",
        "garder" => "Décision notée\u{a0}: droits gardés.",
        "modifier" => "Décision notée\u{a0}: droits modifiés.",
        "retirer" => {
            "Le profil et les droits directs sont retirés. L’accès s’est fermé à l’instant."
        }
        "revenir" => "La décision est reprise\u{a0}: la personne attend de nouveau.",
        _ => "",
    }
}

/// Shows them; a closed review has a report.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match read(&portal, &referent, &id, &asked).await {
        Ok(page) if !page.review.closed_on.is_empty() => {
            Redirect::to(&format!("/referent/revues/{id}/rapport")).into_response()
        }
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    asked: &Asked,
) -> Result<ReviewPage, Error> {
    let within = referent.within(portal);
    let whole = referent.own(id);
    let review = within.get_review(&whole).await?;
    let filter = asked.filter();
    let (lines, total) = within.list_lines(&whole, filter, asked.page).await?;
    let waiting = within.list_lines(&whole, ReviewFilter::Waiting, 1).await?.0;
    let closable = waiting
        .iter()
        .all(|line| line.state == LineState::Unanswerable);
    let person = referent.person(portal).await?;
    let lines: Vec<_> = lines
        .iter()
        .map(|line| Line::of(portal, referent, line))
        .collect();
    let pages = ((total + REVIEW_PAGE - 1) / REVIEW_PAGE).max(1);
    let page = asked.page.clamp(1, pages);
    let at = |page: i64| format!("/referent/revues/{id}?etat={}&page={page}", asked.etat);
    Ok(ReviewPage {
        token: person.token.clone(),
        person: Some(person),
        here: "revues",
        done: said(&asked.fait),
        review: Shown::of(&review, portal.store.clock().now()),
        filter,
        plain: lines
            .iter()
            .filter(|line| line.is_open() && line.hints.is_empty())
            .count(),
        lines,
        closable,
        page,
        pages,
        previous: (page > 1).then(|| at(page - 1)),
        next: (page < pages).then(|| at(page + 1)),
    })
}
