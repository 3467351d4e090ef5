//! `/referent/regles`: the collectivité's rules in sentences: those in force, those in preparation,
//! those that were withdrawn, and the guardrails of the CIG above them.

pub(crate) mod change;
pub(crate) mod counting;
pub(crate) mod draft;
mod effects;
pub(crate) mod expert;
pub(crate) mod fields;
pub(crate) mod form;
mod names;
pub(crate) mod notices;
pub(crate) mod one;
mod outlook;
pub(crate) mod people;
pub(crate) mod proven;
pub(crate) mod two_people;
pub(crate) mod written;

pub(crate) use effects::Circumstances;
pub(crate) use names::{names, said, services};

use super::{Referent, failed};
use crate::date;
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{EndAsked, Error, RuleDraft, RuleVersion};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use policies::{Guardrail, Model, Names};
use serde::Deserialize;
use std::sync::Arc;

/// Every route.
pub(super) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/referent/regles", get(show))
        .route("/referent/regles/nouvelle", get(form::new).post(form::add))
        .route(
            "/referent/regles/expert",
            get(expert::new).post(expert::add),
        )
        .route("/referent/regles/a-deux", post(two_people::set))
        .route("/referent/regles/expert.js", get(expert::script))
        .route("/referent/regles/phrase", post(form::live::say))
        .route(
            "/referent/regles/formulaire.js",
            get(|_: Referent| async { form::live::script() }),
        )
        .route("/referent/regles/verification", post(expert::check))
        .route(
            "/referent/regles/{id}/expert",
            get(expert::edit).post(expert::change),
        )
        .route("/referent/regles/{id}", get(one::show))
        .route(
            "/referent/regles/{id}/modifier",
            get(form::edit).post(form::change),
        )
        .route(
            "/referent/regles/{id}/brouillon",
            get(draft::show).post(draft::submit),
        )
        .route("/referent/regles/{id}/version", post(one::restore))
        .route(
            "/referent/regles/{id}/retrait",
            get(one::ask_withdrawal).post(one::withdraw),
        )
}

/// A rule as the list shows it.
struct Shown {
    id: String,
    sentence: String,
    /// « Publiée le 24/11/2026 par Renée Martin : on ferme le soir ».
    since: String,
    /// Whether a new version of it is being prepared.
    drafted: bool,
    /// What is wrong with it.
    notices: Vec<String>,
    /// Whether it does not hold any more, and keeps every change from counting.
    broken: bool,
    /// Whether another person than whoever looks must publish it.
    waits: bool,
    /// Who asks for its end; empty for nobody.
    ending: String,
}

impl Shown {
    /// A draft, by its sentence.
    fn prepared(draft: &RuleDraft, sentence: String) -> Self {
        let (on, by) = (date::long(draft.saved_at), by(draft.author.as_deref()));
        Self {
            id: draft.rule.id.clone(),
            sentence,
            since: format!("Brouillon du {on}{by}"),
            drafted: draft.based_on > 0,
            notices: Vec::new(),
            broken: false,
            waits: false,
            ending: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "referent/rules.html")]
struct RulesPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    drafts: Vec<Shown>,
    rules: Vec<Shown>,
    withdrawn: Vec<Shown>,
    two_people: two_people::Shown,
    /// Those that the CIG wrote: what each says, and of whom and since when.
    guardrails: Vec<(String, String)>,
    /// Those that every installation has.
    built_in: Vec<String>,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// Shows them.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(done): Query<Done>,
) -> Response {
    match read(&portal, &referent, &done.fait).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(portal: &Portal, referent: &Referent, done: &str) -> Result<RulesPage, Error> {
    let within = referent.within(portal);
    let (drafts, rules) = (within.list_drafts().await?, within.list_rules().await?);
    let texts = drafts.iter().map(|draft| &draft.rule);
    let texts = texts.chain(rules.iter().map(|version| &version.rule));
    let models: Vec<Model> = texts.filter_map(policies::Rule::model).collect();
    let names = names(portal, referent, &models).await?;
    let two_people = within.two_people().await?;
    let shown = |version: &RuleVersion| Shown {
        id: version.rule.id.clone(),
        sentence: said(&version.rule, &names),
        since: story(version),
        drafted: drafts.iter().any(|draft| draft.rule.id == version.rule.id),
        notices: Vec::new(),
        broken: version.is_in_force() && notices::fault(portal, referent, &version.rule).is_some(),
        waits: false,
        ending: version
            .end_asked
            .as_ref()
            .filter(|_| two_people.since.is_some())
            .map_or_else(String::new, ask_of),
    };
    let prepared = |draft: &RuleDraft| Shown {
        waits: two_people::waits(referent, &two_people, draft),
        ..Shown::prepared(draft, said(&draft.rule, &names))
    };
    let (in_force, withdrawn): (Vec<_>, Vec<_>) =
        rules.iter().partition(|version| version.is_in_force());
    let above = within.list_guardrails_above().await?;
    let mut rules: Vec<_> = in_force.iter().map(|version| shown(version)).collect();
    for (shown, version) in rules.iter_mut().zip(&in_force) {
        shown.notices = notices::of(portal, referent, version).await?;
    }
    let person = referent.person(portal).await?;
    Ok(RulesPage {
        token: person.token.clone(),
        person: Some(person),
        two_people: two_people::Shown::of(portal, referent, &two_people),
        here: "regles",
        done: told(done, rules.iter().any(|rule| rule.broken)),
        drafts: drafts.iter().map(prepared).collect(),
        rules,
        withdrawn: withdrawn.into_iter().map(shown).collect(),
        guardrails: above
            .iter()
            .map(|version| guardrail(version, &names))
            .collect(),
        built_in: portal.directory.vocabulary().guardrails().collect(),
    })
}

/// A guardrail of the CIG, and since when it counts for whom.
fn guardrail(version: &RuleVersion, names: &Names) -> (String, String) {
    let only = Guardrail::only_of(&version.rule);
    let whom = only.map_or(
        "Toutes les collectivités",
        |_| "Votre collectivité seulement",
    );
    let author = version.author.as_deref();
    let since = event("publié", version.created_at, author, &version.reason);
    (said(&version.rule, names), format!("{whom}, {since}"))
}

/// What was just done, and whether it counts beside a rule that does not hold any more.
fn told(done: &str, broken: bool) -> &'static str {
    match (done, broken) {
        ("publication", _) => "La règle est publiée. Elle compte dès maintenant.",
        ("retrait", false) => {
            "La règle est retirée. Elle ne compte plus ; vous la retrouvez plus bas."
        }
        ("retrait", true) => {
            "La règle est retirée. Rien ne change encore pour les agents : une autre règle ne tient plus, modifiez-la ou retirez-la aussi."
        }
        ("retrait-demande", _) => {
            "Le retrait est demandé. La règle compte encore, jusqu’à ce qu’un autre référent la retire."
        }
        ("maintien", _) => "La règle est gardée.",
        ("a-deux", _) => "Chaque changement de règle demande désormais deux référents.",
        ("seul", _) => "Un seul référent suffit désormais pour changer une règle.",
        ("seul-demande", _) => {
            "C’est demandé. Il faut encore deux référents, jusqu’à ce qu’un autre l’accepte."
        }
        ("abandon", _) => "Le brouillon est supprimé. Les règles en vigueur n’ont pas changé.",
        _ => "",
    }
}

/// Since when it counts, by whom, and why; or since when it counts no more.
fn story(version: &RuleVersion) -> String {
    ending(version).unwrap_or_else(|| beginning(version))
}

/// « Publiée le … par … : motif ».
fn beginning(version: &RuleVersion) -> String {
    let author = version.author.as_deref();
    event("Publiée", version.created_at, author, &version.reason)
}

fn ending(version: &RuleVersion) -> Option<String> {
    let end = version.withdrawal.as_ref()?;
    Some(event("Retirée", end.at, end.author.as_deref(), &end.reason))
}

/// « Publiée le 24 novembre 2026 par Renée Martin : on ferme le soir ».
pub(crate) fn event(what: &str, at: i64, author: Option<&str>, reason: &str) -> String {
    let reason = if reason.is_empty() {
        String::new()
    } else {
        format!("\u{a0}: {reason}")
    };
    format!("{what} le {}{}{reason}", date::long(at), by(author))
}

/// « Renée Martin demande le retrait de cette règle : fin de mission. ».
fn ask_of(asked: &EndAsked) -> String {
    let by = asked.name.as_deref().unwrap_or("Un référent");
    let reason = asked.reason.trim_end_matches('.');
    format!("{by} demande le retrait de cette règle\u{a0}: {reason}.")
}

fn by(author: Option<&str>) -> String {
    author.map_or_else(String::new, |author| format!(" par {author}"))
}
