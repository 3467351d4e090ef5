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
    pub const RESERVED: [&'static str; 10] = [
        "__Host-convergences",
        "convergences",
        "__Host-convergences-browser",
        "convergences-browser",
        "__Host-convergences-turns",
        "convergences-turns",
        "__Host-convergences-pending",
        "convergences-pending",
        "__Host-convergences-way",
        "convergences-way",
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

    /// A log-in whose second factor is still to come; the portal reads it itself.
    pub fn pending_name(self) -> &'static str {
        if self.secure {
            "__Host-convergences-pending"
        } else {
            "convergences-pending"
        }
    }

    /// Where somebody was going who must add a second factor first; the portal reads it itself.
    pub fn way_name(self) -> &'static str {
        if self.secure {
            "__Host-convergences-way"
        } else {
            "convergences-way"
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

/// The values of the cookies called `name` in the `Cookie` header fields (RFC 6265 §5.4). Other
/// cookies may hold any bytes; ours are ASCII.
pub fn cookie_values<'a>(
    fields: impl Iterator<Item = &'a [u8]>,
    name: &'a str,
) -> impl Iterator<Item = &'a str> {
    fields
        .flat_map(|field| field.split(|&byte| byte == b';'))
        .filter_map(move |pair| {
            let pair = pair.trim_ascii();
            let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
            std::str::from_utf8(value).ok()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_beside_any_others() {
        let fields = [
            &b"ville=\xc3\x89vry; a=1"[..],
            b"convergences=x;convergences-turns=2; aconvergences=3",
        ];
        let find = |name| cookie_values(fields.into_iter(), name).collect::<Vec<_>>();
        assert_eq!(find("convergences"), ["x"]);
        assert_eq!(find("a"), ["1"]);
        assert!(find("b").is_empty());
    }
}
