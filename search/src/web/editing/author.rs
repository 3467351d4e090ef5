//! Who may write: decided once at the door, and again for each document by its class. A form counts only when a
//! page of ours sent it.

use crate::content::document::Document;
use crate::content::drafts::By;
use crate::scope::class_of;
use crate::web::App;
use crate::web::identity::Visitor;
use crate::web::pages::{frame, not_found, shown};
use crate::web::templates::{ForeignPage, Frame, ReservedPage};
use crate::web::view::document_href;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use policies::{Permit, Refusal};

/// Somebody who may write. Only the door makes one.
#[derive(Clone, Debug)]
pub(super) struct Author {
    pub(super) visitor: Visitor,
}

/// Lets through who may write something, and posts of our own pages only.
pub(super) async fn admit(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    mut request: Request,
    next: Next,
) -> Response {
    if visitor.scope.may_write_something().is_err() {
        return reserved(frame(&app, &visitor));
    }
    if request.method() == Method::POST && !is_ours(request.headers()) {
        let frame = frame(&app, &visitor);
        return shown(StatusCode::FORBIDDEN, &ForeignPage { frame });
    }
    let plain = frame(&app, &visitor);
    request.extensions_mut().insert(Author { visitor });
    let answer = next.run(request).await;
    // What no page of ours sends is refused by axum in its own words.
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let is_ours = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/html"));
    if answer.status().is_client_error() && !is_ours {
        return not_found(plain);
    }
    answer
}

fn reserved(frame: Frame) -> Response {
    shown(StatusCode::FORBIDDEN, &ReservedPage { frame })
}

impl Author {
    /// Whether they may write a document.
    pub(super) fn may(&self, document: &Document) -> Result<Permit, Refusal> {
        self.visitor.scope.may_write(&class_of(document))
    }

    /// Whether they may read a document as its readers do: one that is reserved to others they only write.
    pub(super) fn reads(&self, document: &Document) -> bool {
        self.visitor.scope.permits(&class_of(document))
    }

    /// Where they read a document that is published; none when they may not.
    pub(super) fn address(&self, published: Option<&Document>) -> Option<String> {
        let document = published.filter(|document| self.reads(document))?;
        Some(document_href(&document.id))
    }

    /// Whether they may write every one of these documents.
    ///
    /// # Errors
    /// The page that says that they may not.
    #[expect(clippy::result_large_err, reason = "the answer itself, made once")]
    pub(super) fn check<'a>(
        &self,
        app: &App,
        documents: impl IntoIterator<Item = &'a Document>,
    ) -> Result<(), Response> {
        let mut documents = documents.into_iter();
        let refused = documents.find_map(|document| self.may(document).err());
        refused.map_or(Ok(()), |_| Err(reserved(frame(app, &self.visitor))))
    }

    /// How a draft is signed.
    pub(super) fn by(&self) -> By<'_> {
        let member = self.visitor.scope.member();
        By {
            name: &self.visitor.name,
            membership: member.map_or("", |member| member.id.as_str()),
        }
    }
}

/// Whether the browser says that a page of this host sends this: by `Sec-Fetch-Site`, or where it does not know
/// that header, by an `Origin` of the host asked for. Silence is not enough.
fn is_ours(headers: &HeaderMap) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (said("sec-fetch-site"), said("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority.is_some() && authority == said(header::HOST.as_str())
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(fields: &[(&'static str, &'static str)]) -> bool {
        let fields = fields
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        is_ours(&fields.collect())
    }

    #[test]
    fn a_post_counts_when_a_page_of_this_host_sent_it() {
        let host = ("host", "bip.localhost:8080");
        assert!(of(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(of(&[host, ("origin", "http://bip.localhost:8080")]));
        for foreign in [
            &[host][..],
            &[host, ("sec-fetch-site", "same-site")],
            &[
                host,
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://bip.localhost:8080"),
            ],
            &[host, ("origin", "http://portail.localhost:8080")],
            &[host, ("origin", "null")],
            &[("origin", "null")],
        ] {
            assert!(!of(foreign), "{foreign:?}");
        }
    }
}
