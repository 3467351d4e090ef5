//! One session in a legacy application, in that application's own eyes: its cookies, and whether an
//! answer says that it has ended.

use super::jar::Jar;
use crate::settings::LoginForm;
use http::header;
use pingora::http::ResponseHeader;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::time::Instant;

/// Signed in.
#[derive(Debug)]
pub(crate) struct LegacySession {
    pub(crate) jar: Jar,
    /// Set once the application showed its login page again.
    expired: AtomicBool,
    signed_in_at: Instant,
}

impl LegacySession {
    pub(super) fn new(jar: Jar) -> Self {
        Self {
            jar,
            expired: AtomicBool::new(false),
            signed_in_at: Instant::now(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.expired.load(Ordering::SeqCst)
    }

    /// Notes that the application no longer knows us; false when we signed in only just now, so
    /// that signing in again would not help.
    pub(crate) fn expire(&self) -> bool {
        self.expired.store(true, Ordering::SeqCst);
        self.signed_in_at.elapsed().as_secs() >= 3
    }

    /// Keeps the cookies of an answer on our side, and tells whether it sends to the login page.
    pub(crate) fn read(&self, answer: &mut ResponseHeader, form: &LoginForm) -> bool {
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                self.jar.take(cookie);
            }
        }
        answer.remove_header(&header::SET_COOKIE);
        let to = answer.headers.get(header::LOCATION);
        let to = to.and_then(|to| to.to_str().ok());
        answer.status.is_redirection() && to.is_some_and(|to| names_page(to, &form.page))
    }
}

/// A redirection to the login page, whatever follows its path.
pub(super) fn names_page(location: &str, page: &str) -> bool {
    let (to, page) = (path(location), path(page));
    to == page || to.ends_with(page) || to == page.trim_start_matches('/')
}

fn path(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_login_page_itself_is_the_login_page() {
        for back in [
            "/login.php",
            "login.php?error=1",
            "http://app.example/login.php#x",
        ] {
            assert!(names_page(back, "/login.php"), "{back}");
        }
        assert!(names_page("/login?expired", "/login?lang=fr"));
        for on in ["/home?from=/login.php", "/login.php-ok", "/"] {
            assert!(!names_page(on, "/login.php"), "{on}");
        }
    }
}
