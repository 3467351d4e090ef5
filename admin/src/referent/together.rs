//! `/referent/agents/ensemble`: the people who were ticked on the list are reminded of their invitation
//! or suspended, all or none, once the page has named them.

use super::preview::Pairs;
use super::{Referent, failed};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{Error, RollEntry, Standing, Step};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Attribution;
use std::sync::Arc;

const ADDRESS: &str = "/referent/agents/ensemble";

/// What is done to all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Remind,
    Suspend,
}

impl Act {
    /// Why it does not concern somebody; empty when it does.
    fn leaves_out(self, standing: Standing) -> &'static str {
        match (self, standing) {
            (Self::Remind, Standing::Invited)
            | (Self::Suspend, Standing::Active | Standing::Invited) => "",
            (Self::Remind, _) => "n’attend pas d’invitation",
            (Self::Suspend, _) => "n’a déjà plus accès",
        }
    }
}

/// Somebody whom it concerns.
struct Target {
    leave: Attribution,
    version: i64,
    name: String,
    login: String,
}

#[derive(Template)]
#[template(path = "referent/together.html")]
struct TogetherPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    address: &'static str,
    suspend: bool,
    targets: Vec<Target>,
    /// Name, and why not.
    left_out: Vec<(String, String)>,
    proof: String,
    fields: Vec<(String, String)>,
}

/// Names them, then does it. Fields: `agent-…` (person|version) for each, and `pas` (`relancer`,
/// `suspendre`).
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    let act = match fields.one("pas") {
        "suspendre" => Act::Suspend,
        _ => Act::Remind,
    };
    let (targets, left_out) = match read(&portal, &referent, fields, act).await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    if targets.is_empty() {
        return nobody(act, &left_out);
    }
    if fields.was_shown(&portal, &referent, ADDRESS) {
        return done(&portal, &referent, targets, act).await;
    }
    let person = match referent.person(&portal).await {
        Ok(person) => person,
        Err(error) => return failed(&error),
    };
    page::answer(
        StatusCode::OK,
        &TogetherPage {
            token: person.token.clone(),
            person: Some(person),
            here: "agents",
            address: ADDRESS,
            suspend: act == Act::Suspend,
            targets,
            left_out,
            proof: fields.proof(&portal, &referent, ADDRESS),
            fields: fields.change().cloned().collect(),
        },
    )
}

/// Those who were ticked: whom it concerns, and whom not.
async fn read(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
    act: Act,
) -> Result<(Vec<Target>, Vec<(String, String)>), Error> {
    let within = referent.within(portal);
    let (mut targets, mut left_out) = (Vec::new(), Vec::new());
    let ticked = fields.prefixed("agent-");
    for (id, version) in ticked.filter_map(|agent| agent.split_once('|')) {
        let entry: RollEntry = within.get(&referent.membership(id)).await?;
        let member = within.member(&entry.id).await?;
        let why = act.leaves_out(entry.standing);
        match referent.attribute(&member) {
            Ok(leave) if why.is_empty() => targets.push(Target {
                leave,
                version: version.parse().unwrap_or_default(),
                name: entry.full_name(),
                login: entry.login,
            }),
            Ok(_) => left_out.push((entry.full_name(), why.to_owned())),
            Err(refusal) => left_out.push((entry.full_name(), refusal.sentence().to_owned())),
        }
    }
    Ok((targets, left_out))
}

fn nobody(act: Act, left_out: &[(String, String)]) -> Response {
    let title = if left_out.is_empty() {
        "Aucun agent n’est coché"
    } else {
        "Aucun des agents cochés n’est concerné"
    };
    let advice = match act {
        Act::Remind => "Revenez à la liste et cochez des agents dont l’invitation est en attente.",
        Act::Suspend => {
            "Revenez à la liste et cochez des agents dont l’accès est ouvert, autres que vous-même."
        }
    };
    crate::referent::failure(StatusCode::UNPROCESSABLE_ENTITY, title, advice)
}

async fn done(portal: &Portal, referent: &Referent, targets: Vec<Target>, act: Act) -> Response {
    let within = referent.within(portal);
    let (done, result) = match act {
        Act::Remind => {
            let people: Vec<_> = targets.into_iter().map(|target| target.leave).collect();
            ("relances", within.remind_all(&people).await)
        }
        Act::Suspend => {
            let people = targets.into_iter();
            let people: Vec<_> = people
                .map(|target| (target.leave, target.version))
                .collect();
            let now = portal.store.clock().now();
            (
                "suspendus",
                within.take_all(&people, Step::Suspend(now)).await,
            )
        }
    };
    match result {
        Ok(()) => Redirect::to(&format!("/referent/agents?fait={done}")).into_response(),
        Err(Error::NotFound {
            what: "invitation", ..
        }) => crate::referent::failure(
            StatusCode::CONFLICT,
            "Une de ces personnes vient de répondre à son invitation",
            "Rien n’a été envoyé. Revenez à la liste des agents et recommencez.",
        ),
        Err(error) => failed(&error),
    }
}
