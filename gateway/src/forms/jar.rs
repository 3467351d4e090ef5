//! The cookies of one legacy session, kept on our side.

use accounts::Clock;
use cookie::Cookie;
use parking_lot::Mutex;

/// Names and values; paths and domains do not matter behind one service's door.
pub(crate) struct Jar {
    clock: Clock,
    cookies: Mutex<Vec<(String, String)>>,
}

impl std::fmt::Debug for Jar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Jar(…)")
    }
}

impl Jar {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            cookies: Mutex::default(),
        }
    }

    /// Takes a `Set-Cookie` value in; one that expires the cookie removes it (RFC 6265 §5.3).
    pub(crate) fn take(&self, set_cookie: &str) {
        let Ok(cookie) = Cookie::parse(set_cookie) else {
            return;
        };
        let gone = match (cookie.max_age(), cookie.expires_datetime()) {
            (Some(age), _) => age.is_zero(),
            (None, Some(at)) => at.unix_timestamp() <= self.clock.now(),
            (None, None) => false,
        };
        let mut cookies = self.cookies.lock();
        cookies.retain(|(known, _)| known != cookie.name());
        if !gone {
            cookies.push((cookie.name().to_owned(), cookie.value().to_owned()));
        }
    }

    pub(crate) fn holds(&self, name: &str) -> bool {
        self.cookies.lock().iter().any(|(known, _)| known == name)
    }

    /// A `Cookie` value.
    pub(crate) fn header(&self) -> String {
        let cookies = self.cookies.lock();
        cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jar_keeps_the_last_value_and_drops_what_expires() {
        let jar = Jar::new(Clock::manual(1_795_165_200));
        jar.take("PHPSESSID=a; Path=/; HttpOnly");
        jar.take("lang=fr");
        jar.take("PHPSESSID=b=c; path=/");
        assert_eq!(jar.header(), "lang=fr; PHPSESSID=b=c");
        jar.take("lang=; Max-Age=0");
        assert!(jar.holds("PHPSESSID") && !jar.holds("lang"));
        jar.take("PHPSESSID=c; expires=Tue, 24-Nov-2026 12:00:00 GMT");
        assert!(jar.holds("PHPSESSID"));
        jar.take("PHPSESSID=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT");
        jar.take("ASP.NET_SessionId=; expires=Tue, 12-Oct-1999 07:00:00 GMT; path=/");
        jar.take("a=b; Max-Age=-1");
        assert_eq!(jar.header(), "");
    }
}
