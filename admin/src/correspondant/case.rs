//! `/cig/collectivites/{id}/designations/{case}`: where a case stands, the signed document, its check by
//! a second person.

use super::designations::state;
use super::sheet::Done;
use super::{Correspondant, Supervisor, failed};
use crate::date;
use crate::designation_form::period;
use crate::fields::reason;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::{self, Posted};
use crate::referent::preview::Pairs;
use accounts::{Designation, Document, Error, Over};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

/// Most bytes of a signed document.
const LARGEST: usize = 10 * 1024 * 1024;
const TOO_LARGE: &str = "Choisissez un document de 10 Mo au plus.";

#[derive(Template)]
#[template(path = "cig/case.html")]
struct CasePage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    done: &'static str,
    error: String,
    /// Of the field `motif`.
    no_reason: bool,
    case: Designation,
    state: String,
    period: String,
    open: bool,
    received: String,
    mine: bool,
}

fn said(done: &str) -> &'static str {
    match done {
        "depot" => {
            "Le document signé est déposé. Une deuxième personne doit maintenant le vérifier."
        }
        "verifiee" => "La désignation est vérifiée. Le référent est prévenu par courriel.",
        "rejetee" => "La désignation est rejetée.",
        "enregistrement" => {
            "La désignation est enregistrée. Imprimez le formulaire prérempli et faites-le signer."
        }
        "correction" => {
            "La désignation est corrigée. Faites signer le formulaire corrigé, puis déposez-le."
        }
        "abandon" => "Le dossier est abandonné\u{a0}: il n’attend plus rien.",
        _ => "",
    }
}

/// What is wrong on the page.
#[derive(Default)]
struct Fault {
    document: String,
    no_reason: bool,
}

async fn shown(
    portal: &Portal,
    someone: &Correspondant,
    over: Over<'_>,
    case: &str,
    done: &str,
    fault: Fault,
) -> Response {
    let wrong = fault.no_reason || !fault.document.is_empty();
    let read = async {
        let case = over.designation(case).await?;
        let person = someone.person(portal).await?;
        Ok::<_, Error>(CasePage {
            token: person.token.clone(),
            person: Some(person),
            here: "collectivites",
            done: said(done),
            error: fault.document,
            no_reason: fault.no_reason,
            state: state(&case),
            period: period(&case.says),
            open: case.is_open(),
            received: case.received_at.map_or_else(String::new, date::short),
            mine: !case.may_be_checked_by(someone.account()),
            case,
        })
    };
    let status = if wrong {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// Shows it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((_, case)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Response {
    let over = someone.over(&portal, &leave);
    shown(&portal, &someone, over, &case, &done.fait, Fault::default()).await
}

/// Why a file is no signed document, if it is none.
pub(crate) fn unfit(content: &[u8]) -> Option<&'static str> {
    if content.is_empty() {
        Some("Choisissez d’abord le document signé.")
    } else if content.len() > LARGEST {
        Some(TOO_LARGE)
    } else if is_document(content) {
        None
    } else {
        Some(
            "Choisissez un document PDF, PNG ou JPEG : ce fichier n’en est pas un, quel que soit son nom.",
        )
    }
}

/// A PDF, PNG or JPEG, whatever its name says: by what its bytes begin with.
fn is_document(content: &[u8]) -> bool {
    let kinds: [&[u8]; 3] = [b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"];
    kinds.iter().any(|magic| content.starts_with(magic))
}

/// The file's name, its bytes, and the form's token.
async fn read_upload(mut body: Multipart) -> Option<(String, Vec<u8>, String)> {
    let (mut name, mut content, mut token) = (String::new(), Vec::new(), String::new());
    while let Some(field) = body.next_field().await.ok()? {
        match field.name() {
            Some("fichier") => {
                let given = field.file_name().unwrap_or_default();
                name = given.chars().take(100).collect();
                content = field.bytes().await.ok()?.to_vec();
            }
            Some("jeton") => token = field.text().await.ok()?,
            _ => {}
        }
    }
    Some((name, content, token))
}

/// Takes the signed document in.
pub(crate) async fn receive(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((id, case)): Path<(String, String)>,
    headers: HeaderMap,
    body: Multipart,
) -> Response {
    let over = someone.over(&portal, &leave);
    let upload = read_upload(body).await;
    let token = upload.as_ref().map(|(_, _, token)| token.as_str());
    let token = Some(token.unwrap_or_default());
    if let Err(foreign) = posted::check(&portal, &headers, Some(&someone.visitor), token) {
        return foreign;
    }
    let fault = match &upload {
        Some((_, content, _)) => unfit(content),
        None => Some(TOO_LARGE),
    };
    let Some((name, content, _)) = upload.filter(|_| fault.is_none()) else {
        let fault = Fault {
            document: fault.unwrap_or_default().to_owned(),
            no_reason: false,
        };
        return shown(&portal, &someone, over, &case, "", fault).await;
    };
    match over.receive(&case, &name, &content).await {
        Ok(()) => back(&id, &case, "depot"),
        Err(error) => failed(&error),
    }
}

pub(super) fn back(id: &str, case: &str, done: &str) -> Response {
    Redirect::to(&format!(
        "/cig/collectivites/{id}/designations/{case}?fait={done}"
    ))
    .into_response()
}

/// The signed document, as a file to keep: what others sent is never shown in a page of ours.
pub(crate) async fn download(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((_, case)): Path<(String, String)>,
) -> Response {
    let over = someone.over(&portal, &leave);
    match over.document(&case).await {
        Ok(document) => attachment(&document),
        Err(error) => failed(&error),
    }
}

/// A signed document as a file.
pub(crate) fn attachment(document: &Document) -> Response {
    // The name that was sent is not repeated: it could say anything.
    let ending = match document.content.first() {
        Some(b'%') => "pdf",
        Some(0x89) => "png",
        _ => "jpg",
    };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"designation.{ending}\""),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
    ];
    (headers, document.content.to_vec()).into_response()
}

/// Checks it, or rejects it with a reason.
pub(crate) async fn check(
    State(portal): State<Arc<Portal>>,
    Supervisor { someone, leave }: Supervisor,
    Path((id, case)): Path<(String, String)>,
    posted: Posted<Pairs>,
) -> Response {
    let over = someone.over(&portal, &leave);
    let (done, result) = if posted.form.one("pas") == "rejeter" {
        let Some(reason) = reason(posted.form.one("motif")) else {
            let fault = Fault {
                no_reason: true,
                ..Fault::default()
            };
            return shown(&portal, &someone, over, &case, "", fault).await;
        };
        ("rejetee", over.reject(&case, &reason).await)
    } else {
        let seen = posted.form.one("document").parse().unwrap_or_default();
        ("verifiee", over.check(&case, seen).await)
    };
    match result {
        Ok(()) => back(&id, &case, done),
        Err(error) => failed(&error),
    }
}
