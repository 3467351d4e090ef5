//! The signed assertion: who is behind a forwarded request (JWT, `EdDSA`, RFC 7519 and 8037).
//! Audience-bound and short-lived; keys and the time are arguments.

use crate::level::ServiceRoleId;
use crate::principal::{Member, Principal};
use crate::ring_provider;
use crate::situation::Situation;
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;

mod statement;

pub use statement::Statement;

/// The header that carries the assertion.
pub const ASSERTION_HEADER: &str = "x-convergences-assertion";

const ISSUER: &str = "convergences";

/// What an assertion says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Always `convergences`; filled in when signing.
    #[serde(default)]
    pub iss: String,
    /// The service it is for.
    pub aud: String,
    /// The account.
    pub sub: String,
    /// First and last name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// The name of the collectivité.
    pub collectivite: String,
    /// Public reference of the session; gives no access.
    pub sid: String,
    /// Issued at, Unix seconds.
    pub iat: i64,
    /// Refused from then on, Unix seconds.
    pub exp: i64,
    /// Whether a second factor was used.
    #[serde(default)]
    pub second_factor: bool,
    /// Whether a program asks, with a key that works for the person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key: bool,
    /// Whether that key only asks who has access to what.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_only: bool,
    /// Where the person's request came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Roles of the service's own that the person has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<ServiceRoleId>,
    /// Rights and groups; only for services that decide by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<Arc<Member>>,
}

impl Claims {
    /// The principal to decide for.
    ///
    /// # Errors
    /// An assertion without membership lets nothing be decided.
    pub fn principal(&self) -> Result<Principal, AssertionError> {
        self.member
            .clone()
            .map(Principal::Member)
            .ok_or(AssertionError::NoMembership)
    }

    /// The circumstances of the person's request, at `now` (Unix seconds).
    pub fn situation(&self, now: i64) -> Situation {
        Situation::at(now, self.address, self.second_factor)
    }
}

/// Why an assertion was not made or not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AssertionError {
    /// The key is not an Ed25519 PKCS#8 document.
    #[error("the signing key is not an Ed25519 key")]
    Key,
    /// Not a JWT, unknown key, wrong signature, issuer or audience.
    #[error("the assertion is not one of ours for this service")]
    Invalid,
    /// Too old, or from the future.
    #[error("the assertion is not valid at this time")]
    Expired,
    /// It says who, but not what they may do.
    #[error("the assertion carries no membership")]
    NoMembership,
}

/// Signs assertions.
pub struct SigningKey {
    id: String,
    key: EncodingKey,
    public: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Reads an Ed25519 key (PKCS#8 v2, DER).
    ///
    /// # Errors
    /// Anything else.
    pub fn from_pkcs8(id: &str, der: &[u8]) -> Result<Self, AssertionError> {
        ring_provider::install();
        let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|_| AssertionError::Key)?;
        let public = pair.public_key().as_ref().to_vec();
        Ok(Self {
            id: id.to_owned(),
            key: EncodingKey::from_ed_der(der),
            public,
        })
    }

    /// A fresh key, as PKCS#8 v2 DER.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn generate() -> Result<Vec<u8>, AssertionError> {
        let document = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new());
        document
            .map(|der| der.as_ref().to_vec())
            .map_err(|_| AssertionError::Key)
    }

    /// Signs; the issuer is ours whatever the claims say.
    ///
    /// # Errors
    /// Only a key that stopped being one.
    pub fn sign(&self, claims: &Claims) -> Result<String, AssertionError> {
        let header = Header {
            kid: Some(self.id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = Claims {
            iss: ISSUER.to_owned(),
            ..claims.clone()
        };
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(|_| AssertionError::Key)
    }
}

/// Checks assertions: two keys overlap while one replaces the other.
#[derive(Clone, Debug, Default)]
pub struct VerifyingKeys(Vec<(String, Vec<u8>)>);

impl VerifyingKeys {
    /// The public halves of these keys.
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> Self {
        ring_provider::install();
        Self(
            keys.into_iter()
                .map(|key| (key.id.clone(), key.public.clone()))
                .collect(),
        )
    }

    /// The JSON Web Key Set (RFC 7517) to publish.
    pub fn jwks(&self) -> String {
        let keys: Vec<_> = self
            .0
            .iter()
            .map(|(id, public)| {
                serde_json::json!({
                    "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                    "kid": id, "x": BASE64URL_NOPAD.encode(public),
                })
            })
            .collect();
        serde_json::json!({ "keys": keys }).to_string()
    }

    /// Reads an assertion made for `audience`, at `now` (Unix seconds).
    ///
    /// # Errors
    /// Everything that is not exactly that.
    pub fn verify(&self, token: &str, audience: &str, now: i64) -> Result<Claims, AssertionError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| AssertionError::Invalid)?;
        let kid = header.kid.ok_or(AssertionError::Invalid)?;
        let (_, public) = self
            .0
            .iter()
            .find(|(id, _)| *id == kid)
            .ok_or(AssertionError::Invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[audience]);
        validation.set_issuer(&[ISSUER]);
        // The library would ask the system's clock.
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let data =
            jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_ed_der(public), &validation)
                .map_err(|_| AssertionError::Invalid)?;
        let claims = data.claims;
        if now >= claims.exp || claims.iat > now + 5 {
            return Err(AssertionError::Expired);
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims {
            iss: String::new(),
            aud: "bip".into(),
            sub: "a1".into(),
            name: "Renée Martin".into(),
            email: "renee@fontclaire.example".into(),
            collectivite: "Ville de Fontclaire".into(),
            sid: "s1".into(),
            iat: 1000,
            exp: 1060,
            second_factor: false,
            key: false,
            asks_only: false,
            address: None,
            roles: Vec::new(),
            member: None,
        }
    }

    fn key(id: &str) -> SigningKey {
        SigningKey::from_pkcs8(id, &SigningKey::generate().unwrap()).unwrap()
    }

    #[test]
    fn an_assertion_is_read_by_its_audience_until_it_expires() {
        let key = key("k1");
        let keys = VerifyingKeys::of([&key]);
        let token = key.sign(&claims()).unwrap();
        assert_eq!(
            keys.verify(&token, "bip", 1059).unwrap().name,
            "Renée Martin"
        );
        assert_eq!(
            keys.verify(&token, "bip", 1060),
            Err(AssertionError::Expired)
        );
        assert_eq!(
            keys.verify(&token, "site", 1010),
            Err(AssertionError::Invalid)
        );
    }

    #[test]
    fn another_key_with_the_same_name_is_not_believed() {
        let token = key("k1").sign(&claims()).unwrap();
        assert_eq!(
            VerifyingKeys::of([&key("k1")]).verify(&token, "bip", 1010),
            Err(AssertionError::Invalid)
        );
    }

    #[test]
    fn an_unsigned_assertion_is_not_believed() {
        let key = key("k1");
        let token = key.sign(&claims()).unwrap();
        let payload = token.split('.').nth(1).unwrap();
        let head = BASE64URL_NOPAD.encode(br#"{"alg":"none","kid":"k1"}"#);
        for forged in [
            format!("{head}.{payload}."),
            format!("{head}.{payload}.AAAA"),
        ] {
            assert_eq!(
                VerifyingKeys::of([&key]).verify(&forged, "bip", 1010),
                Err(AssertionError::Invalid)
            );
        }
    }

    #[test]
    fn old_and_new_key_are_both_believed_while_they_overlap() {
        let (old, new) = (key("old"), key("new"));
        let keys = VerifyingKeys::of([&new, &old]);
        for key in [&old, &new] {
            assert!(
                keys.verify(&key.sign(&claims()).unwrap(), "bip", 1010)
                    .is_ok()
            );
        }
        assert_eq!(keys.jwks().matches("\"kid\"").count(), 2);
    }
}
