//! `/referent/regles/{id}/brouillon`: a rule in preparation, what it would do, and the button that
//! publishes it. Nothing is published that this page has not shown.

use super::change::{Change, address};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::{Referent, failed};
use accounts::Error;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "referent/rule_draft.html")]
struct DraftPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    /// Where it is published.
    address: String,
    id: String,
    cedar: String,
    saved: String,
    version: i64,
    reason: String,
    change: Change,
}

/// Shows it. Fields of the address: those of the circumstances that somebody chose.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    Query(chosen): Query<Pairs>,
) -> Response {
    match read(&portal, &referent, &id, &chosen).await {
        Ok(page) => page::answer(page.errors.status(), &page),
        Err(Error::NotFound { .. }) => gone(&portal, &referent, &id).await,
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    fields: &Pairs,
) -> Result<DraftPage, Error> {
    let change = Change::of_draft(portal, referent, id, fields).await?;
    let person = referent.person(portal).await?;
    let draft = change.draft.as_ref();
    let saved = draft.map(|draft| {
        let by = super::by(draft.author.as_deref());
        format!("{}{by}", date::long(draft.saved_at))
    });
    Ok(DraftPage {
        token: person.token.clone(),
        person: Some(person),
        here: "regles",
        errors: change.outlook.errors.clone(),
        address: address(id, false),
        id: id.to_owned(),
        saved: saved.unwrap_or_default(),
        version: draft.map_or(0, |draft| draft.version),
        cedar: draft.map_or_else(String::new, |draft| draft.rule.text.clone()),
        reason: fields.one("motif").to_owned(),
        change,
    })
}

/// Where a draft was that is published or thrown away: the rule, or all of them.
async fn gone(portal: &Portal, referent: &Referent, id: &str) -> Response {
    match referent.within(portal).list_versions(id).await {
        Ok(versions) if versions.is_empty() => failed(&Error::NotFound {
            what: "rule",
            id: id.to_owned(),
        }),
        Ok(_) => Redirect::to(&format!("/referent/regles/{id}")).into_response(),
        Err(error) => failed(&error),
    }
}

/// Back to the page, with what was typed: it has something else to show by now.
pub(super) fn show_again(address: &str, fields: &Pairs) -> Response {
    let typed = [("motif", fields.one("motif"))];
    let query = serde_html_form::to_string(typed).unwrap_or_default();
    Redirect::to(&format!("{address}?{query}")).into_response()
}

/// Publishes it or throws it away. Fields: `pas` (`publier`, `abandonner`), `version`, `apercu`,
/// `motif`, `confirme` where the page asks for it.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    let version = fields.one("version").parse().unwrap_or_default();
    let within = referent.within(&portal);
    if fields.one("pas") == "abandonner" {
        return match within.discard_draft(&id, version).await {
            Ok(()) => Redirect::to("/referent/regles?fait=abandon").into_response(),
            Err(error) => failed(&error),
        };
    }
    let mut page = match read(&portal, &referent, &id, fields).await {
        Ok(page) => page,
        Err(Error::NotFound { .. }) => return gone(&portal, &referent, &id).await,
        Err(error) => return failed(&error),
    };
    if fields.one("apercu") != page.change.proof {
        return show_again(&page.address, fields);
    }
    let reason = fields.one("motif");
    page.errors = page
        .change
        .mistakes(reason, fields.one("confirme") == "oui");
    if !page.errors.is_empty() {
        return page::answer(page.errors.status(), &page);
    }
    match page.change.make(&portal, &within, reason).await {
        Err(Error::Stale { .. }) => show_again(&page.address, fields),
        Ok(_) => Redirect::to("/referent/regles?fait=publication").into_response(),
        Err(error) => failed(&error),
    }
}
