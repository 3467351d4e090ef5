//! `/referent/regles/expert` and `/referent/regles/{id}/expert`: a rule written in Cedar, checked while
//! it is typed or when it is sent. What is saved becomes a draft as any other.

mod check;

pub(crate) use check::check as check_text;

use super::form::{Begun, begun, save_text};
use super::{names, said};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::{Referent, failed};
use accounts::Error;
use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::expert::{Fault, Word};
use policies::{Labels, Model, Rule};
use serde::Serialize;
use std::sync::Arc;

/// The field that holds the text.
const FIELD: &str = "texte";

const SCRIPT: &str = include_str!("expert/expert.js");

#[derive(Template)]
#[template(path = "referent/rule_expert.html")]
struct ExpertPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    /// Where it is posted.
    address: String,
    /// What the rule says as it was saved; empty for a new one.
    sentence: String,
    text: String,
    faults: Vec<Fault>,
    /// Whether the text was checked and holds.
    holds: bool,
    /// Of the rule that the draft began from, and of the draft itself.
    versions: (i64, i64),
    words: Vec<Word>,
}

/// A text to begin with.
pub(crate) async fn new(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    let owner = referent.purview.collectivite();
    let text = format!(
        "@libelle(\"Dites ici en une phrase ce que fait la règle\")\npermit (\n  principal in Collectivite::\"{owner}\",\n  action in [Action::\"lecture\"],\n  resource in Service::\"\"\n)\nwhen {{ context.double_facteur }};\n"
    );
    show(&portal, &referent, &Begun::default(), text, None).await
}

/// The text of a rule that there is.
pub(crate) async fn edit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    match begun(&portal, &referent, &id).await {
        Ok(begun) => {
            let text = begun
                .rule
                .as_ref()
                .map_or_else(String::new, |rule| rule.text.clone());
            show(&portal, &referent, &begun, text, None).await
        }
        Err(error) => failed(&error),
    }
}

/// Takes a new rule. Fields: `texte`, `pas` (`verifier`, `enregistrer`).
pub(crate) async fn add(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    take(&portal, &referent, Begun::default(), &posted.form).await
}

/// Takes another text of a rule. Fields besides: `base`, `version`.
pub(crate) async fn change(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    match begun(&portal, &referent, &id).await {
        Ok(known) => take(&portal, &referent, known.seen(&posted.form), &posted.form).await,
        Err(error) => failed(&error),
    }
}

async fn take(portal: &Portal, referent: &Referent, begun: Begun, fields: &Pairs) -> Response {
    let typed = fields.one(FIELD);
    let checked = match check::check(portal, referent, typed).await {
        Ok(checked) => checked,
        Err(error) => return failed(&error),
    };
    let text = match (checked, fields.one("pas")) {
        (Ok(text), "enregistrer") => text,
        (Ok(text), _) => return show(portal, referent, &begun, text, Some(Vec::new())).await,
        (Err(faults), _) => {
            return show(portal, referent, &begun, typed.to_owned(), Some(faults)).await;
        }
    };
    match save_text(portal, referent, &begun, text.clone()).await {
        Ok(id) => Redirect::to(&format!("/referent/regles/{id}/brouillon")).into_response(),
        Err(Error::Stale { id, .. }) => overtaken(portal, referent, &id, text).await,
        Err(error) => failed(&error),
    }
}

/// The text as it was typed, under what somebody else saved meanwhile.
async fn overtaken(portal: &Portal, referent: &Referent, id: &str, text: String) -> Response {
    let mut errors = FieldErrors::default();
    errors.add(FIELD, "Cette règle a été modifiée entre-temps\u{a0}: la phrase ci-dessus est celle d’aujourd’hui. Votre texte est encore ci-dessous\u{a0}; enregistrez de nouveau pour la remplacer.");
    let page = async {
        let begun = begun(portal, referent, id).await?;
        read(portal, referent, &begun, text, None).await
    };
    match page.await {
        Ok(page) => answer(portal, &ExpertPage { errors, ..page }),
        Err(error) => failed(&error),
    }
}

async fn show(
    portal: &Portal,
    referent: &Referent,
    begun: &Begun,
    text: String,
    checked: Option<Vec<Fault>>,
) -> Response {
    match read(portal, referent, begun, text, checked).await {
        Ok(page) => answer(portal, &page),
        Err(error) => failed(&error),
    }
}

fn answer(portal: &Portal, page: &ExpertPage) -> Response {
    page::with_script(portal, page::answer(page.errors.status(), page))
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    begun: &Begun,
    text: String,
    checked: Option<Vec<Fault>>,
) -> Result<ExpertPage, Error> {
    let models: Vec<Model> = begun.rule.iter().filter_map(Rule::model).collect();
    let names = names(portal, referent, &models).await?;
    let sentence = begun.rule.as_ref();
    let sentence = sentence.map_or_else(String::new, |rule| said(rule, &names));
    let address = if begun.id.is_empty() {
        "/referent/regles/expert".to_owned()
    } else {
        format!("/referent/regles/{}/expert", begun.id)
    };
    let own = [
        ("Groupe", &names.groups),
        ("Profil", &names.profiles),
        ("Route", &areas(&names)),
    ]
    .map(|(kind, labels)| of_own(kind, labels));
    let networks = names.networks.iter().map(|(name, _)| Word {
        text: format!("\"{name}\""),
        meaning: "réseau, dans context.reseaux".to_owned(),
    });
    let words = portal.directory.vocabulary().words().to_vec();
    let person = referent.person(portal).await?;
    let holds = checked.as_ref().is_some_and(Vec::is_empty);
    let faults = checked.unwrap_or_default();
    let mut errors = FieldErrors::default();
    for fault in &faults {
        errors.add(
            FIELD,
            format!(
                "Ligne {}\u{a0}: {} {}",
                fault.line, fault.said, fault.remedy
            ),
        );
    }
    Ok(ExpertPage {
        token: person.token.clone(),
        person: Some(person),
        here: "regles",
        errors,
        address,
        sentence,
        text,
        faults,
        holds,
        versions: (begun.based_on, begun.version),
        words: own
            .into_iter()
            .flatten()
            .chain(networks)
            .chain(words)
            .collect(),
    })
}

/// The areas of every service together.
fn areas(names: &policies::Names) -> Labels {
    names.areas.values().flat_map(Labels::iter).collect()
}

/// What the collectivité, or the installation, has beside the closed lists.
fn of_own(kind: &str, labels: &Labels) -> Vec<Word> {
    let words = labels.iter().map(|(id, name)| Word {
        text: format!("{kind}::\"{id}\""),
        meaning: name.to_owned(),
    });
    words.collect()
}

/// One fault, as the script shows it.
#[derive(Debug, Serialize)]
struct Told {
    line: usize,
    column: usize,
    said: String,
    remedy: String,
}

/// Checks a text while it is typed. Fields: `texte`. The answer lists its faults; none when it holds.
pub(crate) async fn check(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let checked = match check::check(&portal, &referent, posted.form.one(FIELD)).await {
        Ok(checked) => checked,
        Err(error) => return failed(&error),
    };
    let faults = checked.err().unwrap_or_default().into_iter();
    let told: Vec<_> = faults
        .map(
            |Fault {
                 line,
                 column,
                 said,
                 remedy,
                 ..
             }| Told {
                line,
                column,
                said,
                remedy,
            },
        )
        .collect();
    Json(told).into_response()
}

/// What checks and completes while somebody types.
pub(crate) async fn script(_: Referent) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, SCRIPT).into_response()
}
