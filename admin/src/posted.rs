//! Forms, and who may send them. A browser says where a post comes from (`Sec-Fetch-Site`,
//! `Origin`); what says neither must carry the token of the session it would act for.

use crate::page;
use crate::portal::Portal;
use crate::visitor::{MaybeVisitor, Visitor};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// How forms are posted, unless they carry a file.
const FORM: &str = "application/x-www-form-urlencoded";

/// A form that a page of ours posted.
#[derive(Debug)]
pub(crate) struct Posted<T> {
    pub(crate) visitor: Option<Visitor>,
    pub(crate) form: T,
}

/// A form that may carry the token.
pub(crate) trait Tokened {
    /// The field `jeton`; `None` for a form that acts for no session.
    fn token(&self) -> Option<&str>;
}

/// What a page writes into its forms: known to the person's own pages only.
pub(crate) fn token(portal: &Portal, visitor: &Visitor) -> String {
    portal.store.form_token(visitor.session())
}

/// What the headers say of where a post comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    Ours,
    Foreign,
    Unsaid,
}

fn source(headers: &HeaderMap, own_origin: &str) -> Source {
    let said = |name: &str| headers.get(name).map(header::HeaderValue::as_bytes);
    match (said("sec-fetch-site"), said("origin")) {
        (Some(b"same-origin" | b"none"), _) => Source::Ours,
        (None, Some(origin)) if origin == own_origin.as_bytes() => Source::Ours,
        (None, None) => Source::Unsaid,
        _ => Source::Foreign,
    }
}

/// The fields; a name may come several times, as checkboxes do.
async fn read<T: DeserializeOwned>(
    request: Request,
    portal: &Arc<Portal>,
) -> Result<T, StatusCode> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(FORM.as_bytes()));
    if !is_form {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let body = Bytes::from_request(request, portal)
        .await
        .map_err(|rejection| rejection.status())?;
    serde_html_form::from_bytes(&body).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)
}

impl<T: DeserializeOwned + Tokened> FromRequest<Arc<Portal>> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, portal: &Arc<Portal>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(MaybeVisitor(visitor)) = MaybeVisitor::from_request_parts(&mut parts, portal).await;
        let headers = parts.headers.clone();
        let request = Request::from_parts(parts, body);
        let form: T = read(request, portal).await.map_err(|status| {
            page::failure(
                status,
                "La demande est incomplète",
                "Revenez à la page précédente et recommencez.",
            )
        })?;
        check(portal, &headers, visitor.as_ref(), form.token())?;
        Ok(Self { visitor, form })
    }
}

/// Whether the browser itself says that a page of ours sends this; silence is not enough.
pub(crate) fn is_ours(portal: &Portal, headers: &HeaderMap) -> bool {
    source(headers, &portal.own.origin) == Source::Ours
}

/// Refuses a post that another site's page may have sent. `said` is its token; `None` where the form
/// acts for no session.
#[expect(clippy::result_large_err, reason = "the answer itself, made once")]
pub(crate) fn check(
    portal: &Portal,
    headers: &HeaderMap,
    visitor: Option<&Visitor>,
    said: Option<&str>,
) -> Result<(), Response> {
    let genuine = match (source(headers, &portal.own.origin), visitor) {
        (Source::Ours, _) | (Source::Unsaid, None) => true,
        (Source::Unsaid, Some(visitor)) => said.is_none_or(|said| said == token(portal, visitor)),
        (Source::Foreign, _) => false,
    };
    if genuine {
        return Ok(());
    }
    Err(page::failure(
        StatusCode::FORBIDDEN,
        "La demande vient d’un autre site",
        "Par sécurité, elle n’a pas été exécutée. Ouvrez «\u{a0}Mes services\u{a0}» et recommencez depuis cette page.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[(&'static str, &'static str)]) -> Source {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(*name, header::HeaderValue::from_static(value));
        }
        source(&headers, "http://portail.localhost:8080")
    }

    #[test]
    fn a_browser_says_where_a_post_comes_from() {
        assert_eq!(of(&[("sec-fetch-site", "same-origin")]), Source::Ours);
        assert_eq!(
            of(&[("origin", "http://portail.localhost:8080")]),
            Source::Ours
        );
        for foreign in [
            &[("sec-fetch-site", "same-site")][..],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://portail.localhost:8080"),
            ],
            &[("origin", "http://bip.localhost:8080")],
            &[("origin", "null")],
        ] {
            assert_eq!(of(foreign), Source::Foreign, "{foreign:?}");
        }
        assert_eq!(of(&[]), Source::Unsaid);
    }
}
