//! The application's own users and sessions, in memory. Five refused tries block an account.
use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, Instant};

use uuid::Uuid;

const TRIES: u32 = 5;
/// How long a login form stays valid.
const FORM_LIFE: Duration = Duration::from_mins(30);

#[derive(Debug)]
pub(super) struct Accounts {
    users: HashMap<String, User>,
    sessions: HashMap<String, Session>,
}

#[derive(Debug)]
struct User {
    password: Password,
    employer: String,
    failed: u32,
}

/// Kept as it was given, as such applications did; only its `Debug` is discreet.
struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}

/// Without a login until its form was posted with the right password.
struct Session {
    csrf: String,
    login: Option<String>,
    seen: Instant,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Session");
        shown.field("login", &self.login).finish_non_exhaustive()
    }
}

/// What the login form sends.
pub(super) struct Credentials<'a> {
    pub(super) login: &'a str,
    pub(super) password: &'a str,
    pub(super) csrf: &'a str,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Credentials");
        shown.field("login", &self.login).finish_non_exhaustive()
    }
}

/// How a try to log in ended; `Opened` holds the id of the new session.
#[derive(Debug)]
pub(super) enum Attempt {
    Opened(String),
    Wrong,
    Blocked,
    Stale,
}

/// The token for a login form, and the session it is bound to where that is a new one.
#[derive(Debug)]
pub(super) struct FormToken {
    pub(super) csrf: String,
    pub(super) new_session: Option<String>,
}

/// The person behind a session that is open.
#[derive(Debug)]
pub(super) struct SignedIn {
    pub(super) login: String,
    pub(super) employer: String,
}

impl Accounts {
    pub(super) fn new(users: &[(&str, &str, &str)]) -> Self {
        let users = users.iter().map(|(login, password, employer)| {
            let user = User {
                password: Password((*password).to_owned()),
                employer: (*employer).to_owned(),
                failed: 0,
            };
            ((*login).to_owned(), user)
        });
        Self {
            users: users.collect(),
            sessions: HashMap::new(),
        }
    }

    pub(super) fn failed_attempts(&self, login: &str) -> u32 {
        self.users.get(login).map_or(0, |user| user.failed)
    }

    pub(super) fn expire_sessions(&mut self) {
        self.sessions.clear();
    }

    pub(super) fn close(&mut self, session: &str) {
        self.sessions.remove(session);
    }

    pub(super) fn form_token(&mut self, session: Option<&str>, now: Instant) -> FormToken {
        let known = session.and_then(|id| self.form_session(id, now));
        if let Some(csrf) = known {
            return FormToken {
                csrf: csrf.to_owned(),
                new_session: None,
            };
        }
        self.sessions
            .retain(|_, session| session.login.is_some() || session.awaits_form(now));
        let csrf = random_id();
        FormToken {
            new_session: Some(self.open(csrf.clone(), None, now)),
            csrf,
        }
    }

    pub(super) fn log_in(
        &mut self,
        session: Option<&str>,
        credentials: &Credentials<'_>,
        now: Instant,
    ) -> Attempt {
        let expected = session.and_then(|id| self.form_session(id, now));
        if expected != Some(credentials.csrf) {
            return Attempt::Stale;
        }
        let Some(user) = self.users.get_mut(credentials.login) else {
            return Attempt::Wrong;
        };
        let blocked = user.failed >= TRIES;
        if blocked || user.password.0 != credentials.password {
            user.failed = user.failed.saturating_add(1);
            return if blocked {
                Attempt::Blocked
            } else {
                Attempt::Wrong
            };
        }
        user.failed = 0;
        if let Some(id) = session {
            self.close(id);
        }
        Attempt::Opened(self.open(random_id(), Some(credentials.login.to_owned()), now))
    }

    /// The person of this session, whose idle time starts anew.
    pub(super) fn visit(&mut self, id: &str, idle: Duration, now: Instant) -> Option<SignedIn> {
        let session = self.sessions.get_mut(id)?;
        let login = session.login.clone()?;
        if now.duration_since(session.seen) >= idle {
            self.close(id);
            return None;
        }
        session.seen = now;
        let employer = self.users.get(&login)?.employer.clone();
        Some(SignedIn { login, employer })
    }

    fn form_session(&self, id: &str, now: Instant) -> Option<&str> {
        let session = self.sessions.get(id)?;
        session.awaits_form(now).then_some(&session.csrf)
    }

    fn open(&mut self, csrf: String, login: Option<String>, now: Instant) -> String {
        let id = random_id();
        let session = Session {
            csrf,
            login,
            seen: now,
        };
        self.sessions.insert(id.clone(), session);
        id
    }
}

impl Session {
    fn awaits_form(&self, now: Instant) -> bool {
        self.login.is_none() && now.duration_since(self.seen) < FORM_LIFE
    }
}

fn random_id() -> String {
    Uuid::new_v4().simple().to_string()
}
