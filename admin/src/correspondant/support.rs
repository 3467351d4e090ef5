//! `/cig/collectivites/{id}/support`: what somebody sees and why, without logging in as them. A reason
//! is asked for, journaled, and told to the référents.

mod accesses;

use super::{Correspondant, Supervisor, failed};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::rules::services;
use accesses::{Access, Sources};
use accounts::{Error, Helped, Over, Standing};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Whom the address asks for, and what was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    agent: String,
    fait: String,
}

/// Somebody who is helped.
pub(crate) struct Looked {
    pub(crate) helped: Helped,
    standing: &'static str,
    seen: String,
    invited_until: String,
    pub(crate) accesses: Vec<Access>,
}

#[derive(Template)]
#[template(path = "cig/support.html")]
struct SupportPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    id: String,
    collectivite: String,
    agent: String,
    reason: String,
    looked: Option<Looked>,
}

/// The form.
pub(crate) async fn ask(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Query(asked): Query<Asked>,
) -> Response {
    let over = someone.over(&portal, &leave);
    let done = match asked.fait.as_str() {
        "invitation" => "Une nouvelle invitation est envoyée.",
        "sessions" => "Les sessions de cette personne sont fermées.",
        _ => "",
    };
    let asked = (asked.agent, String::new());
    shown(
        &portal,
        &someone,
        over,
        asked,
        (done, FieldErrors::default()),
        None,
    )
    .await
}

async fn shown(
    portal: &Portal,
    someone: &Correspondant,
    over: Over<'_>,
    (agent, reason): (String, String),
    (done, errors): (&'static str, FieldErrors),
    looked: Option<Looked>,
) -> Response {
    let status = errors.status();
    let read = async {
        let record = over.record().await?;
        let person = someone.person(portal).await?;
        Ok::<_, Error>(SupportPage {
            token: person.token.clone(),
            person: Some(person),
            here: "collectivites",
            done,
            errors,
            id: record.collectivite.id.to_string(),
            collectivite: record.collectivite.name,
            agent,
            reason,
            looked,
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// Looks, for a reason.
pub(crate) async fn look(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    posted: Posted<Pairs>,
) -> Response {
    let over = someone.over(&portal, &leave);
    let one = |name: &str| posted.form.one(name).to_owned();
    let (agent, reason) = (one("agent"), one("motif"));
    let mut errors = FieldErrors::default();
    let asked = (agent.as_str(), reason.as_str());
    let looked = match find(&portal, &someone, over, asked, &mut errors).await {
        Ok(looked) => looked,
        Err(error) => return failed(&error),
    };
    shown(
        &portal,
        &someone,
        over,
        (agent, reason),
        ("", errors),
        looked,
    )
    .await
}

/// Looks at somebody by mail address, for a reason; or says what is wrong with either.
///
/// # Errors
/// The store.
pub(crate) async fn find(
    portal: &Portal,
    someone: &Correspondant,
    over: Over<'_>,
    (agent, reason): (&str, &str),
    errors: &mut FieldErrors,
) -> Result<Option<Looked>, Error> {
    let (agent, reason) = (agent.trim(), reason.trim());
    let reason: String = reason.chars().take(200).collect();
    if agent.is_empty() {
        errors.add("agent", "Saisissez l’adresse électronique de la personne.");
    }
    if reason.chars().count() < 5 {
        errors.add(
            "motif",
            "Saisissez le motif en quelques mots, par exemple « appel du 24/11 : BIP ne s’ouvre pas ».",
        );
    }
    if !errors.is_empty() {
        return Ok(None);
    }
    match over.look(agent, &reason).await {
        Ok(helped) => {
            let member = &helped.member;
            let rules = portal.store.list_rules(&member.collectivite).await?;
            let profile = portal.store.profile_of(&member.id).await?;
            let guardrails = someone.overseen(portal).list_guardrails().await?;
            let mut names = services(portal);
            for (id, name) in over.group_names().await? {
                names.groups.add(&id, &name);
            }
            let sources = Sources {
                rules: &rules,
                guardrails: &guardrails,
                profile: profile.as_ref(),
                names: &names,
            };
            let accesses = accesses::judge(portal, someone, member, &sources);
            Ok(Some(told(helped, accesses)))
        }
        Err(Error::NotFound { .. }) => {
            errors.add(
                "agent",
                "Personne n’a cette adresse dans la collectivité. Vérifiez-la.",
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn told(helped: Helped, accesses: Vec<Access>) -> Looked {
    Looked {
        standing: standing(helped.standing),
        seen: helped
            .last_login_at
            .map_or_else(|| "Jamais".to_owned(), date::short),
        invited_until: helped.invited_until.map_or_else(String::new, date::short),
        accesses,
        helped,
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "Actif",
        Standing::Invited => "Invitation en attente",
        Standing::Suspended => "Suspendu",
        Standing::Left => "Parti",
        Standing::Deleted => "Supprimé",
    }
}

/// Sends the invitation again.
pub(crate) async fn invite(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let over = someone.over(&portal, &leave);
    match over.invite_again(posted.form.one("agent")).await {
        Ok(()) => back(&id, "invitation"),
        Err(error) => failed(&error),
    }
}

/// Ends the person's sessions.
pub(crate) async fn end_sessions(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let over = someone.over(&portal, &leave);
    match over.end_sessions(posted.form.one("agent")).await {
        Ok(()) => back(&id, "sessions"),
        Err(error) => failed(&error),
    }
}

fn back(id: &str, done: &str) -> Response {
    Redirect::to(&format!("/cig/collectivites/{id}/support?fait={done}")).into_response()
}
