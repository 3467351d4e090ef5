//! The cookies of one legacy session, kept on our side.

use parking_lot::Mutex;

/// Names and values; paths and domains do not matter behind one service's door.
#[derive(Default)]
pub(crate) struct Jar(Mutex<Vec<(String, String)>>);

impl std::fmt::Debug for Jar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Jar(…)")
    }
}

impl Jar {
    /// Takes a `Set-Cookie` value in; one that expires the cookie removes it.
    pub(crate) fn take(&self, set_cookie: &str) {
        let mut parts = set_cookie.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let gone = parts.any(|attribute| {
            let attribute = attribute.trim().to_ascii_lowercase();
            attribute == "max-age=0"
                || attribute.starts_with("max-age=-")
                || attribute.contains("01 jan 1970")
        });
        let mut cookies = self.0.lock();
        cookies.retain(|(known, _)| known != name.trim());
        if !gone {
            cookies.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }

    pub(crate) fn holds(&self, name: &str) -> bool {
        self.0.lock().iter().any(|(known, _)| known == name)
    }

    /// A `Cookie` value.
    pub(crate) fn header(&self) -> String {
        let cookies = self.0.lock();
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
        let jar = Jar::default();
        jar.take("PHPSESSID=a; Path=/; HttpOnly");
        jar.take("lang=fr");
        jar.take("PHPSESSID=b=c; path=/");
        assert_eq!(jar.header(), "lang=fr; PHPSESSID=b=c");
        jar.take("lang=; Max-Age=0");
        assert!(jar.holds("PHPSESSID") && !jar.holds("lang"));
    }
}
