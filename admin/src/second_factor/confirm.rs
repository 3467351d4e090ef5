//! The form that every change of factors begins with: what is about to happen, and the password.
//! And what to say when it does not happen.

use super::Change;
use crate::login::{self, Refused};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted;
use crate::visitor::Visitor;
use accounts::{Error, FactorError, LoginError};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// One such form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Confirmation<'a> {
    pub(super) title: &'a str,
    pub(super) paragraphs: &'a [&'a str],
    /// Where it posts to.
    pub(super) action: &'a str,
    pub(super) button: &'a str,
    /// What the new factor is called, where there is one.
    pub(super) name: Option<&'a str>,
    /// The factor that it is about.
    pub(super) factor: &'a str,
}

#[derive(Template)]
#[template(path = "factor_confirm.html")]
struct ConfirmPage<'a> {
    person: Option<Person>,
    token: String,
    error: Option<&'a str>,
    form: Confirmation<'a>,
}

/// Shows it.
pub(super) async fn show(
    portal: &Portal,
    visitor: &Visitor,
    form: Confirmation<'_>,
    status: StatusCode,
    error: Option<&str>,
) -> Response {
    let person = match Person::of(portal, visitor).await {
        Ok(person) => person,
        Err(error) => return page::unavailable(&error),
    };
    let page = ConfirmPage {
        person: Some(person),
        token: posted::token(portal, visitor),
        error,
        form,
    };
    page::answer(status, &page)
}

/// Shows it again, with why nothing was changed.
pub(super) async fn refuse(
    portal: &Portal,
    visitor: &Visitor,
    form: Confirmation<'_>,
    error: FactorError,
) -> Response {
    match explain(error) {
        Ok(refused) => {
            let page = show(portal, visitor, form, refused.status, Some(&refused.text)).await;
            login::retry_after(page, refused.wait)
        }
        Err(Error::NotFound { .. }) => unknown(),
        Err(error) => page::unavailable(&error),
    }
}

/// Why what the password was to confirm did not happen.
///
/// # Errors
/// The store: it failed, or there is no such thing.
pub(crate) fn explain(error: FactorError) -> Result<Refused, Error> {
    if let Some((status, text)) = words(&error) {
        return Ok(Refused {
            status,
            text: text.to_owned(),
            wait: None,
        });
    }
    match error {
        FactorError::Password(error) => login::explain(error),
        FactorError::Store(error) => Err(error),
        // Told above.
        other => Err(Error::Unreadable(other.to_string())),
    }
}

/// What the person can do about it.
fn words(error: &FactorError) -> Option<(StatusCode, &'static str)> {
    Some(match error {
        FactorError::Password(LoginError::Wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Le mot de passe ne correspond pas. Vérifiez-le, puis recommencez.",
        ),
        FactorError::LogInAgain => (
            StatusCode::FORBIDDEN,
            "Votre compte a déjà un second facteur, et cette session a été ouverte sans lui. Déconnectez-vous, reconnectez-vous avec ce facteur, puis recommencez.",
        ),
        FactorError::Gone => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "L’ajout a pris trop de temps. Reprenez-le depuis le début.",
        ),
        FactorError::WrongProof => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "La vérification n’a pas abouti : rien n’a été ajouté. Recommencez.",
        ),
        FactorError::Taken => (
            StatusCode::CONFLICT,
            "Cette clé d’accès est déjà enregistrée. Choisissez-en une autre.",
        ),
        FactorError::Last => (
            StatusCode::CONFLICT,
            "Votre fonction exige un second facteur, et celui-ci est le dernier. Ajoutez-en un autre avant de le retirer.",
        ),
        FactorError::Password(_) | FactorError::Store(_) => return None,
    })
}

/// A factor that is not (any more) the visitor's.
pub(super) fn unknown() -> Response {
    page::failure(
        StatusCode::NOT_FOUND,
        "Ce second facteur n’existe pas",
        "Il a peut-être déjà été retiré. Revenez à la liste de vos seconds facteurs.",
    )
}

/// The name that the person gave a factor, or the usual one.
pub(super) fn name<'a>(change: &'a Change, usual: &'a str) -> &'a str {
    match change.nom.trim() {
        "" => usual,
        name => name,
    }
}
