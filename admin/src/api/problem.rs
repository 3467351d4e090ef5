//! What went wrong, for programs (RFC 9457): `type` is a stable English slug, `title` and `detail` are
//! French as pages are, `errors` points into the body that was sent.

use crate::console::NoConsole;
use crate::fields::FieldErrors;
use crate::referent::Obstacle;
use accounts::{Error, Seats};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use policies::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

/// How problems are answered.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// A problem.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `/problems/` and a stable English slug.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-found")]
    kind: String,
    title: &'static str,
    #[serde(serialize_with = "number")]
    #[schema(value_type = u16)]
    status: StatusCode,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    /// Empty unless the body is to be mended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Mistake>,
}

/// What is to be mended in a body, and how.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Mistake {
    /// JSON pointer (RFC 6901); empty for the whole body.
    #[schema(example = "/email")]
    pointer: String,
    detail: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        slug: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title,
            status,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// Its detail, of what whoever asked can mend.
    pub(crate) fn mendable(&self) -> Option<&str> {
        (self.status == StatusCode::BAD_REQUEST).then_some(&self.detail)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Introuvable",
            "Cet objet n’existe pas, ou vous ne le gérez pas.",
        )
    }

    pub(crate) fn login_required() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "login-required",
            "Connexion nécessaire",
            "Envoyez une clé de programme dans l’en-tête Authorization.",
        )
    }

    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Accès non ouvert",
            detail,
        )
    }

    pub(crate) fn conflict(slug: &str, title: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, slug, title, detail)
    }

    /// Somebody changed it since it was read. `status` is 412 where the version came in `If-Match`.
    pub(crate) fn stale(status: StatusCode) -> Self {
        Self::new(
            status,
            "stale",
            "Quelqu’un d’autre a modifié cette fiche entre-temps",
            "Rien n’a été enregistré. Relisez-la, puis recommencez avec sa nouvelle version.",
        )
    }

    /// A body that is to be mended in one place.
    pub(crate) fn mistake(pointer: &str, detail: impl Into<String>) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Des informations sont à corriger",
            "",
        );
        problem.errors.push(Mistake {
            pointer: pointer.to_owned(),
            detail: detail.into(),
        });
        problem
    }

    /// What the pages say of their fields; `pointers` says where each field is in the body. One that
    /// ends with a hyphen is where all fields are whose names begin so.
    pub(crate) fn invalid(errors: &FieldErrors, pointers: &[(&str, &str)]) -> Self {
        let mut problem = Self::mistake("", "");
        problem.errors = errors
            .iter()
            .map(|error| {
                let known = pointers.iter().find(|(field, _)| {
                    *field == error.field
                        || (field.ends_with('-') && error.field.starts_with(*field))
                });
                Mistake {
                    pointer: known.map_or("", |(_, pointer)| pointer).to_owned(),
                    detail: error.text.clone(),
                }
            })
            .collect();
        problem
    }

    /// The same for a request whose version came in `If-Match`: a failed precondition is 412.
    pub(crate) fn conditional(error: impl Into<Self>) -> Self {
        let problem: Self = error.into();
        if problem.kind == "/problems/stale" {
            return Self::stale(StatusCode::PRECONDITION_FAILED);
        }
        problem
    }
}

impl Problem {
    /// « bip : 12 places, 13 personnes » for each service that lacks places.
    fn no_seats(seats: &[Seats]) -> Self {
        let lacking = seats.iter().map(|one| {
            let allowed = one.allowed.unwrap_or_default();
            format!(
                "{}\u{a0}: {allowed} places, {} personnes",
                one.service, one.used
            )
        });
        let lacking = lacking.collect::<Vec<_>>().join("\u{a0}; ");
        Self::conflict("no-seats", "Il n’y a pas assez de places", &lacking)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { .. } => Self::not_found(),
            Error::Stale { .. } => Self::stale(StatusCode::CONFLICT),
            Error::Exists { .. } => {
                Self::conflict("exists", "Existe déjà", "Un autre porte déjà ce nom.")
            }
            Error::InUse(_) => Self::conflict(
                "in-use",
                "Sert encore",
                "Une règle en parle\u{a0}: le supprimer changerait des accès.",
            ),
            Error::LastReferent(_) => Self::conflict(
                "last-referent",
                "La collectivité doit garder un référent",
                "C’est le dernier référent en activité. Un autre référent est d’abord désigné par l’autorité territoriale.",
            ),
            Error::OwnRights => Self::forbidden(
                "Vous ne pouvez pas changer vos propres droits. Demandez à un autre référent de votre collectivité de le faire.",
            ),
            Error::SamePerson => Self::new(
                StatusCode::FORBIDDEN,
                "another-person",
                "Une autre personne doit décider",
                "Vous y avez pris part, ou il s’agit de vous\u{a0}: une deuxième personne en décide.",
            ),
            Error::Full(seats) => Self::no_seats(&seats),
            Error::ClosedAbove(_) => Self::forbidden(
                "Le CIG a fermé cette collectivité\u{a0}: lui seul peut la rouvrir.",
            ),
            Error::WouldReplace(_) => Self::conflict(
                "would-replace",
                "Accepter retirerait un autre droit",
                "La personne a sur ce service un droit direct que celui-ci remplacerait. Changez ses droits avec l’aperçu, ou refusez la demande.",
            ),
            Error::Undecided(people) => Self::conflict(
                "undecided",
                "Des personnes attendent encore une décision",
                &format!(
                    "Personnes sans décision\u{a0}: {people}. Prononcez-vous sur chacune, puis recommencez."
                ),
            ),
            Error::Repeated => Self::repeated(),
            error => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "The API could not reach the store");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "Le portail est momentanément indisponible",
                    "Rien n’a été perdu. Réessayez dans quelques minutes.",
                )
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::forbidden(refusal.sentence())
    }
}

impl From<Obstacle> for Problem {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Store(error) => error.into(),
            Obstacle::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<NoConsole> for Problem {
    fn from(not: NoConsole) -> Self {
        match not {
            NoConsole::Unreadable => Self::forbidden("Vos droits ne peuvent pas être lus."),
            NoConsole::Refused(refusal) => refusal.into(),
        }
    }
}

impl Problem {
    /// The request is under way, or was done and its answer was lost.
    pub(crate) fn repeated() -> Self {
        Self::conflict(
            "already-done",
            "Cette demande a déjà été exécutée",
            "Sa réponse n’est pas disponible, ou pas encore. Réessayez dans quelques secondes\u{a0}; sinon, relisez l’objet\u{a0}: la demande ne sera pas exécutée deux fois.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}
