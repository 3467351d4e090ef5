//! Seals secrets with a key that is not in the database (ChaCha20-Poly1305), and keys the
//! journal's chain and the tokens of forms. One master key, one derived key for each purpose (HKDF-SHA-256).

use crate::error::Error;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

/// The one secret of an installation: 32 random bytes.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Takes 32 bytes.
    ///
    /// # Errors
    /// Any other number.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let bytes = bytes
            .try_into()
            .map_err(|_| Error::Unreadable("master key".to_owned()))?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Fresh bytes for a new installation.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn fresh() -> Result<[u8; 32], Error> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| Error::Sealed)?;
        Ok(bytes)
    }
}

/// Seals and opens; signs the journal and the forms.
pub struct Vault {
    seal: LessSafeKey,
    journal: hmac::Key,
    form: hmac::Key,
    recovery: hmac::Key,
    proposal: hmac::Key,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// The vault of a master key.
    ///
    /// # Errors
    /// None in practice: the lengths are constants.
    pub fn new(master: &MasterKey) -> Result<Self, Error> {
        let seal = derive(master, b"seal")?;
        let hmac_key = |purpose| {
            let key = derive(master, purpose)?;
            Ok::<_, Error>(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()))
        };
        let seal =
            UnboundKey::new(&CHACHA20_POLY1305, seal.as_slice()).map_err(|_| Error::Sealed)?;
        Ok(Self {
            seal: LessSafeKey::new(seal),
            journal: hmac_key(b"journal")?,
            form: hmac_key(b"form")?,
            recovery: hmac_key(b"recovery")?,
            proposal: hmac_key(b"proposal")?,
        })
    }

    /// Seals `secret` for one place; elsewhere it does not open.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<String, Error> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new()
            .fill(&mut nonce)
            .map_err(|_| Error::Sealed)?;
        let mut sealed = secret.to_vec();
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut sealed,
            )
            .map_err(|_| Error::Sealed)?;
        let mut text = nonce.to_vec();
        text.append(&mut sealed);
        Ok(BASE64URL_NOPAD.encode(&text))
    }

    /// Opens what [`Vault::seal`] sealed for the same place.
    ///
    /// # Errors
    /// Another key, another place, or altered data.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let bytes = BASE64URL_NOPAD
            .decode(sealed.as_bytes())
            .map_err(|_| Error::Sealed)?;
        let (nonce, sealed) = bytes
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(Error::Sealed)?;
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let opened = self
            .seal
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place),
                &mut sealed,
            )
            .map_err(|_| Error::Sealed)?;
        Ok(Zeroizing::new(opened.to_vec()))
    }

    pub(crate) fn mac(&self, message: &[u8]) -> String {
        HEXLOWER.encode(hmac::sign(&self.journal, message).as_ref())
    }

    /// What is kept of a recovery code. The account is part of it, so that nobody's fits another.
    pub(crate) fn recovery_mac(&self, account: &str, code: &str) -> String {
        let message = format!("{account}\0{code}");
        HEXLOWER.encode(hmac::sign(&self.recovery, message.as_bytes()).as_ref())
    }

    /// The secret of the letter that asks an account whether to be attached by a membership, at a moment.
    pub(crate) fn proposal_token(&self, account: &str, membership: &str, asked_at: i64) -> String {
        let message = format!("{account}\0{membership}\0{asked_at}");
        HEXLOWER.encode(hmac::sign(&self.proposal, message.as_bytes()).as_ref())
    }

    /// Whether a text is that secret; how long it takes does not tell how much of it is right.
    pub(crate) fn is_proposal_token(
        &self,
        (account, membership): (&str, &str),
        asked_at: i64,
        token: &str,
    ) -> bool {
        let message = format!("{account}\0{membership}\0{asked_at}");
        let tag = HEXLOWER.decode(token.as_bytes());
        tag.is_ok_and(|tag| hmac::verify(&self.proposal, message.as_bytes(), &tag).is_ok())
    }

    pub(crate) fn form_token(&self, session: &str) -> String {
        HEXLOWER.encode(hmac::sign(&self.form, session.as_bytes()).as_ref())
    }
}

fn derive(master: &MasterKey, purpose: &[u8]) -> Result<Zeroizing<[u8; 32]>, Error> {
    let mut key = Zeroizing::new([0; 32]);
    let info = [purpose];
    Salt::new(HKDF_SHA256, b"convergences/1")
        .extract(master.0.as_slice())
        .expand(&info, HKDF_SHA256)
        .and_then(|okm| okm.fill(key.as_mut_slice()))
        .map_err(|_| Error::Sealed)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_in_its_place_and_with_its_key() {
        let vault = |byte| Vault::new(&MasterKey::from_bytes(&[byte; 32]).unwrap()).unwrap();
        let sealed = vault(1).seal("credentials/a/s", b"secret").unwrap();
        assert_eq!(
            vault(1)
                .open("credentials/a/s", &sealed)
                .unwrap()
                .as_slice(),
            b"secret"
        );
        assert!(vault(1).open("credentials/b/s", &sealed).is_err());
        assert!(vault(2).open("credentials/a/s", &sealed).is_err());
        assert!(!sealed.contains("secret"));
    }
}
