//! The session cookie, in one place for the two who touch it: the portal, which sets its own, and
//! the gateway, which reads them all. Host-only always; `__Host-` and `Secure` under TLS, where
//! browsers insist on both (without TLS they would drop it).

/// Name and attributes of the session cookie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionCookie {
    secure: bool,
}

impl SessionCookie {
    /// For sites that people reach by `https` (or, `secure` false, by plain `http`).
    pub fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// Every name a cookie of ours can have; services behind may set none of them.
    pub const RESERVED: [&'static str; 6] = [
        "__Host-convergences",
        "convergences",
        "__Host-convergences-browser",
        "convergences-browser",
        "__Host-convergences-turns",
        "convergences-turns",
    ];

    /// The session's own name.
    pub fn name(self) -> &'static str {
        if self.secure {
            "__Host-convergences"
        } else {
            "convergences"
        }
    }

    /// The secret that binds a handshake to a browser.
    pub fn browser_name(self) -> &'static str {
        if self.secure {
            "__Host-convergences-browser"
        } else {
            "convergences-browser"
        }
    }

    /// How often in a row a host sent the browser to log in.
    pub fn turns_name(self) -> &'static str {
        if self.secure {
            "__Host-convergences-turns"
        } else {
            "convergences-turns"
        }
    }

    /// A `Set-Cookie` value; without `max_age` (seconds) it lasts as long as the browser runs.
    pub fn set(self, name: &str, value: &str, max_age: Option<u32>) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = max_age
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
    }

    /// A `Set-Cookie` value that removes the cookie.
    pub fn clear(self, name: &str) -> String {
        self.set(name, "", Some(0))
    }
}

/// The values of the cookies called `name` in the `Cookie` header fields (RFC 6265 §5.4).
pub fn cookie_values<'a>(
    fields: impl Iterator<Item = &'a str>,
    name: &'a str,
) -> impl Iterator<Item = &'a str> {
    fields
        .flat_map(|field| field.split(';'))
        .filter_map(move |pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
}
