//! `/cig/demandes`: what a collectivité's only référent cannot answer for themself: their access
//! requests, and their line of the yearly review.

use super::{Correspondant, failed};
use crate::access::{BY_DIRECT_RIGHT, Prospect};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::requests::{Typed, effect, level_name, read_answer, service_name};
use crate::referent::reviews::current::right;
use accounts::{AccessRequest, Error, FromSole, SoleLine, merge_rights};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Member, Principal, Right};
use std::sync::Arc;

use super::sheet::Done;

const ADDRESS: &str = "/cig/demandes";

struct Request {
    id: String,
    collectivite: String,
    name: String,
    service: String,
    level: String,
    message: String,
    since: String,
    /// What accepting it would do.
    effects: Vec<String>,
    /// The answer as it was typed, when it is to be mended.
    typed: Option<Typed>,
}

struct Line {
    review: String,
    membership: String,
    collectivite: (String, String),
    name: String,
    rights: Vec<String>,
    due_on: String,
}

#[derive(Template)]
#[template(path = "cig/requests.html")]
struct RequestsPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    done: &'static str,
    /// Where answers are posted.
    address: &'static str,
    requests: Vec<Request>,
    lines: Vec<Line>,
}

/// What waits.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Query(done): Query<Done>,
) -> Response {
    let done = match done.fait.as_str() {
        "acceptee" => {
            "La demande est acceptée\u{a0}: l’accès est ouvert, et le référent en est averti par courriel."
        }
        "refusee" => "La demande est refusée. Le référent reçoit votre motif par courriel.",
        "garder" => "Décision notée\u{a0}: droits gardés.",
        "retirer" => {
            "Décision notée\u{a0}: le profil et les droits directs du référent sont retirés. L’accès s’est fermé à l’instant."
        }
        _ => "",
    };
    list(
        &portal,
        &someone,
        done,
        &Pairs::default(),
        FieldErrors::default(),
    )
    .await
}

async fn list(
    portal: &Portal,
    someone: &Correspondant,
    done: &'static str,
    typed: &Pairs,
    errors: FieldErrors,
) -> Response {
    let overseen = someone.overseen(portal);
    let read = async {
        let mut requests = Vec::new();
        for from in overseen.list_sole_requests().await? {
            let effects = effects(portal, someone, &from.what).await?;
            requests.push(request(portal, typed, from, effects));
        }
        let lines = overseen.list_sole_lines().await?;
        Ok::<_, Error>((requests, lines, someone.person(portal).await?))
    };
    match read.await {
        Ok((requests, lines, person)) => page::answer(
            errors.status(),
            &RequestsPage {
                token: person.token.clone(),
                person: Some(person),
                here: "demandes",
                errors,
                done,
                address: ADDRESS,
                requests,
                lines: lines.into_iter().map(|from| line(portal, from)).collect(),
            },
        ),
        Err(error) => failed(&error),
    }
}

/// What accepting would make of the référent's access, from the place of whoever answers.
pub(crate) async fn effects(
    portal: &Portal,
    someone: &Correspondant,
    request: &AccessRequest,
) -> Result<Vec<String>, Error> {
    let before = portal.store.member(&request.membership).await?;
    let asked = Right {
        service: request.service.clone(),
        level: request.level.clone(),
    };
    let after = Member {
        rights: merge_rights(before.rights.iter().cloned().chain([asked])),
        ..Member::clone(&before)
    };
    let ruleset = someone.rulesets.of(&Principal::Member(before.clone()));
    let entrance = portal.entrance(request.service.as_str());
    let (Ok(ruleset), Some(entrance)) = (ruleset, entrance) else {
        return Ok(Vec::new());
    };
    let prospect = Prospect {
        name: request.name.clone(),
        before: Member::clone(&before),
        after,
        means: BY_DIRECT_RIGHT,
        ends: Vec::new(),
    };
    let judging = (&**ruleset, &someone.situation);
    Ok(effect::told(judging, entrance, vec![prospect]))
}

fn request(
    portal: &Portal,
    typed: &Pairs,
    from: FromSole<AccessRequest>,
    effects: Vec<String>,
) -> Request {
    let mended = typed.one("demande") == from.what.id;
    let typed = mended.then(|| Typed {
        request: from.what.id.clone(),
        end: typed.one("fin").to_owned(),
        reason: typed.one("motif").to_owned(),
    });
    Request {
        collectivite: from.collectivite.1,
        service: service_name(portal, &from.what),
        level: level_name(portal, &from.what),
        since: date::long(from.what.created_at),
        effects,
        typed,
        id: from.what.id,
        name: from.what.name,
        message: from.what.message,
    }
}

fn line(portal: &Portal, from: FromSole<SoleLine>) -> Line {
    let (id, name) = from.collectivite;
    let rights = from.what.frozen.rights.iter();
    Line {
        rights: rights.map(|one| right(portal, one)).collect(),
        review: from.what.review,
        membership: from.what.membership.to_string(),
        collectivite: (id.to_string(), name),
        name: from.what.name,
        due_on: date::last_day(from.what.due_at),
    }
}

/// Answers a request (`demande`, `reponse`, `fin`, `motif`), or decides about a line (`collectivite`,
/// `revue`, `personne`, `decision`).
pub(crate) async fn answer(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    if !fields.one("revue").is_empty() {
        let (withdraw, done) = match fields.one("decision") {
            "garder" => (false, "garder"),
            "retirer" => (true, "retirer"),
            _ => return Redirect::to(ADDRESS).into_response(),
        };
        return match decide(&portal, &someone, fields, withdraw).await {
            Ok(()) => to(done),
            Err(error) => refused(&error),
        };
    }
    let (yes, mut errors) = (fields.one("reponse") == "oui", FieldErrors::default());
    let said = (fields.one("fin"), fields.one("motif"));
    let Some(answer) = read_answer(&portal, yes, said, &mut errors) else {
        return list(&portal, &someone, "", fields, errors).await;
    };
    let answered = async {
        let from = find(&portal, &someone, fields.one("demande")).await?;
        let leave = someone.supervise(&portal, from.collectivite.0.as_str());
        let leave = leave.await?;
        let name = service_name(&portal, &from.what);
        let over = someone.over(&portal, &leave);
        over.answer_sole_request(&from.what, &name, &answer).await
    };
    match answered.await {
        Ok(()) => to(if yes { "acceptee" } else { "refusee" }),
        Err(error) => refused(&error),
    }
}

/// A request that waits for those above.
pub(crate) async fn find(
    portal: &Portal,
    someone: &Correspondant,
    id: &str,
) -> Result<FromSole<AccessRequest>, Error> {
    let requests = someone.overseen(portal).list_sole_requests().await?;
    let found = requests.into_iter().find(|from| from.what.id == id);
    found.ok_or_else(|| Error::NotFound {
        what: "request",
        id: id.to_owned(),
    })
}

async fn decide(
    portal: &Portal,
    someone: &Correspondant,
    fields: &Pairs,
    withdraw: bool,
) -> Result<(), Error> {
    let leave = someone
        .supervise(portal, fields.one("collectivite"))
        .await?;
    let membership = fields.one("personne").into();
    let over = someone.over(portal, &leave);
    over.decide_sole_line(fields.one("revue"), &membership, withdraw)
        .await
}

fn to(done: &str) -> Response {
    Redirect::to(&format!("{ADDRESS}?fait={done}")).into_response()
}

/// What a store's failure is here.
fn refused(error: &Error) -> Response {
    let say = |status, title, advice| {
        page::failure_before(
            (ADDRESS, "Revenir aux demandes des référents"),
            status,
            title,
            advice,
        )
    };
    let gone = "Cela n’attend plus votre réponse";
    let advice = "Quelqu’un y a répondu, ou un autre référent de la collectivité peut le faire. Rien n’a été enregistré.";
    match error {
        Error::NotFound { .. } => say(StatusCode::NOT_FOUND, gone, advice),
        Error::Stale { .. } => say(StatusCode::CONFLICT, gone, advice),
        Error::SamePerson => say(
            StatusCode::FORBIDDEN,
            "Une autre personne doit répondre",
            "Personne ne se prononce sur ses propres droits. Demandez à un collègue de répondre.",
        ),
        Error::WouldReplace(_) => say(
            StatusCode::CONFLICT,
            "Accepter retirerait un autre droit",
            "Le référent a déjà sur ce service un droit direct que celui-ci remplacerait. Rien n’a été enregistré. Refusez la demande en le lui disant, ou faites désigner un second référent, qui change les droits.",
        ),
        Error::Full(_) => say(
            StatusCode::CONFLICT,
            "Il n’y a pas assez de places",
            "Le service n’a plus de place libre dans cette collectivité. Rien n’a été enregistré. Ajoutez-lui des places, puis recommencez.",
        ),
        error => failed(error),
    }
}
