//! A document is withdrawn, once its author has read what that does.

use super::author::Author;
use super::begun::{Begun, begun};
use super::{desk, form_page};
use crate::content::document::Document;
use crate::content::drafts::Outcome;
use crate::web::pages::{failed, frame, not_found, shown};
use crate::web::templates::Frame;
use crate::web::view::{cut, document_href};
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
) -> Response {
    match begun(&app, &author, &id).await {
        Ok(begun) => page(&app, &author, begun, StatusCode::OK).await,
        Err(answer) => answer,
    }
}

/// `POST /redaction/documents/{id}/retrait`.
pub(super) async fn withdraw(
    State(app): State<App>,
    Extension(author): Extension<Author>,
    Path(id): Path<String>,
    Form(confirmed): Form<Confirmed>,
) -> Response {
    let begun = match begun(&app, &author, &id).await {
        Ok(begun) => begun,
        Err(answer) => return answer,
    };
    if begun.published.is_none() {
        return not_found(frame(&app, &author.visitor));
    }
    if confirmed.base != begun.base {
        return page(&app, &author, begun, StatusCode::CONFLICT).await;
    }
    let (name, now) = (&author.visitor.name, app.gate.now());
    match app
        .library
        .withdraw_one(&id, confirmed.base, name, now)
        .await
    {
        Ok(Outcome::Done) => Redirect::to(&desk::told("retire", &id)).into_response(),
        Ok(Outcome::Overtaken) => match self::begun(&app, &author, &id).await {
            Ok(begun) => page(&app, &author, begun, StatusCode::CONFLICT).await,
            Err(answer) => answer,
        },
        Err(error) => failed(frame(&app, &author.visitor), error),
    }
}

async fn page(app: &App, author: &Author, begun: Begun, status: StatusCode) -> Response {
    let frame = frame(app, &author.visitor);
    let has_draft = begun.draft.is_some();
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
        href: document_href(&id),
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
