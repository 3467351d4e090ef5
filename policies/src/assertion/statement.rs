//! A signed statement: that something was so when it was signed (JWT, `EdDSA`). It is nobody's
//! identity: its type says so, and it names no audience, so that no service believes it as an assertion.

use super::{AssertionError, ISSUER, SigningKey, VerifyingKeys};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// The type in the header (RFC 8725 §3.11).
const TYPE: &str = "convergences-statement+jwt";

/// What is stated of a document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// Always `convergences`; filled in when signing.
    #[serde(default)]
    pub iss: String,
    /// The document's id.
    pub sub: String,
    /// When it was signed, Unix seconds.
    pub iat: i64,
    /// The digest of its bytes (SHA-256, hexadecimal).
    pub sha256: String,
}

impl SigningKey {
    /// Signs; the issuer is ours whatever the statement says.
    ///
    /// # Errors
    /// Only a key that stopped being one.
    pub fn state(&self, statement: &Statement) -> Result<String, AssertionError> {
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let statement = Statement {
            iss: ISSUER.to_owned(),
            ..statement.clone()
        };
        jsonwebtoken::encode(&header, &statement, &self.key).map_err(|_| AssertionError::Key)
    }
}

impl VerifyingKeys {
    /// Reads a statement, and tells the id of the key that signed it.
    ///
    /// # Errors
    /// [`AssertionError::Invalid`] for everything that is not exactly that.
    pub fn verify_statement(&self, token: &str) -> Result<(String, Statement), AssertionError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| AssertionError::Invalid)?;
        let kid = header.kid.ok_or(AssertionError::Invalid)?;
        let known = self.0.iter().find(|(id, _)| *id == kid);
        let (_, public) = known
            .filter(|_| header.typ.as_deref() == Some(TYPE))
            .ok_or(AssertionError::Invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        // It does not expire, and is for whoever reads it.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["iss", "sub"]);
        let key = DecodingKey::from_ed_der(public);
        let data = jsonwebtoken::decode::<Statement>(token, &key, &validation)
            .map_err(|_| AssertionError::Invalid)?;
        Ok((kid, data.claims))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> SigningKey {
        SigningKey::from_pkcs8(id, &SigningKey::generate().unwrap()).unwrap()
    }

    fn statement() -> Statement {
        Statement {
            iss: String::new(),
            sub: "fontclaire/1".to_owned(),
            iat: 1000,
            sha256: "00".to_owned(),
        }
    }

    #[test]
    fn a_statement_is_read_by_its_key_alone_and_is_no_assertion() {
        let ours = key("k1");
        let token = ours.state(&statement()).unwrap();
        let keys = VerifyingKeys::of([&ours]);
        let (kid, read) = keys.verify_statement(&token).unwrap();
        assert_eq!((kid.as_str(), read.sub.as_str()), ("k1", "fontclaire/1"));
        assert_eq!(
            keys.verify(&token, "bip", 1000),
            Err(AssertionError::Invalid)
        );
        let others = VerifyingKeys::of([&key("k1")]);
        assert_eq!(
            others.verify_statement(&token),
            Err(AssertionError::Invalid)
        );
    }
}
