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
use accounts::{Error, InForce, RuleDraft};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Rule;
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
    /// What the change is looked at beside.
    beside: InForce,
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
    let draft = find(portal, referent, id).await?;
    let rules = referent.within(portal).list_rules().await?;
    let before = rules
        .iter()
        .find(|version| version.rule.id == id && version.is_in_force());
    let before = before.map(|version| &version.rule);
    let study = Study::of(portal, referent, &rules, (id, Some(&draft.rule))).await?;
    let say = |rule: &Rule| said(rule, &study.names);
    let (sentence, before) = (say(&draft.rule), before.map_or_else(String::new, say));
    let mut outlook = outlook::of(portal, referent, study, Some(&draft.rule), fields).await?;
    let newest = rules.iter().find(|version| version.rule.id == id);
    if newest.map_or(0, |newest| newest.version) != draft.based_on {
        outlook.obstacles.push("Cette règle a été publiée de nouveau depuis que ce brouillon a été commencé\u{a0}: modifiez le brouillon et enregistrez-le, s’il doit prendre sa place.".to_owned());
    }
    let beside = InForce::of(&rules);
    let address = format!("/referent/regles/{id}/brouillon");
    let person = referent.person(portal).await?;
    Ok(DraftPage {
        token: person.token.clone(),
        person: Some(person),
        here: "regles",
        errors: std::mem::take(&mut outlook.errors),
        id: id.to_owned(),
        sentence,
        before,
        saved: format!(
            "{}{}",
            date::long(draft.saved_at),
            super::by(draft.author.as_deref())
        ),
        version: draft.version,
        proof: proof(portal, referent, &address, &draft, &beside),
        beside,
        cedar: draft.rule.text,
        reason: fields.one("motif").to_owned(),
        outlook,
        address,
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

async fn find(portal: &Portal, referent: &Referent, id: &str) -> Result<RuleDraft, Error> {
    let draft = referent.within(portal).find_draft(id).await?;
    draft.ok_or_else(|| Error::NotFound {
        what: "draft",
        id: id.to_owned(),
    })
}

/// Shows that the page has shown this text beside these rules: what it would do depends on both.
fn proof(
    portal: &Portal,
    referent: &Referent,
    address: &str,
    draft: &RuleDraft,
    beside: &InForce,
) -> String {
    let change = format!("{} {beside} {}", draft.version, draft.rule.text);
    prove(portal, referent, address, &change)
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
    if fields.one("apercu") != page.proof {
        return show_again(&page.address, fields);
    }
    let reason = fields::reason(fields.one("motif")).unwrap_or_default();
    page.errors = mistakes(&page.outlook, &reason, fields);
    if !page.errors.is_empty() {
        return page::answer(page.errors.status(), &page);
    }
    let vocabulary = portal.directory.vocabulary();
    let rule = Rule {
        id,
        text: page.cedar,
    };
    let shown = (&rule, page.version);
    let published = within.publish_draft(vocabulary, shown, &page.beside, &reason);
    match published.await {
        Err(Error::Stale { .. }) => show_again(&page.address, fields),
        Ok(_) => Redirect::to("/referent/regles?fait=publication").into_response(),
        Err(error) => failed(&error),
    }
}

/// What is missing to publish or to withdraw.
pub(super) fn mistakes(outlook: &Outlook, reason: &str, typed: &Pairs) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if reason.is_empty() {
        errors.add(
            "motif",
            "Dites en quelques mots pourquoi\u{a0}: ce motif reste dans l’historique de la règle.",
        );
    }
    if typed.one("motif").trim().chars().count() > fields::LONGEST_REASON {
        errors.add(
            "motif",
            format!(
                "Écrivez le motif en {} caractères au plus.",
                fields::LONGEST_REASON
            ),
        );
    }
    for obstacle in &outlook.obstacles {
        errors.add("motif", obstacle);
    }
    if outlook.for_oneself {
        errors.add(
            "motif",
            "Ce changement vous ouvre un accès\u{a0}: personne ne change ses propres droits. Exceptez-vous («\u{a0}sauf\u{a0}»), ou laissez un autre référent le faire.",
        );
    }
    if !outlook.warnings.is_empty() && typed.one("confirme") != "oui" {
        errors.add("confirme", "Lisez ce qui est écrit sous «\u{a0}Attention\u{a0}», et cochez la case si vous le voulez vraiment.");
    }
    errors
}
