//! `/invitation/…` and `/mot-de-passe/…`: choosing a password by the link of a letter. Opening the
//! page uses nothing up, since programs that read mail open links too; the button does. The address
//! is a secret, so it goes nowhere: no referrer, nothing stored.

use crate::date;
use crate::fields::FieldErrors;
use crate::login;
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{Error, LEAST_ALONE, Link, LinkState, Password, PasswordError, Purpose};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;
use std::sync::Arc;

/// These pages.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route(
            "/invitation/{token}",
            get(show_invitation).post(answer_invitation),
        )
        .route("/mot-de-passe/{token}", get(show_reset).post(answer_reset))
}

#[derive(Template)]
#[template(path = "choose_password.html")]
struct ChoosePage<'a> {
    person: Option<Person>,
    errors: FieldErrors,
    action: String,
    invited: bool,
    link: &'a Link,
    until: String,
    least: usize,
}

#[derive(Template)]
#[template(path = "link_closed.html")]
struct ClosedPage {
    person: Option<Person>,
    invited: bool,
    title: &'static str,
    why: String,
    /// Whether there is nothing to ask for: the person has a password.
    used: bool,
    /// Whether only a référent can help.
    closed: bool,
}

/// What the form posts. Where it comes from is not asked: only who knows the secret of the address can
/// send it, it acts for no session, and a page without referrer gives its origin as `null`.
#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    mot_de_passe: String,
    #[serde(default)]
    confirmation: String,
}

async fn show_invitation(State(portal): State<Arc<Portal>>, Path(token): Path<String>) -> Response {
    secret(show(&portal, &token, Purpose::Activation).await)
}

async fn show_reset(State(portal): State<Arc<Portal>>, Path(token): Path<String>) -> Response {
    secret(show(&portal, &token, Purpose::Reset).await)
}

async fn answer_invitation(
    State(portal): State<Arc<Portal>>,
    Path(token): Path<String>,
    Form(choice): Form<Choice>,
) -> Response {
    secret(submit(&portal, &token, Purpose::Activation, choice).await)
}

async fn answer_reset(
    State(portal): State<Arc<Portal>>,
    Path(token): Path<String>,
    Form(choice): Form<Choice>,
) -> Response {
    secret(submit(&portal, &token, Purpose::Reset, choice).await)
}

/// Lets the address leave the page by no link of it.
pub(crate) fn secret(mut response: Response) -> Response {
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// The link, if it is one of this purpose; else the page that says so.
async fn find(portal: &Portal, token: &str, purpose: Purpose) -> Result<Link, Box<Response>> {
    match portal.store.find_link(token).await {
        Ok(Some(link)) if link.purpose == purpose => Ok(link),
        Ok(_) => Err(Box::new(unknown(purpose))),
        Err(error) => Err(Box::new(page::unavailable(&error))),
    }
}

async fn show(portal: &Portal, token: &str, purpose: Purpose) -> Response {
    match find(portal, token, purpose).await {
        Ok(link) if link.state == LinkState::Open => {
            form(token, &link, StatusCode::OK, FieldErrors::default())
        }
        Ok(link) => closed(purpose, link.state),
        Err(response) => *response,
    }
}

async fn submit(portal: &Portal, token: &str, purpose: Purpose, choice: Choice) -> Response {
    let link = match find(portal, token, purpose).await {
        Ok(link) => link,
        Err(response) => return *response,
    };
    let (password, again) = (
        Password::from(choice.mot_de_passe),
        Password::from(choice.confirmation),
    );
    let mut errors = FieldErrors::default();
    if password != again {
        errors.add("confirmation", DIFFERENT);
        return form(token, &link, StatusCode::UNPROCESSABLE_ENTITY, errors);
    }
    match portal.store.use_link(token, &password).await {
        Ok(_) => {
            let done = if purpose == Purpose::Activation {
                "activation"
            } else {
                "mot-de-passe"
            };
            // Answered in this place, so that the address need not be typed again.
            login::next(portal, done, &link.account.login)
        }
        Err(PasswordError::Link(state)) => closed(purpose, state),
        Err(PasswordError::Store(Error::NotFound { .. })) => unknown(purpose),
        Err(error) => match explain(&mut errors, "mot_de_passe", error) {
            Ok(status) => form(token, &link, status, errors),
            Err(error) => page::unavailable(&error),
        },
    }
}

/// What is said of two fields that should be the same.
pub(crate) const DIFFERENT: &str =
    "Les deux saisies ne sont pas identiques\u{a0}: saisissez deux fois le même mot de passe.";

/// Why a new password was not taken, below its field, and the status that says so.
pub(crate) fn explain(
    errors: &mut FieldErrors,
    field: &'static str,
    error: PasswordError,
) -> Result<StatusCode, Error> {
    match error {
        PasswordError::Weak(weaknesses) => {
            for weakness in weaknesses {
                errors.add(field, weakness.sentence());
            }
            Ok(StatusCode::UNPROCESSABLE_ENTITY)
        }
        PasswordError::Store(Error::Busy) => {
            errors.add(
                field,
                "Beaucoup de personnes se connectent en ce moment\u{a0}: recommencez dans quelques secondes.",
            );
            Ok(StatusCode::SERVICE_UNAVAILABLE)
        }
        PasswordError::Store(error) => Err(error),
        PasswordError::Link(_) | PasswordError::Wrong | PasswordError::Wait(_) => {
            errors.add(field, "Recommencez\u{a0}: rien n’a été changé.");
            Ok(StatusCode::CONFLICT)
        }
    }
}

fn form(token: &str, link: &Link, status: StatusCode, errors: FieldErrors) -> Response {
    let invited = link.purpose == Purpose::Activation;
    let folder = if invited {
        "invitation"
    } else {
        "mot-de-passe"
    };
    page::answer(
        status,
        &ChoosePage {
            person: None,
            errors,
            action: format!("/{folder}/{token}"),
            invited,
            link,
            until: date::long(link.expires_at),
            least: LEAST_ALONE,
        },
    )
}

/// A link that serves no more: since when, and what to do.
fn closed(purpose: Purpose, state: LinkState) -> Response {
    let (title, why) = match state {
        LinkState::Used(at) => (
            "Ce lien a déjà servi",
            format!(
                "Un mot de passe a été choisi avec ce lien le {}.",
                date::long(at)
            ),
        ),
        LinkState::Revoked(at) => (
            "Ce lien n’est plus valable",
            format!(
                "Il a été remplacé ou annulé le {}. Si vous avez reçu un message plus récent, utilisez le lien de celui-là.",
                date::long(at)
            ),
        ),
        LinkState::Suspended => (
            "Votre compte est suspendu",
            "Aucun mot de passe ne peut être choisi tant qu’il l’est.".to_owned(),
        ),
        LinkState::Left => (
            "Cette invitation n’est plus valable",
            "Vous n’êtes plus rattaché à aucune collectivité\u{a0}: le compte n’ouvrirait rien."
                .to_owned(),
        ),
        LinkState::Expired(at) => (
            "Ce lien a expiré",
            format!("Il était valable jusqu’au {}.", date::long(at)),
        ),
        LinkState::Open => (
            "Ce lien n’a pas pu servir",
            "Rien n’a été changé. Ouvrez-le de nouveau depuis le message reçu.".to_owned(),
        ),
    };
    page::answer(
        StatusCode::GONE,
        &ClosedPage {
            person: None,
            invited: purpose == Purpose::Activation,
            title,
            why,
            used: matches!(state, LinkState::Used(_)),
            closed: matches!(state, LinkState::Suspended | LinkState::Left),
        },
    )
}

fn unknown(purpose: Purpose) -> Response {
    page::answer(
        StatusCode::NOT_FOUND,
        &ClosedPage {
            person: None,
            invited: purpose == Purpose::Activation,
            title: "Ce lien n’existe pas",
            why: "L’adresse est peut-être incomplète\u{a0}: ouvrez le lien depuis le message reçu, ou copiez-le en entier. S’il s’agit d’une invitation, elle a peut-être été retirée.".to_owned(),
            used: false,
            closed: false,
        },
    )
}
