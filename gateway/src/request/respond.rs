//! Step 6: the one place where errors become answers. A page for a navigation, RFC 9457 for
//! anything else; what the person may know, never what only the log may.

use super::Passage;
use super::authorize::Stop;
use crate::forms::Trouble;
use crate::gateway::Gateway;
use crate::pages::{CredentialPage, ErrorPage, RefusalPage, explain, tell};
use accounts::{SessionCookie, Token, cookie_values};
use askama::Template;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::proxy::Session;

/// Kept readable in a query value.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// Log-ins that a host asks for in a row before it suspects a loop.
const TURNS: u32 = 10;
/// Seconds after which the count starts again, and for which a browser's secret lasts.
const TURNS_AGE: u32 = 20;
const BROWSER_AGE: u32 = 3600;
/// Longest address that a log-in comes back to.
const RETURN: usize = 2048;

/// An answer of ours.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![(header::CONTENT_TYPE, content_type.to_owned())];
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// 303, the answer to « go there ».
    pub(crate) fn redirect(to: String) -> Self {
        Self {
            status: 303,
            headers: vec![(header::LOCATION, to)],
            body: Bytes::new(),
        }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Writes an answer of ours, and clears a dead cookie with it.
pub(crate) async fn send(
    gateway: &Gateway,
    passage: &Passage,
    session: &mut Session,
    answer: Answer,
) -> pingora::Result<()> {
    let mut head = ResponseHeader::build(answer.status, Some(answer.headers.len() + 6))?;
    for (name, value) in answer.headers {
        head.append_header(name, value)?;
    }
    if !head.headers.contains_key(header::CACHE_CONTROL) {
        head.insert_header(header::CACHE_CONTROL, "no-store")?;
    }
    head.insert_header(header::CONTENT_LENGTH, answer.body.len())?;
    head.insert_header(header::CONTENT_SECURITY_POLICY, &gateway.pages.policy)?;
    protect(gateway, passage, &mut head)?;
    let bare = session.req_header().method == Method::HEAD || answer.body.is_empty();
    session.write_response_header(Box::new(head), bare).await?;
    if !bare {
        session.write_response_body(Some(answer.body), true).await?;
    }
    Ok(())
}

/// Headers that every answer carries, ours or not.
pub(crate) fn protect(
    gateway: &Gateway,
    passage: &Passage,
    head: &mut ResponseHeader,
) -> pingora::Result<()> {
    if passage.dead_cookie {
        let cookie = gateway.cookie;
        head.append_header(header::SET_COOKIE, cookie.clear(cookie.name()))?;
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    ] {
        if !head.headers.contains_key(&name) {
            head.insert_header(name, value)?;
        }
    }
    if gateway.settings.public.tls {
        head.insert_header(
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000; includeSubDomains",
        )?;
    }
    Ok(())
}

/// What the upstream's answer may not carry to the browser.
pub(crate) fn clean(
    gateway: &Gateway,
    passage: &Passage,
    head: &mut ResponseHeader,
) -> pingora::Result<()> {
    head.remove_header("server");
    head.remove_header("x-powered-by");
    let portal = passage
        .service
        .as_ref()
        .is_some_and(|service| service.id() == gateway.services.portal().id());
    let reserved = |value: &HeaderValue| {
        let name = value
            .as_bytes()
            .split(|&byte| byte == b'=')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        SessionCookie::RESERVED
            .iter()
            .any(|ours| name == ours.as_bytes())
    };
    if !portal
        && head
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .any(reserved)
    {
        let kept: Vec<HeaderValue> = head
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter(|value| !reserved(value))
            .cloned()
            .collect();
        head.remove_header(&header::SET_COOKIE);
        for value in kept {
            head.append_header(header::SET_COOKIE, value)?;
        }
    }
    if passage.session.is_some() && !head.headers.contains_key(header::CACHE_CONTROL) {
        head.insert_header(header::CACHE_CONTROL, "private, no-cache")?;
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
            problem(
                passage,
                401,
                "login-required",
                "Connexion nécessaire",
                "Ouvrez une session sur le portail.",
            )
        }
        Stop::Refused(refusal) => {
            passage.outcome = "refused";
            let sends = !matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
            let reason = tell(refusal, sends);
            if passage.navigation {
                refused(gateway, passage, reason)
            } else {
                problem(passage, 403, "forbidden", "Accès non ouvert", reason)
            }
        }
    }
}

/// To the portal's log-in page, with what it needs to send the browser back.
fn log_in(gateway: &Gateway, passage: &Passage, head: &RequestHeader) -> Answer {
    let Some(service) = &passage.service else {
        return failed(gateway, passage, 500);
    };
    let target = std::str::from_utf8(head.raw_path()).unwrap_or("/");
    let target = if target.len() > RETURN { "/" } else { target };
    let target = utf8_percent_encode(target, QUERY);
    let portal = &gateway.pages.portal;
    if service.id() == gateway.services.portal().id() {
        return Answer::redirect(format!("{portal}/connexion?vers={target}"));
    }
    let cookie = gateway.cookie;
    let fields = || {
        head.headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|field| field.to_str().ok())
    };
    let turns = cookie_values(fields(), cookie.turns_name())
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0_u32);
    if turns >= TURNS {
        return failed(gateway, passage, 508)
            .with(header::SET_COOKIE, cookie.clear(cookie.turns_name()));
    }
    // Several tabs log in at once with one secret.
    let known = cookie_values(fields(), cookie.browser_name())
        .next()
        .filter(|value| value.len() == 43);
    let browser = match known {
        Some(known) => known.to_owned(),
        None => match Token::fresh() {
            Ok(fresh) => fresh.as_str().to_owned(),
            Err(_) => return failed(gateway, passage, 503),
        },
    };
    let (pour, etat) = (service.id(), Token::hash(&browser));
    Answer::redirect(format!(
        "{portal}/connexion?pour={pour}&vers={target}&etat={etat}"
    ))
    .with(
        header::SET_COOKIE,
        cookie.set(cookie.browser_name(), &browser, Some(BROWSER_AGE)),
    )
    .with(
        header::SET_COOKIE,
        cookie.set(
            cookie.turns_name(),
            &(turns + 1).to_string(),
            Some(TURNS_AGE),
        ),
    )
}

fn refused(gateway: &Gateway, passage: &Passage, reason: &str) -> Answer {
    let (person, collectivite, referents) = whom(gateway, passage);
    let page = RefusalPage {
        portal: &gateway.pages.portal,
        service: passage
            .service
            .as_ref()
            .map_or("", |service| &service.settings.name),
        reason,
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
            tracing::warn!(request.id = %passage.id, %detail, "Could not sign in to the legacy application");
            return failed(gateway, passage, 502);
        }
        Trouble::NoCredential => {
            let reason = "Votre identifiant pour ce service n’a pas encore été enregistré dans Convergences.";
            return if passage.navigation {
                refused(gateway, passage, reason)
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

fn html(status: u16, page: &impl Template) -> Answer {
    // Rendering into memory fails for no page of ours; an empty one still closes.
    Answer::new(
        status,
        "text/html; charset=utf-8",
        page.render().unwrap_or_default(),
    )
}

fn problem(passage: &Passage, status: u16, slug: &str, title: &str, detail: &str) -> Answer {
    let body = serde_json::json!({
        "type": format!("/problems/{slug}"), "title": title, "status": status, "detail": detail,
        "instance": format!("urn:uuid:{}", passage.id),
    });
    Answer::new(status, "application/problem+json", body.to_string())
}

/// Name, collectivité and référents of whoever asks.
fn whom(gateway: &Gateway, passage: &Passage) -> (String, String, Vec<String>) {
    let Some(session) = &passage.session else {
        return (String::new(), String::new(), Vec::new());
    };
    let person = &session.person;
    let entry = gateway.directory.find(&person.member.collectivite);
    let referents = entry
        .map(|entry| entry.referents.clone())
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
