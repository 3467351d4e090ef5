//! Step 6: the one place where errors become answers. A page for a navigation, RFC 9457 for
//! anything else; what the person may know, never what only the log may.

use super::Passage;
use super::answer::{Answer, html, problem};
use super::authorize::{Stop, action};
use super::fields::edit_response;
use super::log_in::log_in;
use super::protect::protect;
use crate::forms::Trouble;
use crate::gateway::Gateway;
use crate::pages::{CredentialPage, ErrorPage, RefusalPage, explain};
use accounts::Referent;
use http::{HeaderValue, Method, header};
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::proxy::Session;
use policies::{Action, Reason, Refusal};

/// Writes an answer of ours, and clears a dead cookie with it.
pub(crate) async fn send(
    gateway: &Gateway,
    passage: &Passage,
    session: &mut Session,
    answer: Answer,
) -> pingora::Result<()> {
    let mut head = ResponseHeader::build_no_case(answer.status, None)?;
    for (name, value) in answer.headers {
        head.append_header(name, value)?;
    }
    let length = HeaderValue::from(answer.body.len());
    edit_response(&mut head, |fields| {
        fields
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        fields.insert(header::CONTENT_LENGTH, length);
        fields.insert(
            header::CONTENT_SECURITY_POLICY,
            gateway.pages.policy.clone(),
        );
        protect(gateway, passage, fields);
    });
    let bare = session.req_header().method == Method::HEAD || answer.body.is_empty();
    session.write_response_header(Box::new(head), bare).await?;
    if !bare {
        session.write_response_body(Some(answer.body), true).await?;
    }
    Ok(())
}

/// The answer to a request that stopped at step 4.
pub(crate) fn stopped(
    gateway: &Gateway,
    passage: &mut Passage,
    head: &RequestHeader,
    stop: &Stop,
) -> Answer {
    match stop {
        Stop::Unknown => {
            passage.outcome = "unknown";
            failed(gateway, passage, 503).with(header::RETRY_AFTER, "5")
        }
        Stop::LogIn if passage.navigation => {
            passage.outcome = "login";
            log_in(gateway, passage, head)
        }
        Stop::LogIn => {
            passage.outcome = "login";
            let answer = problem(
                passage,
                401,
                "login-required",
                "Connexion nécessaire",
                "Ouvrez une session sur le portail.",
            );
            if passage.programs {
                answer.with(header::WWW_AUTHENTICATE, "Bearer")
            } else {
                answer
            }
        }
        Stop::WrongKey => {
            passage.outcome = "wrong-key";
            problem(
                passage,
                401,
                "invalid-key",
                "Clé refusée",
                "Cette clé n’existe pas, a expiré ou a été révoquée. Créez-en une autre dans «\u{a0}Mon compte\u{a0}».",
            )
            .with(
                header::WWW_AUTHENTICATE,
                "Bearer error=\"invalid_token\"",
            )
        }
        Stop::Refused(refusal) => {
            passage.outcome = match refusal.reason() {
                // Somebody must look: operators watch for this one.
                Reason::Failed => "undecided",
                Reason::NoRight | Reason::Forbidden => "refused",
            };
            let sends = action(&head.method, passage.tunnel) == Action::Envoyer;
            let reason = why(refusal, sends);
            if passage.navigation {
                refused(gateway, passage, reason, refusal.is_want_of_right())
            } else {
                problem(passage, 403, "forbidden", "Accès non ouvert", reason)
            }
        }
    }
}

/// Why, for the person: what a rule misses, where only circumstances are in the way.
fn why(refusal: &Refusal, sends: bool) -> &str {
    match refusal.reason() {
        Reason::NoRight if !refusal.missed().is_empty() => refusal.sentence(),
        Reason::NoRight if sends => {
            "Vous n’avez pas le droit d’enregistrer de modification dans cette rubrique."
        }
        Reason::NoRight => "Aucun droit sur cette rubrique ne vous a été attribué.",
        Reason::Forbidden | Reason::Failed => refusal.sentence(),
    }
}

fn refused(gateway: &Gateway, passage: &Passage, reason: &str, askable: bool) -> Answer {
    let (person, collectivite, referents) = whom(gateway, passage);
    let page = RefusalPage {
        portal: &gateway.pages.portal,
        service: passage
            .service
            .as_ref()
            .map_or("", |service| &service.settings.name),
        service_id: passage
            .service
            .as_ref()
            .map_or("", |service| service.id().as_str()),
        reason,
        askable,
        person: &person,
        collectivite: &collectivite,
        referents: &referents,
        reference: &passage.reference(),
    };
    html(403, &page)
}

/// The answer when a legacy application could not be signed in to.
pub(crate) fn not_signed_in(gateway: &Gateway, passage: &mut Passage, trouble: &Trouble) -> Answer {
    passage.outcome = "not-signed-in";
    let (_, _, referents) = whom(gateway, passage);
    let service = passage
        .service
        .as_ref()
        .map_or("", |service| &service.settings.name);
    let since = match trouble {
        Trouble::Unreachable(detail) => {
            tracing::warn!(request.id = passage.reference(), %detail, "Could not sign in to the legacy application");
            return failed(gateway, passage, 502);
        }
        Trouble::NoCredential => {
            let reason = "Votre identifiant pour ce service n’a pas encore été enregistré dans Convergences.";
            return if passage.navigation {
                refused(gateway, passage, reason, false)
            } else {
                problem(
                    passage,
                    403,
                    "no-credential",
                    "Identifiant non enregistré",
                    reason,
                )
            };
        }
        Trouble::Refused(since) => since
            .and_then(in_paris)
            .unwrap_or_else(|| "date inconnue".to_owned()),
    };
    if !passage.navigation {
        return problem(
            passage,
            502,
            "credential-refused",
            "Identifiant refusé",
            "Le service refuse l’identifiant enregistré.",
        );
    }
    let reference = passage.reference();
    html(
        502,
        &CredentialPage {
            portal: &gateway.pages.portal,
            service,
            since: &since,
            referents: &referents,
            reference: &reference,
        },
    )
}

/// The answer to anything that went wrong, by status.
pub(crate) fn failed(gateway: &Gateway, passage: &Passage, status: u16) -> Answer {
    let (title, explanation, advice) = explain(status);
    if !passage.navigation {
        return problem(passage, status, "failed", title, explanation);
    }
    let reference = passage.reference();
    html(
        status,
        &ErrorPage {
            portal: &gateway.pages.portal,
            status,
            title,
            explanation,
            advice,
            reference: &reference,
        },
    )
}

/// Name, collectivité and référents of whoever asks.
fn whom(gateway: &Gateway, passage: &Passage) -> (String, String, Vec<Referent>) {
    let Some(session) = &passage.session else {
        return (String::new(), String::new(), Vec::new());
    };
    let person = &session.person;
    let entry = gateway.directory.find(&person.member.collectivite);
    let referents = entry
        .map(|entry| entry.referents(gateway.store.clock().now()))
        .unwrap_or_default();
    (
        person.account.full_name(),
        person.collectivite_name.clone(),
        referents,
    )
}

/// « 12/11/2026 à 9 h 05 ».
fn in_paris(at: i64) -> Option<String> {
    let zone = jiff::tz::TimeZone::get("Europe/Paris").ok()?;
    let at = jiff::Timestamp::from_second(at).ok()?.to_zoned(zone);
    Some(format!(
        "{:02}/{:02}/{} à {} h {:02}",
        at.day(),
        at.month(),
        at.year(),
        at.hour(),
        at.minute()
    ))
}
