//! Who asks, and what: the key or browser of somebody who administers, the parameters; and that what
//! is asked twice with one `Idempotency-Key` is done once.

use super::answer::Answer;
use super::body::{self, Body};
use super::problem::Problem;
use crate::console::Administrator;
use crate::correspondant::Correspondant;
use crate::portal::Portal;
use crate::posted;
use crate::referent::Referent;
use crate::visitor::Arrival;
use accounts::{Earlier, Once, Over, Overseen, Within};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use policies::{MembershipId, Supervision};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Longest `Idempotency-Key`.
const LONGEST: usize = 200;

/// Somebody of a console, as a program or a browser of theirs. As an extractor it answers everybody
/// else.
#[derive(Debug)]
pub(crate) struct Caller<W>(pub(crate) W);

impl<W: Administrator> FromRequestParts<Arc<Portal>> for Caller<W> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Problem> {
        match Arrival::of(parts, portal) {
            Arrival::Nobody => Err(Problem::login_required()),
            Arrival::OutOfPlace => Err(asks_only()),
            Arrival::Somebody(visitor) => Ok(Self(W::of(portal, *visitor)?)),
        }
    }
}

fn asks_only() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "key-asks-only",
        "Cette clé ne fait que poser des questions",
        "Elle sert à /access/v1/ et à /api/v1/explain. Pour autre chose, créez une clé qui permet tout ce que vous pouvez faire.",
    )
}

/// What stands behind `?`.
#[derive(Debug)]
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Portal>> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Portal>) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let read = serde_html_form::from_str(query);
        read.map(Self)
            .map_err(|error| bad_parameter(&error.to_string()))
    }
}

pub(crate) fn bad_parameter(detail: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad-parameter",
        "Paramètre à corriger",
        detail,
    )
}

/// What somebody asks to be done. As an extractor it answers what was done before.
#[derive(Debug)]
pub(crate) struct Asked<B, W = Referent> {
    pub(crate) who: W,
    pub(crate) body: B,
    version: Option<i64>,
    once: Option<Once>,
}

impl<B> Asked<B> {
    /// The collectivité from within; writes are done once.
    pub(crate) fn within<'a>(&'a self, portal: &'a Portal) -> Within<'a> {
        self.who.within(portal).once(self.once())
    }
}

impl<B> Asked<B, Correspondant> {
    /// Those that they follow; writes are done once.
    pub(crate) fn overseen<'a>(&'a self, portal: &'a Portal) -> Overseen<'a> {
        self.who.overseen(portal).once(self.once())
    }

    /// One of them; writes are done once.
    pub(crate) fn over<'a>(&'a self, portal: &'a Portal, leave: &'a Supervision) -> Over<'a> {
        self.who.over(portal, leave).once(self.once())
    }
}

impl<B, W> Asked<B, W> {
    /// What its writes are done once for, if that was asked for.
    pub(crate) fn once(&self) -> Option<&Once> {
        self.once.as_ref()
    }

    /// The version that was read, from `If-Match`.
    ///
    /// # Errors
    /// 428 when it is not said.
    pub(crate) fn version(&self) -> Result<i64, Problem> {
        self.version.ok_or_else(|| {
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "version-required",
                "La version est à préciser",
                "Envoyez dans l’en-tête If-Match l’ETag de la fiche que vous avez lue.",
            )
        })
    }

    /// Answers, and keeps the answer for whoever asks again.
    ///
    /// # Errors
    /// The store: what was done stays so, and its answer is lost.
    pub(crate) async fn answer(
        &self,
        portal: &Portal,
        answer: Answer,
    ) -> Result<Response, Problem> {
        if let Some(once) = &self.once {
            portal.store.keep_answer(once, &answer.to_bytes()).await?;
        }
        Ok(answer.into_response())
    }
}

impl<B: Body, W: Administrator> FromRequest<Arc<Portal>> for Asked<B, W> {
    type Rejection = Response;

    async fn from_request(request: Request, portal: &Arc<Portal>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Caller(who) = Caller::<W>::from_request_parts(&mut parts, portal)
            .await
            .map_err(Problem::into_response)?;
        if !who.visitor().0.key && !posted::is_ours(portal, &parts.headers) {
            return Err(foreign().into_response());
        }
        let request = Request::from_parts(parts.clone(), body);
        let bytes = body::receive::<B>(request, portal)
            .await
            .map_err(Problem::into_response)?;
        let once = once(who.by(), &parts, &bytes).map_err(Problem::into_response)?;
        if let Some(once) = &once {
            earlier(portal, once).await?;
        }
        Ok(Self {
            version: version(&parts.headers).map_err(Problem::into_response)?,
            body: B::read(bytes).map_err(Problem::into_response)?,
            who,
            once,
        })
    }
}

/// # Errors
/// The answer to what came before.
async fn earlier(portal: &Portal, once: &Once) -> Result<(), Response> {
    let found = portal.store.find_earlier(once).await;
    match found.map_err(|error| Problem::from(error).into_response())? {
        None => Ok(()),
        Some(Earlier::Answered(answer)) => Err(Answer::from_bytes(&answer).map_or_else(
            || Problem::repeated().into_response(),
            axum::response::IntoResponse::into_response,
        )),
        Some(Earlier::Done) => Err(Problem::repeated().into_response()),
        Some(Earlier::Another) => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "Clé d’idempotence déjà employée",
            "Cette clé a accompagné une autre demande. Donnez à chaque demande la sienne.",
        )
        .into_response()),
    }
}

fn once(by: &MembershipId, parts: &Parts, body: &Bytes) -> Result<Option<Once>, Problem> {
    let Some(key) = parts.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let plain = key.to_str().ok().map(str::trim);
    let plain = plain.filter(|key| (1..=LONGEST).contains(&key.len()));
    let key = plain.ok_or_else(|| {
        bad_parameter("Idempotency-Key compte de 1 à 200 caractères, sans accents.")
    })?;
    // A digest of all that makes the request what it is: lengths cannot be confused.
    let said = |name: header::HeaderName| {
        let value = parts.headers.get(name);
        value.map_or_else(String::new, |value| format!("{value:?}"))
    };
    let request = format!(
        "{} {:?} {} {} {body:?}",
        parts.method,
        parts.uri.path_and_query(),
        said(header::IF_MATCH),
        said(header::CONTENT_TYPE),
    );
    Ok(Some(Once::new(by, key, &request)))
}

/// `"7"`; `None` when nothing is said.
fn version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(field) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let quoted = field.to_str().ok().map(str::trim);
    let number = quoted.and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    let version = number.and_then(|number| number.parse().ok());
    let unreadable = || bad_parameter("If-Match reprend l’ETag qui a été lu, par exemple \"3\".");
    version.map(Some).ok_or_else(unreadable)
}

fn foreign() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "foreign-origin",
        "La demande vient d’un autre site",
        "Par sécurité, elle n’a pas été exécutée. Un programme s’identifie par une clé de programme, non par un cookie.",
    )
}
