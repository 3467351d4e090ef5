//! Who asks, and what: a référent's key or browser, the parameters, the body; and that what is asked
//! twice with one `Idempotency-Key` is done once.

use super::answer::Answer;
use super::problem::Problem;
use crate::portal::Portal;
use crate::posted;
use crate::referent::Referent;
use crate::visitor::MaybeVisitor;
use accounts::{Earlier, Once, Within};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Longest `Idempotency-Key`.
const LONGEST: usize = 200;

/// A référent, as a program or a browser of theirs. As an extractor it answers everybody else.
#[derive(Debug)]
pub(crate) struct ApiReferent(pub(crate) Referent);

impl FromRequestParts<Arc<Portal>> for ApiReferent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Problem> {
        let Ok(MaybeVisitor(visitor)) = MaybeVisitor::from_request_parts(parts, portal).await;
        let visitor = visitor.ok_or_else(Problem::login_required)?;
        Ok(Self(Referent::of(portal, visitor)?))
    }
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

/// How a body is read.
pub(crate) trait Body: Sized {
    /// The only `Content-Type`; `None` for a request without a body.
    const KIND: Option<&'static str>;

    /// # Errors
    /// What is to be mended.
    fn read(bytes: Bytes) -> Result<Self, Problem>;
}

/// JSON.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> Body for Json<T> {
    const KIND: Option<&'static str> = Some("application/json");

    fn read(bytes: Bytes) -> Result<Self, Problem> {
        let read = serde_json::from_slice(&bytes);
        read.map(Self)
            .map_err(|error| Problem::mistake("", error.to_string()))
    }
}

/// A table.
#[derive(Debug)]
pub(crate) struct Csv(pub(crate) Bytes);

impl Body for Csv {
    const KIND: Option<&'static str> = Some("text/csv");

    fn read(bytes: Bytes) -> Result<Self, Problem> {
        Ok(Self(bytes))
    }
}

/// No body.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Body for Nothing {
    const KIND: Option<&'static str> = None;

    fn read(_: Bytes) -> Result<Self, Problem> {
        Ok(Self)
    }
}

/// What a référent asks to be done. As an extractor it answers what was done before.
#[derive(Debug)]
pub(crate) struct Asked<B> {
    pub(crate) referent: Referent,
    pub(crate) body: B,
    version: Option<i64>,
    once: Option<Once>,
}

impl<B> Asked<B> {
    /// The collectivité from within; writes are done once.
    pub(crate) fn within<'a>(&'a self, portal: &'a Portal) -> Within<'a> {
        self.referent.within(portal).once(self.once.as_ref())
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
            let by = self.referent.purview.by();
            portal
                .store
                .keep_answer(by, once, &answer.to_bytes())
                .await?;
        }
        Ok(answer.into_response())
    }
}

impl<B: Body> FromRequest<Arc<Portal>> for Asked<B> {
    type Rejection = Response;

    async fn from_request(request: Request, portal: &Arc<Portal>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let ApiReferent(referent) = ApiReferent::from_request_parts(&mut parts, portal)
            .await
            .map_err(Problem::into_response)?;
        if !referent.visitor.0.key && !posted::is_ours(portal, &parts.headers) {
            return Err(foreign().into_response());
        }
        if !is_of_kind(&parts.headers, B::KIND) {
            return Err(wrong_kind(B::KIND).into_response());
        }
        let request = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(request, portal)
            .await
            .map_err(|rejection| too_large(rejection.status()).into_response())?;
        let once = once(&parts, &bytes).map_err(Problem::into_response)?;
        if let Some(once) = &once {
            earlier(portal, &referent, once).await?;
        }
        Ok(Self {
            version: version(&parts.headers).map_err(Problem::into_response)?,
            body: B::read(bytes).map_err(Problem::into_response)?,
            referent,
            once,
        })
    }
}

/// # Errors
/// The answer to what came before.
async fn earlier(portal: &Portal, referent: &Referent, once: &Once) -> Result<(), Response> {
    let found = portal.store.find_earlier(referent.purview.by(), once).await;
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

fn once(parts: &Parts, body: &Bytes) -> Result<Option<Once>, Problem> {
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
    Ok(Some(Once::new(key, &request)))
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

fn is_of_kind(headers: &HeaderMap, kind: Option<&str>) -> bool {
    let Some(kind) = kind else { return true };
    let said = headers.get(header::CONTENT_TYPE);
    let said = said.and_then(|said| said.to_str().ok()).unwrap_or_default();
    let said = said.split(';').next().unwrap_or_default();
    said.trim().eq_ignore_ascii_case(kind)
}

fn foreign() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "foreign-origin",
        "La demande vient d’un autre site",
        "Par sécurité, elle n’a pas été exécutée. Un programme s’identifie par une clé de programme, non par un cookie.",
    )
}

fn wrong_kind(kind: Option<&str>) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "Type de contenu non pris en charge",
        format!("Envoyez le corps en {}.", kind.unwrap_or_default()),
    )
}

fn too_large(status: StatusCode) -> Problem {
    Problem::new(
        status,
        "unreadable-body",
        "Le corps ne se lit pas",
        "Il dépasse peut-être la taille permise.",
    )
}
