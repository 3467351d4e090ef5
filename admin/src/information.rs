//! The pages that the law asks for, help and the site map: the operator's texts, and a list of ours.

use crate::page::{self, Person};
use crate::portal::Portal;
use crate::texts::Text;
use crate::visitor::MaybeVisitor;
use askama::Template;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;

/// These pages.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/accessibilite", get(show))
        .route("/donnees-personnelles", get(show))
        .route("/mentions-legales", get(show))
        .route("/aide", get(show))
        .route("/aide/agent", get(show))
        .route("/aide/referent", get(show))
        .route("/aide/correspondant", get(show))
        .route("/plan-du-site", get(site_map))
}

#[derive(Template)]
#[template(path = "text.html")]
struct TextPage {
    person: Option<Person>,
    text: Arc<Text>,
}

/// The text that is called like the page: `aide-agent` at `/aide/agent`.
async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: MaybeVisitor,
    request: Request,
) -> Response {
    let name = request.uri().path().trim_matches('/').replace('/', "-");
    let person = Person::if_any(&portal, visitor.0.as_ref()).await;
    match portal.texts.find(&name) {
        Some(text) => page::answer(StatusCode::OK, &TextPage { person, text }),
        None => page::not_found(State(portal), visitor).await,
    }
}

#[derive(Template)]
#[template(path = "site_map.html")]
struct SiteMapPage {
    person: Option<Person>,
}

async fn site_map(State(portal): State<Arc<Portal>>, visitor: MaybeVisitor) -> Response {
    let person = Person::if_any(&portal, visitor.0.as_ref()).await;
    page::answer(StatusCode::OK, &SiteMapPage { person })
}
