//! Who asks, by the gateway's signed assertion, and what they may read. Without one nothing is answered.

use super::problem::Problem;
use super::{App, pages};
use crate::paris;
use crate::scope::Scope;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use policies::{ASSERTION_HEADER, Claims};

/// Whatever an import brings, nothing of it runs. A form may lead to the portal, too: to log in, when the session
/// has ended meanwhile.
pub(super) fn content_policy(portal: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
         form-action 'self' {portal}; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The person behind a request.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    /// First and last name, for the page's header.
    pub(super) name: String,
    /// The collectivité they act for.
    pub(super) collectivite: String,
    /// What they may read now.
    pub(super) scope: Scope,
    /// The day of the request, in Paris.
    pub(super) today: Date,
}

impl Visitor {
    /// Whether « Rédaction » is open to them.
    pub(super) fn may_write(&self) -> bool {
        self.scope.may_write_something().is_ok()
    }
}

/// Lets through who is known; what they may read goes with the request.
pub(super) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let visitor = match visitor(&app, request.headers()) {
        Ok(visitor) => visitor,
        Err(problem) if problem.is_passing() && !request.uri().path().starts_with("/api/") => {
            return pages::not_ready(&app);
        }
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Answers depend on the person's rights, and must not come back by the back button once they
    // have logged out.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, app.content_policy);
    response
}

fn visitor(app: &App, headers: &HeaderMap) -> Result<Visitor, Problem> {
    let now = app.gate.now();
    let claims = claims(app, headers, now).ok_or_else(Problem::unidentified)?;
    let principal = claims.principal().map_err(|_| Problem::unidentified())?;
    let rulesets = app.gate.rulesets();
    let ruleset = rulesets
        .of(&principal)
        .map_err(|_| Problem::no_rules())?
        .clone();
    let scope = app
        .bip
        .scope(ruleset, principal, claims.situation(now))
        .ok_or_else(Problem::not_ready)?;
    Ok(Visitor {
        name: claims.name,
        collectivite: claims.collectivite,
        scope,
        today: paris::day(now),
    })
}

/// Exactly one assertion, or nobody: two would let a choice be made.
fn claims(app: &App, headers: &HeaderMap, now: i64) -> Option<Claims> {
    let mut tokens = headers.get_all(ASSERTION_HEADER).iter();
    let token = tokens.next()?.to_str().ok()?;
    if tokens.next().is_some() {
        return None;
    }
    app.gate.keys().verify(token, &app.audience, now).ok()
}
