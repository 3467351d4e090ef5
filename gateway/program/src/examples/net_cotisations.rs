//! Example of a legacy contributions application, as PHP programs of 2010 were written: its own login form with a
//! token bound to a pre-login cookie, its own session cookie, its own table of users. It cannot be changed, and it
//! ignores every identity header: without a session of its own it shows its login form.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Form, FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};

use super::html;
use accounts::{Accounts, Attempt, Credentials, SignedIn};
use declarations::{Declarations, Month};

mod accounts;
mod declarations;
mod pages;
#[cfg(test)]
mod tests;

const COOKIE: &str = "PHPSESSID";
const IDLE: Duration = Duration::from_mins(10);
const WRONG: &str = "Identifiant ou mot de passe incorrect";
const BLOCKED: &str = "Compte bloqué : contactez l’assistance Net Cotisations";
const STALE: &str = "Votre session a expiré, veuillez vous identifier de nouveau";

type Fields = HashMap<String, String>;

/// The application. Clones share its tables, so a clone kept aside observes what the router does.
#[derive(Clone, Debug)]
pub struct NetCotisations {
    tables: Arc<Mutex<Tables>>,
    idle: Duration,
}

#[derive(Debug)]
struct Tables {
    accounts: Accounts,
    declarations: Declarations,
}

impl NetCotisations {
    /// An application that knows these users, each a login, a password and an employer.
    pub fn new(users: &[(&str, &str, &str)]) -> Self {
        let tables = Tables {
            accounts: Accounts::new(users),
            declarations: Declarations::new(users.iter().map(|(_, _, employer)| *employer)),
        };
        Self {
            tables: Arc::new(Mutex::new(tables)),
            idle: IDLE,
        }
    }

    /// The same application, where a session ends after `idle` without a request (10 minutes otherwise).
    #[must_use]
    pub fn with_idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Refused tries to log in under `login` since the last that succeeded.
    pub fn failed_attempts(&self, login: &str) -> u32 {
        self.tables().accounts.failed_attempts(login)
    }

    /// Ends every session, as a restart of the application does.
    pub fn expire_sessions(&self) {
        self.tables().accounts.expire_sessions();
    }

    /// The application's pages.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", get(home))
            .route("/index.php", get(home))
            .route("/login.php", get(login_form).post(log_in))
            .route("/logout.php", get(log_out))
            .route("/declarations.php", get(list_declarations).post(declare))
            .route("/cotisations.php", get(contributions))
            .fallback(missing)
            .layer(middleware::map_response(never_cached))
            .route("/style.css", get(style))
            .with_state(self)
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a page answers when the request has no session of this application.
#[derive(Debug)]
struct LoginFirst;

impl IntoResponse for LoginFirst {
    fn into_response(self) -> Response {
        found("/login.php")
    }
}

impl FromRequestParts<NetCotisations> for SignedIn {
    type Rejection = LoginFirst;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &NetCotisations,
    ) -> Result<Self, LoginFirst> {
        let session = session_cookie(&parts.headers).ok_or(LoginFirst)?;
        let mut tables = state.tables();
        tables
            .accounts
            .visit(session, state.idle, Instant::now())
            .ok_or(LoginFirst)
    }
}

async fn login_form(State(state): State<NetCotisations>, headers: HeaderMap) -> Response {
    let session = session_cookie(&headers);
    let mut tables = state.tables();
    let now = Instant::now();
    if session.is_some_and(|id| tables.accounts.visit(id, state.idle, now).is_some()) {
        return found("/index.php");
    }
    show_login(&mut tables.accounts, session, "", "")
}

async fn log_in(
    State(state): State<NetCotisations>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let session = session_cookie(&headers);
    let credentials = Credentials {
        login: field(&fields, "user"),
        password: field(&fields, "pass"),
        csrf: field(&fields, "csrf"),
    };
    let accounts = &mut state.tables().accounts;
    let problem = match accounts.log_in(session, &credentials, Instant::now()) {
        Attempt::Opened(id) => return ([set_cookie(&id)], found("/index.php")).into_response(),
        Attempt::Wrong => WRONG,
        Attempt::Blocked => BLOCKED,
        Attempt::Stale => STALE,
    };
    show_login(accounts, session, credentials.login, problem)
}

/// The login form, with a new pre-login cookie where the browser has none that is known.
fn show_login(
    accounts: &mut Accounts,
    session: Option<&str>,
    login: &str,
    problem: &str,
) -> Response {
    let token = accounts.form_token(session, Instant::now());
    let form = html::page(StatusCode::OK, pages::login(&token.csrf, login, problem));
    match token.new_session {
        Some(id) => ([set_cookie(&id)], form).into_response(),
        None => form,
    }
}

async fn log_out(State(state): State<NetCotisations>, headers: HeaderMap) -> Response {
    if let Some(id) = session_cookie(&headers) {
        state.tables().accounts.close(id);
    }
    let forget = (
        header::SET_COOKIE,
        format!("{COOKIE}=deleted; Max-Age=0; Path=/; HttpOnly"),
    );
    ([forget], found("/login.php")).into_response()
}

async fn home(person: SignedIn, State(state): State<NetCotisations>) -> Response {
    let tables = state.tables();
    let declared = tables.declarations.of(&person.employer);
    html::page(StatusCode::OK, pages::home(&person, &declared))
}

async fn list_declarations(person: SignedIn, State(state): State<NetCotisations>) -> Response {
    let tables = state.tables();
    let declared = tables.declarations.of(&person.employer);
    let html = pages::declarations(&person, &declared, &Fields::new(), &[]);
    html::page(StatusCode::OK, html)
}

async fn declare(
    person: SignedIn,
    State(state): State<NetCotisations>,
    Form(fields): Form<Fields>,
) -> Response {
    let mut tables = state.tables();
    let added = tables.declarations.add(
        &person.employer,
        field(&fields, "mois"),
        field(&fields, "assiette"),
        field(&fields, "effectif"),
    );
    match added {
        Ok(()) => found("/declarations.php"),
        Err(problems) => {
            let declared = tables.declarations.of(&person.employer);
            let html = pages::declarations(&person, &declared, &fields, &problems);
            html::page(StatusCode::OK, html)
        }
    }
}

async fn contributions(
    person: SignedIn,
    State(state): State<NetCotisations>,
    Query(query): Query<Fields>,
) -> Response {
    let tables = state.tables();
    let declared = tables.declarations.of(&person.employer);
    let month = Month::parse(field(&query, "mois"));
    html::page(
        StatusCode::OK,
        pages::contributions(&person, &declared, month),
    )
}

async fn missing(person: SignedIn) -> Response {
    html::page(StatusCode::NOT_FOUND, pages::missing(&person))
}

async fn style() -> Response {
    html::style(include_str!("net_cotisations/style.css"))
}

/// What PHP's session module sends with every page.
async fn never_cached(mut response: Response) -> Response {
    let value = header::HeaderValue::from_static("no-store, no-cache, must-revalidate");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

fn found(path: &'static str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, path)]).into_response()
}

fn set_cookie(id: &str) -> (HeaderName, String) {
    (
        header::SET_COOKIE,
        format!("{COOKIE}={id}; Path=/; HttpOnly"),
    )
}

fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}
