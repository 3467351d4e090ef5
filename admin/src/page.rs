//! What pages have in common: the person in the header, and how a template becomes an answer.

use crate::portal::Portal;
use crate::posted;
use crate::visitor::{MaybeVisitor, Visitor};
use accounts::Error;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use policies::Role;
use std::sync::Arc;

/// The person in the header.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) collectivite: String,
    pub(crate) token: String,
    /// Whether there is another collectivité to change to, or one that asks.
    pub(crate) several: bool,
    /// Address and name of the console of their role, if it has one.
    pub(crate) console: Option<(&'static str, &'static str)>,
}

impl Person {
    pub(crate) async fn of(portal: &Portal, visitor: &Visitor) -> Result<Self, Error> {
        let memberships = portal.store.list_memberships(visitor.account()).await?;
        let proposals = portal.store.list_proposals(visitor.account()).await?;
        // A link and no more: the console itself asks Cedar.
        let role = visitor.0.member.as_ref().map(|member| member.role);
        Ok(Self {
            name: visitor.0.name.clone(),
            collectivite: visitor.0.collectivite.clone(),
            token: posted::token(portal, visitor),
            several: memberships.len() > 1 || !proposals.is_empty(),
            console: match role {
                Some(Role::Referent) => Some(("/referent", "Gérer ma collectivité")),
                Some(Role::Correspondant | Role::Partenaire) => {
                    Some(("/cig", "Gérer les collectivités"))
                }
                _ => None,
            },
        })
    }

    /// For pages that are there for everybody, whatever the store does.
    pub(crate) async fn if_any(portal: &Portal, visitor: Option<&Visitor>) -> Option<Self> {
        Self::of(portal, visitor?).await.ok()
    }
}

/// A template as an answer.
pub(crate) fn answer(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "Could not render a page");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page that has a script of ours.
pub(crate) fn with_script(portal: &Portal, mut page: Response) -> Response {
    if let Ok(policy) = HeaderValue::try_from(portal.policy_with_script()) {
        page.headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    page
}

/// Where a page leads on to: address and name.
pub(crate) type Exit = (&'static str, &'static str);

/// Where people start from.
pub(crate) const SERVICES: Exit = ("/", "Aller à «\u{a0}Mes services\u{a0}»");

#[derive(Template)]
#[template(path = "page.html")]
pub(crate) struct TextPage<'a> {
    pub(crate) person: Option<Person>,
    pub(crate) title: &'a str,
    pub(crate) paragraphs: &'a [&'a str],
    pub(crate) exit: Exit,
}

/// A page that says what went wrong and what to do.
pub(crate) fn failure(status: StatusCode, title: &str, advice: &str) -> Response {
    failure_before(SERVICES, status, title, advice)
}

/// The same, with another way on.
pub(crate) fn failure_before(
    exit: Exit,
    status: StatusCode,
    title: &str,
    advice: &str,
) -> Response {
    answer(
        status,
        &TextPage {
            person: None,
            title,
            paragraphs: &[advice],
            exit,
        },
    )
}

/// The answer to a store that failed.
pub(crate) fn unavailable(error: &Error) -> Response {
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "The portal could not reach the store");
    failure(
        StatusCode::SERVICE_UNAVAILABLE,
        "Le portail est momentanément indisponible",
        "Rien n’a été perdu. Réessayez dans quelques minutes.",
    )
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFoundPage {
    person: Option<Person>,
}

/// Any other address.
pub(crate) async fn not_found(
    State(portal): State<Arc<Portal>>,
    visitor: MaybeVisitor,
) -> Response {
    let person = Person::if_any(&portal, visitor.0.as_ref()).await;
    answer(StatusCode::NOT_FOUND, &NotFoundPage { person })
}
