//! Opaque secrets given to browsers: 256 random bits, kept only as their SHA-256.

use crate::error::Error;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

/// A secret on its way to a browser; the store never sees it again in this form.
#[derive(Clone)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// A fresh one.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn fresh() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| Error::Sealed)?;
        Ok(Self(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// The same behind a few letters that say what it is for.
    #[must_use]
    pub(crate) fn with_prefix(self, prefix: &str) -> Self {
        Self(format!("{prefix}{}", self.0))
    }

    /// As a cookie carries it: 43 characters of the URL-safe alphabet.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the store keeps of `text`.
    pub fn hash(text: &str) -> String {
        HEXLOWER.encode(&Self::digest(text))
    }

    /// The same as bytes, for tables in memory.
    pub fn digest(text: &str) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        bytes
    }
}
