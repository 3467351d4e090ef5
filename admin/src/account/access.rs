//! `/compte/acces`: what one can open and why, and who one's référents are. Decided as the gateway
//! decides.

use super::{person, shown};
use crate::access;
use crate::entrance::NOTHING;
use crate::page::Person;
use crate::portal::Portal;
use crate::visitor::Visitor;
use accounts::{Error, Referent, StoredRule};
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
    let (rulesets, now) = (portal.directory.rulesets(), portal.store.clock().now());
    let situation = visitor.0.situation(now);
    for entrance in &portal.entrances {
        let verdict = rulesets
            .of(&principal)
            .and_then(|ruleset| access::open(ruleset, &principal, entrance, &situation));
        let (level, reason) = match verdict {
            Ok(opening) => (opening.name(), reason(&rules, opening.permit.rules())),
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

/// What the deciding rules say of themselves.
fn reason(rules: &[StoredRule], deciding: &[Box<str>]) -> String {
    let said = deciding.iter().map(|id| {
        let rule = rules
            .iter()
            .find(|stored| id.rsplit('/').next() == Some(stored.rule.id.as_str()));
        match rule {
            Some(stored) => label(&stored.rule.text)
                .map_or_else(|| "Règle de votre collectivité".to_owned(), str::to_owned),
            None if id.as_ref() == "droit/public" => "Ouvert à tous".to_owned(),
            None if id.as_ref() == "droit/connecte" => {
                "Ouvert à toute personne connectée".to_owned()
            }
            None => "Droit direct".to_owned(),
        }
    });
    let mut said: Vec<_> = said.collect();
    said.dedup();
    said.join(" ; ")
}

/// The `@libelle` of a rule.
fn label(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("@libelle(\"")?;
    Some(rest.split_once("\")")?.0)
}
