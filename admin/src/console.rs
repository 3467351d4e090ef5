//! What the consoles have in common: somebody works in one, by a browser or a program of theirs, or
//! is told why not.

use crate::correspondant::Correspondant;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::referent::Referent;
use crate::visitor::Visitor;
use accounts::Error;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use policies::{CollectiviteId, MembershipId, Refusal};
use std::sync::Arc;

/// Somebody at work in a console, with leave to be there.
pub(crate) trait Administrator: Sized + Send + Sync {
    /// Asks Cedar.
    ///
    /// # Errors
    /// See [`NoConsole`].
    fn of(portal: &Portal, visitor: Visitor) -> Result<Self, NoConsole>;

    fn visitor(&self) -> &Visitor;

    /// The membership that they act through.
    fn by(&self) -> &MembershipId;
}

/// Why somebody works in no console.
#[derive(Debug)]
pub(crate) enum NoConsole {
    /// The assertion says nothing that could be decided on.
    Unreadable,
    /// Cedar.
    Refused(Refusal),
}

impl IntoResponse for NoConsole {
    fn into_response(self) -> Response {
        let status = StatusCode::FORBIDDEN;
        match self {
            Self::Unreadable => page::failure(
                status,
                "Vos droits ne peuvent pas être lus",
                "Reconnectez-vous.",
            ),
            Self::Refused(refusal) => page::failure(
                status,
                "Cette page ne vous est pas ouverte",
                refusal.sentence(),
            ),
        }
    }
}

/// Lets somebody in to a page, or answers them.
///
/// # Errors
/// The log-in page, or why not.
pub(crate) async fn enter<W: Administrator>(
    parts: &mut Parts,
    portal: &Arc<Portal>,
) -> Result<W, Response> {
    let visitor = Visitor::from_request_parts(parts, portal).await?;
    W::of(portal, visitor).map_err(NoConsole::into_response)
}

/// Somebody of either console. As an extractor it answers everybody else.
#[derive(Debug)]
pub(crate) enum Anyone {
    Referent(Box<Referent>),
    Correspondant(Box<Correspondant>),
}

impl Anyone {
    /// The body that they work for.
    pub(crate) fn own(&self) -> &CollectiviteId {
        match self {
            Self::Referent(referent) => referent.purview.collectivite(),
            Self::Correspondant(someone) => &someone.own,
        }
    }

    pub(crate) async fn person(&self, portal: &Portal) -> Result<Person, Error> {
        Person::of(portal, self.visitor()).await
    }
}

impl Administrator for Anyone {
    fn of(portal: &Portal, visitor: Visitor) -> Result<Self, NoConsole> {
        let not = match Referent::of(portal, visitor.clone()) {
            Ok(referent) => return Ok(Self::Referent(Box::new(referent))),
            Err(not) => not,
        };
        let other = Correspondant::of(portal, visitor).map_err(|_| not)?;
        Ok(Self::Correspondant(Box::new(other)))
    }

    fn visitor(&self) -> &Visitor {
        match self {
            Self::Referent(referent) => referent.visitor(),
            Self::Correspondant(someone) => someone.visitor(),
        }
    }

    fn by(&self) -> &MembershipId {
        match self {
            Self::Referent(referent) => referent.by(),
            Self::Correspondant(someone) => someone.by(),
        }
    }
}

impl FromRequestParts<Arc<Portal>> for Anyone {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        enter(parts, portal).await
    }
}
