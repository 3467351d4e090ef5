//! `/referent/regles/{id}/brouillon`: a rule in preparation, what it would do, and the button that
//! publishes it. Nothing is published that this page has not shown.

use super::effects::Study;
use super::outlook::{self, Outlook};
use super::said;
use crate::date;
use crate::fields::{self, FieldErrors};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::{Pairs, prove};
use crate::referent::{Referent, failed};
use accounts::{Error, RuleDraft};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Model, Rule};
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
    sentence: String,
    /// What the rule says until then; empty for one that is not in force.
    before: String,
    cedar: String,
    saved: String,
    version: i64,
    proof: String,
    reason: String,
    outlook: Outlook,
}

/// Shows it. Fields of the address: those of the circumstances that somebody chose.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    Query(chosen): Query<Pairs>,
) -> Response {
    answer(&portal, &referent, &id, &chosen, FieldErrors::default()).await
}

async fn answer(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    fields: &Pairs,
    errors: FieldErrors,
) -> Response {
    match read(portal, referent, id, fields, errors).await {
        Ok(page) => page::answer(page.errors.status(), &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    fields: &Pairs,
    errors: FieldErrors,
) -> Result<DraftPage, Error> {
    let draft = find(portal, referent, id).await?;
    let rules = referent.within(portal).list_rules().await?;
    let before = rules
        .iter()
        .find(|version| version.rule.id == id && version.is_in_force());
    let before = before.map(|version| &version.rule);
    let models: Vec<Model> = before
        .into_iter()
        .chain([&draft.rule])
        .filter_map(Rule::model)
        .collect();
    let study = Study::of(portal, referent, id, Some(&draft.rule)).await?;
    let say = |rule: &Rule| said(rule, &study.names);
    let (sentence, before) = (say(&draft.rule), before.map_or_else(String::new, say));
    let rule = draft.rule.model();
    let outlook = outlook::of(portal, referent, study, &models, rule, fields).await?;
    let address = format!("/referent/regles/{id}/brouillon");
    let person = referent.person(portal).await?;
    Ok(DraftPage {
        token: person.token.clone(),
        person: Some(person),
        here: "regles",
        errors,
        id: id.to_owned(),
        sentence,
        before,
        saved: format!(
            "{}{}",
            date::long(draft.saved_at),
            super::by(draft.author.as_deref())
        ),
        version: draft.version,
        proof: proof(portal, referent, &address, draft.version),
        cedar: draft.rule.text,
        reason: fields.one("motif").to_owned(),
        outlook,
        address,
    })
}

async fn find(portal: &Portal, referent: &Referent, id: &str) -> Result<RuleDraft, Error> {
    let draft = referent.within(portal).find_draft(id).await?;
    draft.ok_or_else(|| Error::NotFound {
        what: "draft",
        id: id.to_owned(),
    })
}

/// Shows that the page has shown this version of the draft.
fn proof(portal: &Portal, referent: &Referent, address: &str, version: i64) -> String {
    prove(portal, referent, address, &version.to_string())
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
    let address = format!("/referent/regles/{id}/brouillon");
    if fields.one("apercu") != proof(&portal, &referent, &address, version) {
        return Redirect::to(&address).into_response();
    }
    let mut page = match read(&portal, &referent, &id, fields, FieldErrors::default()).await {
        Ok(page) => page,
        Err(error) => return failed(&error),
    };
    let reason = fields::reason(fields.one("motif")).unwrap_or_default();
    page.errors = mistakes(&page.outlook, &reason, fields);
    if !page.errors.is_empty() {
        return page::answer(page.errors.status(), &page);
    }
    let vocabulary = portal.directory.vocabulary();
    let published = within.publish_draft(vocabulary, &id, version, &reason);
    match published.await {
        Ok(_) => Redirect::to("/referent/regles?fait=publication").into_response(),
        Err(error) => failed(&error),
    }
}

/// What is missing to publish or to withdraw.
pub(super) fn mistakes(outlook: &Outlook, reason: &str, fields: &Pairs) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if reason.is_empty() {
        errors.add(
            "motif",
            "Dites en quelques mots pourquoi\u{a0}: ce motif reste dans l’historique de la règle.",
        );
    }
    if !outlook.warnings.is_empty() && fields.one("confirme") != "oui" {
        errors.add("confirme", "Ce changement ferme des accès de façon inhabituelle\u{a0}: cochez la case si vous le voulez vraiment.");
    }
    errors
}
