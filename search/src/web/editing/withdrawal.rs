//! A document is withdrawn, once its author has read what that does.

use super::author::Author;
use super::begun::{Begun, begun};
use super::{desk, form_page};
use crate::content::document::Document;
use crate::content::drafts::Outcome;
use crate::web::pages::{failed, frame, not_found, shown};
use crate::web::templates::Frame;
use crate::web::view::cut;
use crate::web::{App, aside};
use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "editing/withdrawal.html")]
struct WithdrawalPage {
    frame: Frame,
    page_title: String,
    title: String,
    /// Where it is read, else the desk.
    href: String,
    action: String,
    base: i64,
    /// How many documents lead to it.
    citing: usize,
    /// Somebody writes on it.
    has_draft: bool,
    is_overtaken: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {
    base: i64,
}

/// `GET /redaction/documents/{id}/retrait`.
pub(super) async fn confirm(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let begun = begun(&app, &author, &id).await?;
    Ok(page(&app, &author, begun, StatusCode::OK).await)
}

/// `POST /redaction/documents/{id}/retrait`.
pub(super) async fn withdraw(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, Response> {
    let begun = begun(&app, &author, &id).await?;
    if begun.published.is_none() {
        return Err(not_found(frame(&app, &author.visitor)));
    }
    if confirmed.base != begun.base {
        return Ok(page(&app, &author, begun, StatusCode::CONFLICT).await);
    }
    let (seen, name, now) = (begun.base, &author.visitor.name, app.gate.now());
    match app.library.withdraw_one(&id, seen, name, now).await {
        Ok(Outcome::Done) => Ok(Redirect::to(&desk::told("retire", &id)).into_response()),
        Ok(Outcome::Overtaken) => {
            let begun = self::begun(&app, &author, &id).await?;
            Ok(page(&app, &author, begun, StatusCode::CONFLICT).await)
        }
        Err(error) => Err(failed(frame(&app, &author.visitor), error)),
    }
}

async fn page(app: &App, author: &Author, begun: Begun, status: StatusCode) -> Response {
    let frame = frame(app, &author.visitor);
    let has_draft = begun.draft.is_some();
    let address = author.address(begun.published.as_ref());
    let Some(Document { id, title, .. }) = begun.published else {
        return not_found(frame);
    };
    let (scope, asked) = (author.visitor.scope.clone(), id.clone());
    let citing = match aside(app, move |bip| bip.citing(&asked, 1, &scope)).await {
        Ok(citing) => citing.total,
        Err(error) => return failed(frame, error),
    };
    let page = WithdrawalPage {
        page_title: cut(&title, 50),
        href: address.unwrap_or_else(|| desk::HREF.to_owned()),
        action: format!("{}/retrait", form_page::href(&id)),
        base: begun.base,
        is_overtaken: status == StatusCode::CONFLICT,
        title,
        citing,
        has_draft,
        frame,
    };
    shown(status, &page)
}
