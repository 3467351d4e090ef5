//! `/compte/acces`: what one can open and why, and who one's référents are. Decided as the gateway
//! decides.

use super::{person, shown};
use crate::access;
use crate::entrance::NOTHING;
use crate::page::Person;
use crate::portal::Portal;
use crate::reason::{own_right, reason};
use crate::visitor::Visitor;
use accounts::{Error, Referent};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use policies::Principal;
use std::sync::Arc;

struct Shown {
    service: String,
    level: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "account/access.html")]
struct AccessPage {
    person: Option<Person>,
    here: &'static str,
    accesses: Vec<Shown>,
    referents: Vec<Referent>,
}

pub(super) async fn show(State(portal): State<Arc<Portal>>, visitor: Visitor) -> Response {
    shown(make(&portal, &visitor).await, StatusCode::OK)
}

async fn make(portal: &Portal, visitor: &Visitor) -> Result<AccessPage, Error> {
    let mut page = AccessPage {
        person: person(portal, visitor).await?,
        here: "acces",
        accesses: Vec::new(),
        referents: Vec::new(),
    };
    let Ok(principal @ Principal::Member(_)) = visitor.0.principal() else {
        return Ok(page);
    };
    let Principal::Member(member) = &principal else {
        return Ok(page);
    };
    let rules = portal.store.list_rules(&member.collectivite).await?;
    let profile = portal.store.profile_of(&member.id).await?;
    let (rulesets, now) = (portal.directory.rulesets(), portal.store.clock().now());
    let situation = visitor.0.situation(now);
    for entrance in &portal.entrances {
        let verdict = rulesets
            .of(&principal)
            .and_then(|ruleset| access::open(ruleset, &principal, entrance, &situation));
        let (level, reason) = match verdict {
            Ok(opening) => {
                let right = own_right(profile.as_ref(), entrance);
                let reason = reason(&rules, opening.permit.rules(), &right);
                (opening.name(), reason)
            }
            Err(refusal) => (NOTHING.to_owned(), refusal.sentence().to_owned()),
        };
        page.accesses.push(Shown {
            service: entrance.name.clone(),
            level,
            reason,
        });
    }
    let entry = portal.directory.find(&member.collectivite);
    page.referents = entry.map(|entry| entry.referents(now)).unwrap_or_default();
    Ok(page)
}
