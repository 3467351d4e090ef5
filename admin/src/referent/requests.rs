//! `/referent/demandes`: access requests, each answered in two clicks.

pub(crate) mod effect;

use super::{Referent, failed, not_attributed, places};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{AccessRequest, Error, Replacement, RequestAnswer};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

struct Shown {
    id: String,
    name: String,
    service: String,
    level: String,
    message: String,
    since: String,
    /// What accepting it would do.
    effects: Vec<String>,
    /// Whether it is the own one, which another référent answers.
    own: bool,
    /// The answer as it was typed, when it is to be mended.
    typed: Option<Typed>,
}

/// What was typed: the end of the right, and why there is none.
#[derive(Clone)]
pub(crate) struct Typed {
    pub(crate) request: String,
    pub(crate) end: String,
    pub(crate) reason: String,
}

#[derive(Template)]
#[template(path = "referent/requests.html")]
struct RequestsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    errors: FieldErrors,
    /// Where answers are posted.
    address: &'static str,
    requests: Vec<Shown>,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// The open ones.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Query(done): Query<Done>,
) -> Response {
    let done = match done.fait.as_str() {
        "acceptee" => {
            "La demande est acceptée\u{a0}: l’accès est ouvert, et la personne en est avertie par courriel."
        }
        "refusee" => "La demande est refusée. La personne reçoit votre motif par courriel.",
        _ => "",
    };
    list(&portal, &referent, done, None, FieldErrors::default()).await
}

async fn list(
    portal: &Portal,
    referent: &Referent,
    done: &'static str,
    typed: Option<Typed>,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    match read(portal, referent, typed.as_ref()).await {
        Ok((requests, person)) => page::answer(
            status,
            &RequestsPage {
                token: person.token.clone(),
                person: Some(person),
                here: "demandes",
                done,
                errors,
                address: "/referent/demandes",
                requests,
            },
        ),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    typed: Option<&Typed>,
) -> Result<(Vec<Shown>, Person), Error> {
    let mut all = Vec::new();
    for request in referent.within(portal).list_requests().await? {
        let effects = effect::of(portal, referent, &request).await?;
        all.push(Shown {
            effects,
            ..shown(portal, referent, &request, typed)
        });
    }
    Ok((all, referent.person(portal).await?))
}

pub(crate) fn service_name(portal: &Portal, request: &AccessRequest) -> String {
    let entrance = portal.entrance(request.service.as_str());
    entrance.map_or_else(
        || request.service.to_string(),
        |entrance| entrance.name.clone(),
    )
}

pub(crate) fn level_name(portal: &Portal, request: &AccessRequest) -> String {
    let entrance = portal.entrance(request.service.as_str());
    let name = entrance.map(|entrance| entrance.level_name(&request.level));
    name.unwrap_or(request.level.as_str()).to_lowercase()
}

fn shown(
    portal: &Portal,
    referent: &Referent,
    request: &AccessRequest,
    typed: Option<&Typed>,
) -> Shown {
    Shown {
        id: request.id.clone(),
        name: request.name.clone(),
        service: service_name(portal, request),
        level: level_name(portal, request),
        message: request.message.clone(),
        since: date::long(request.created_at),
        effects: Vec::new(),
        own: request.membership == *referent.purview.by(),
        typed: typed.filter(|typed| typed.request == request.id).cloned(),
    }
}

/// Answers one. Fields: `demande`, `reponse` (`oui` or `non`), `fin`, `motif`.
pub(crate) async fn answer(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    let within = referent.within(&portal);
    let requests = match within.list_requests().await {
        Ok(requests) => requests,
        Err(error) => return failed(&error),
    };
    let wanted = fields.one("demande");
    let Some(request) = requests.iter().find(|request| request.id == wanted) else {
        return crate::referent::failure(
            StatusCode::NOT_FOUND,
            "Cette demande n’attend plus de réponse",
            "Un autre référent y a peut-être répondu. Revenez à la liste des demandes.",
        );
    };
    let mut errors = FieldErrors::default();
    let (yes, end, reason) = (
        fields.one("reponse") == "oui",
        fields.one("fin"),
        fields.one("motif"),
    );
    let Some(answer) = read_answer(&portal, yes, (end, reason), &mut errors) else {
        let typed = Typed {
            request: request.id.clone(),
            end: end.to_owned(),
            reason: reason.to_owned(),
        };
        return list(&portal, &referent, "", Some(typed), errors).await;
    };
    let member = match within.member(&request.membership).await {
        Ok(member) => member,
        Err(error) => return failed(&error),
    };
    let leave = match referent.attribute(&member) {
        Ok(leave) => leave,
        Err(refusal) => return not_attributed(&refusal),
    };
    let name = service_name(&portal, request);
    // The page has said what accepting takes away.
    let seen = (&answer, Replacement::Seen);
    match within.answer_request(&leave, request, &name, seen).await {
        Ok(()) => {
            let done = match answer {
                RequestAnswer::Grant(_) => "acceptee",
                RequestAnswer::Decline(_) => "refusee",
            };
            Redirect::to(&format!("/referent/demandes?fait={done}")).into_response()
        }
        Err(error) => places::failed_for(&portal, &error),
    }
}

/// The answer, with the end of the right or why there is none.
pub(crate) fn read_answer(
    portal: &Portal,
    yes: bool,
    (end, reason): (&str, &str),
    errors: &mut FieldErrors,
) -> Option<RequestAnswer> {
    if yes {
        let text = end.trim();
        if text.is_empty() {
            return Some(RequestAnswer::Grant(None));
        }
        let ends_at = date::parse(text).and_then(date::end_of);
        let ahead = ends_at.filter(|at| *at > portal.store.clock().now());
        if ahead.is_none() {
            errors.add("fin", format!("«\u{a0}{text}\u{a0}»\u{a0}: saisissez une date de fin à venir, au format jj/mm/aaaa, ou laissez la case vide."));
            return None;
        }
        return Some(RequestAnswer::Grant(ahead));
    }
    let reason: String = reason.trim().chars().take(500).collect();
    if reason.is_empty() {
        errors.add(
            "motif",
            "Pour refuser une demande, écrivez le motif\u{a0}: la personne le recevra.",
        );
        return None;
    }
    Some(RequestAnswer::Decline(reason))
}
