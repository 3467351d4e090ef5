//! `/compte/second-facteur`: what somebody has, when it was added and used, and what to do about it.

use super::only_cookie;
use crate::date;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::visitor::Visitor;
use crate::way::Way;
use accounts::{Error, FactorKind};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

struct Line {
    id: String,
    kind: &'static str,
    name: String,
    added: String,
    used: Option<String>,
}

#[derive(Template)]
#[template(path = "factors.html")]
struct FactorsPage {
    person: Option<Person>,
    /// What was just done.
    done: Option<&'static str>,
    factors: Vec<Line>,
    token: String,
    /// Requests to take the factors away: id, who asked, until when.
    resets: Vec<(String, String, String)>,
    codes: i64,
    /// Whether there can be passkeys here.
    passkeys: bool,
    /// They must have one.
    required: bool,
    /// They must add one before anything else.
    first: bool,
    /// Where they were going before they had to.
    on: Option<String>,
}

/// Seconds that we remember where somebody was going.
const REMEMBERED: u32 = 15 * 60;

/// The list. Whoever is led here instead of where they were going finds the way on once a factor is
/// added.
pub(super) async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(way): Query<Way>,
) -> Response {
    let mut page = match load(&portal, &visitor, &way.fait).await {
        Ok(page) => page,
        Err(error) => return page::unavailable(&error),
    };
    let name = portal.cookie.way_name();
    if way.leads_on() {
        let value = way.from("").split_off(1);
        let cookie = portal.cookie.set(name, &value, Some(REMEMBERED));
        return (
            [(header::SET_COOKIE, cookie)],
            page::answer(StatusCode::OK, &page),
        )
            .into_response();
    }
    if way.fait == "ajout" {
        let kept = only_cookie(&headers, name);
        let way = kept.and_then(|kept| serde_html_form::from_str::<Way>(&kept).ok());
        page.on = way.map(|way| way.address(&portal));
    }
    page::answer(StatusCode::OK, &page)
}

async fn load(portal: &Portal, visitor: &Visitor, done: &str) -> Result<FactorsPage, Error> {
    let store = &portal.store;
    let factors = store.list_factors(visitor.account()).await?;
    let memberships = store.list_memberships(visitor.account()).await?;
    let required = portal
        .required
        .concerns(memberships.iter().map(|membership| membership.role));
    let resets = store.list_own_factor_resets(visitor.account()).await?;
    let person = Person::of(portal, visitor).await?;
    Ok(FactorsPage {
        token: person.token.clone(),
        person: Some(person),
        resets: resets
            .iter()
            .map(|reset| {
                let until = date::long(reset.expires_at);
                (reset.id.clone(), reset.requester_name.clone(), until)
            })
            .collect(),
        done: match done {
            "ajout" => Some(
                "Le second facteur a été ajouté. Il vous sera demandé à la prochaine connexion.",
            ),
            "annulation" => Some("La demande est annulée : vos seconds facteurs restent en place."),
            "retrait" => Some("Le second facteur a été retiré."),
            _ => None,
        },
        codes: store.count_recovery_codes(visitor.account()).await?,
        passkeys: portal.party.is_some(),
        required,
        first: required && factors.is_empty(),
        on: None,
        factors: factors
            .into_iter()
            .map(|factor| Line {
                id: factor.id,
                kind: match factor.kind {
                    FactorKind::Totp => "Application d’authentification",
                    FactorKind::Passkey => "Clé d’accès",
                },
                name: factor.name,
                added: on_day(factor.created_at),
                used: factor.used_at.map(on_day),
            })
            .collect(),
    })
}

/// « 20/11/2026 », in Paris.
pub(super) fn on_day(at: i64) -> String {
    let zone = jiff::tz::TimeZone::get("Europe/Paris").ok();
    let zoned = jiff::Timestamp::from_second(at).ok().zip(zone);
    zoned.map_or_else(String::new, |(at, zone)| {
        let at = at.to_zoned(zone);
        format!("{:02}/{:02}/{}", at.day(), at.month(), at.year())
    })
}
