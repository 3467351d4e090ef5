//! The way on to where somebody was going: a known service and a path on its host. No address that
//! somebody else wrote is ever followed.

use crate::entrance::Entrance;
use crate::portal::Portal;
use crate::second_factor;
use accounts::{Error, Handshake};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// Longest path that a log-in comes back to.
const LONGEST: usize = 2048;

/// Where the person was going, as the address or the form says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Way {
    /// The service.
    pub(crate) pour: String,
    /// The path there.
    pub(crate) vers: String,
    /// SHA-256 (hex) of the secret that the service's host left in the browser.
    pub(crate) etat: String,
    /// What the person has just done elsewhere.
    pub(crate) fait: String,
}

impl Way {
    /// A page of the portal.
    pub(crate) fn to(path: &str) -> Self {
        Self {
            vers: path.to_owned(),
            ..Self::default()
        }
    }

    /// Whether the person was going anywhere.
    pub(crate) fn leads_on(&self) -> bool {
        !self.pour.is_empty() || !matches!(self.path(), "/" | second_factor::OWN)
    }

    /// What the person has just done elsewhere, in words.
    pub(crate) fn done(&self) -> &'static str {
        match self.fait.as_str() {
            "activation" => {
                "Votre compte est ouvert. Connectez-vous avec le mot de passe que vous venez de choisir."
            }
            "mot-de-passe" => "Votre mot de passe est changé. Connectez-vous avec le nouveau.",
            _ => "",
        }
    }

    fn path(&self) -> &str {
        let path = self.vers.as_str();
        let plain = path.starts_with('/') && !path.starts_with("//") && path.len() <= LONGEST;
        let control = path
            .bytes()
            .any(|byte| byte <= b' ' || byte == b'\\' || byte == 0x7f);
        if plain && !control { path } else { "/" }
    }

    pub(crate) fn service<'a>(&self, portal: &'a Portal) -> Option<&'a Entrance> {
        portal.entrance(&self.pour)
    }

    /// The same way from another page.
    pub(crate) fn from(&self, page: &str) -> String {
        let page = format!("{page}?");
        let begin = page.len();
        let mut query = form_urlencoded::Serializer::for_suffix(page, begin);
        query
            .append_pair("pour", &self.pour)
            .append_pair("vers", &self.vers)
            .append_pair("etat", &self.etat);
        query.finish()
    }

    /// Where the person was going, for a link: the host there begins, comes back and goes straight on.
    pub(crate) fn address(&self, portal: &Portal) -> String {
        let entrance = self.service(portal).unwrap_or(&portal.own);
        format!("{}{}", entrance.origin, self.path())
    }

    /// The address to go on to, with a portal session. For somebody who must add a second factor,
    /// that is where it is added.
    pub(crate) async fn on(&self, portal: &Portal, session: &str) -> Result<String, Error> {
        if portal.store.must_enrol(session, &portal.required).await? {
            return Ok(format!(
                "{}{}",
                portal.own.origin,
                self.from(second_factor::OWN)
            ));
        }
        let begun = self.etat.len() == 64 && self.etat.bytes().all(|byte| byte.is_ascii_hexdigit());
        let Some(service) = self.service(portal).filter(|_| begun) else {
            return Ok(self.address(portal));
        };
        let path = self.path();
        let to = Handshake {
            host: &service.host,
            browser_hash: &self.etat,
            path,
        };
        let code = portal.store.issue_handshake(session, to).await?;
        let path = utf8_percent_encode(path, NON_ALPHANUMERIC);
        Ok(format!(
            "{}/.convergences/retour?code={}&vers={path}",
            service.origin,
            code.as_str()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_on_is_a_path_or_the_front_page() {
        let path = |vers: &str| {
            Way {
                vers: vers.to_owned(),
                ..Way::default()
            }
            .path()
            .to_owned()
        };
        assert_eq!(path("/a?b=c"), "/a?b=c");
        let long = format!("/{}", "a".repeat(LONGEST));
        for other in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "http://evil.example",
            "/a\nb",
            "/a b",
            &long,
        ] {
            assert_eq!(path(other), "/", "{other}");
        }
    }
}
