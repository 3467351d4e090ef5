//! An answer of ours, before it is written: a page, a problem (RFC 9457), a redirection.

use super::Passage;
use askama::Template;
use bytes::Bytes;
use http::{HeaderName, Method, header};

/// An answer of ours.
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

    /// 302 for a request that may be made again as it was, 303 for one that may not (RFC 9110 §15.4).
    pub(crate) fn redirect_from(method: &Method, to: String) -> Self {
        let status = if method.is_safe() { 302 } else { 303 };
        Self {
            status,
            ..Self::redirect(to)
        }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A page.
pub(crate) fn html(status: u16, page: &impl Template) -> Answer {
    // Rendering into memory fails for no page of ours; an empty one still closes.
    Answer::new(
        status,
        "text/html; charset=utf-8",
        page.render().unwrap_or_default(),
    )
}

/// What went wrong, for programs.
pub(crate) fn problem(
    passage: &Passage,
    status: u16,
    slug: &str,
    title: &str,
    detail: &str,
) -> Answer {
    let body = serde_json::json!({
        "type": format!("/problems/{slug}"), "title": title, "status": status, "detail": detail,
        "instance": format!("urn:convergences:request:{}", passage.reference()),
    });
    Answer::new(status, "application/problem+json", body.to_string())
}
