//! `/referent/regles/{id}`: one rule with its history; from there it is changed, withdrawn, or an
//! earlier version taken up again.

use super::change::{Change, address};
use super::draft::show_again;
use super::{beginning, ending, names, notices, said};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::{Referent, failed};
use accounts::{ByTwo, Error, RuleVersion};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Model, Names};
use std::sync::Arc;

/// A version in the history.
struct Shown {
    version: i64,
    sentence: String,
    /// Its publication, and its end.
    story: Vec<String>,
    /// Whether it can be taken up again: any but the one in force.
    restorable: bool,
}

#[derive(Template)]
#[template(path = "referent/rule.html")]
struct RulePage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    id: String,
    sentence: String,
    cedar: String,
    in_force: bool,
    /// Whether the form can show it.
    by_form: bool,
    drafted: bool,
    /// What is wrong with it.
    notices: Vec<String>,
    versions: Vec<Shown>,
}

/// Shows it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    match read(&portal, &referent, &id).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

/// The versions of a rule, the newest first, and what they call things.
async fn history(
    portal: &Portal,
    referent: &Referent,
    id: &str,
) -> Result<(RuleVersion, Vec<RuleVersion>, Names), Error> {
    let versions = referent.within(portal).list_versions(id).await?;
    let newest = versions.first().cloned().ok_or_else(|| Error::NotFound {
        what: "rule",
        id: id.to_owned(),
    })?;
    let models: Vec<Model> = versions
        .iter()
        .filter_map(|version| version.rule.model())
        .collect();
    let names = names(portal, referent, &models).await?;
    Ok((newest, versions, names))
}

async fn read(portal: &Portal, referent: &Referent, id: &str) -> Result<RulePage, Error> {
    let (newest, versions, names) = history(portal, referent, id).await?;
    let drafted = referent.within(portal).find_draft(id).await?.is_some();
    let person = referent.person(portal).await?;
    Ok(RulePage {
        token: person.token.clone(),
        person: Some(person),
        here: "regles",
        id: id.to_owned(),
        sentence: said(&newest.rule, &names),
        in_force: newest.is_in_force(),
        by_form: newest.rule.model().is_some(),
        drafted,
        notices: notices::of(portal, referent, &newest).await?,
        versions: versions
            .iter()
            .map(|version| Shown {
                version: version.version,
                sentence: said(&version.rule, &names),
                story: std::iter::once(beginning(version))
                    .chain(ending(version))
                    .collect(),
                restorable: !version.is_in_force(),
            })
            .collect(),
        cedar: newest.rule.text,
    })
}

/// Makes a draft of an earlier version. Field: `version`.
pub(crate) async fn restore(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let within = referent.within(&portal);
    let restored = async {
        let (newest, versions, _) = history(&portal, &referent, &id).await?;
        let wanted: i64 = posted.form.one("version").parse().unwrap_or_default();
        let earlier = versions
            .into_iter()
            .find(|version| version.version == wanted);
        let earlier = earlier.ok_or_else(|| Error::NotFound {
            what: "version",
            id: id.clone(),
        })?;
        let vocabulary = portal.directory.vocabulary();
        // A draft that somebody began is not written over.
        let none = 0;
        within
            .save_draft(vocabulary, &earlier.rule, newest.version, none)
            .await
    };
    match restored.await {
        Ok(()) => Redirect::to(&format!("/referent/regles/{id}/brouillon")).into_response(),
        Err(error) => failed(&error),
    }
}

#[derive(Template)]
#[template(path = "referent/rule_withdrawal.html")]
struct WithdrawalPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    address: String,
    id: String,
    reason: String,
    change: Change,
}

/// What the end of the rule would do. Fields of the address: those of the circumstances.
pub(crate) async fn ask_withdrawal(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    Query(chosen): Query<Pairs>,
) -> Response {
    match read_withdrawal(&portal, &referent, &id, &chosen).await {
        Ok(page) => page::answer(page.errors.status(), &page),
        // Nothing is in force any more: its page says since when.
        Err(Error::Stale { .. }) => Redirect::to(&format!("/referent/regles/{id}")).into_response(),
        Err(error) => failed(&error),
    }
}

async fn read_withdrawal(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    fields: &Pairs,
) -> Result<WithdrawalPage, Error> {
    let change = Change::of_end(portal, referent, id, fields).await?;
    let person = referent.person(portal).await?;
    Ok(WithdrawalPage {
        token: person.token.clone(),
        person: Some(person),
        here: "regles",
        errors: change.outlook.errors.clone(),
        address: address(id, true),
        id: id.to_owned(),
        reason: fields.one("motif").to_owned(),
        change,
    })
}

/// Withdraws it, asks for that, or keeps it after all. Fields: `pas` (`garder`), `apercu`, `motif`,
/// `confirme` where the page asks for it.
pub(crate) async fn withdraw(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    if fields.one("pas") == "garder" {
        return match referent.within(&portal).keep_rule(&id).await {
            Ok(()) | Err(Error::Stale { .. }) => {
                Redirect::to("/referent/regles?fait=maintien").into_response()
            }
            Err(error) => failed(&error),
        };
    }
    let mut page = match read_withdrawal(&portal, &referent, &id, fields).await {
        Ok(page) => page,
        // Somebody else was first.
        Err(Error::Stale { .. }) => {
            return Redirect::to(&format!("/referent/regles/{id}")).into_response();
        }
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
    let within = referent.within(&portal);
    match page.change.make(&portal, &within, reason).await {
        Err(Error::Stale { .. }) => show_again(&page.address, fields),
        Ok(ByTwo::Done) => Redirect::to("/referent/regles?fait=retrait").into_response(),
        Ok(ByTwo::Asked) => Redirect::to("/referent/regles?fait=retrait-demande").into_response(),
        Err(error) => failed(&error),
    }
}
