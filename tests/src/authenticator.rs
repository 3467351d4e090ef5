//! A device with one passkey, as a browser would ask it (`WebAuthn` Level 3, « none » attestation):
//! what it says and signs is made by hand, so that a test can have it say something else.

use data_encoding::BASE64URL_NOPAD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const WITH_KEY: u8 = 0x40;

/// A device.
#[derive(Debug)]
pub struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    /// How often it has signed.
    pub counter: u32,
    /// Whether it looks at its person's finger, face or PIN.
    pub verifies: bool,
    /// The site that its browser says it is on.
    pub origin: String,
}

impl Authenticator {
    /// A device in a browser that shows `origin`.
    ///
    /// # Errors
    /// No randomness.
    pub fn new(origin: &str) -> anyhow::Result<Self> {
        let random = SystemRandom::new();
        let unspecified = |_| anyhow::anyhow!("no randomness");
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random)
            .map_err(unspecified)?;
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random)
                .map_err(|error| anyhow::anyhow!("{error}"))?;
        let id = digest(&SHA256, key.public_key().as_ref()).as_ref().to_vec();
        Ok(Self {
            key,
            id,
            counter: 0,
            verifies: true,
            origin: origin.to_owned(),
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = options.pointer("/publicKey/challenge");
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(&mut self, party: Option<&Value>, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let party = party.and_then(Value::as_str).unwrap_or_default();
        let mut data = digest(&SHA256, party.as_bytes()).as_ref().to_vec();
        let verified = if self.verifies { VERIFIED } else { 0 };
        data.push(flags | PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn answer(&self, response: &Value) -> String {
        let id = BASE64URL_NOPAD.encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }

    /// What `navigator.credentials.create` gives for these options (JSON both).
    ///
    /// # Errors
    /// Options that are none.
    pub fn create(&mut self, options: &str) -> anyhow::Result<String> {
        let options: Value = serde_json::from_str(options)?;
        let client_data = self.client_data("webauthn.create", &options);
        let mut data = self.data(options.pointer("/publicKey/rp/id"), WITH_KEY);
        data.extend([0; 16]); // no model
        data.extend(u16::try_from(self.id.len())?.to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose_key());
        // { "fmt": "none", "attStmt": {}, "authData": bytes }
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend(u16::try_from(data.len())?.to_be_bytes());
        attestation.extend(&data);
        Ok(self.answer(&json!({
            "clientDataJSON": BASE64URL_NOPAD.encode(&client_data),
            "attestationObject": BASE64URL_NOPAD.encode(&attestation),
        })))
    }

    /// What `navigator.credentials.get` gives for these options (JSON both).
    ///
    /// # Errors
    /// Options that are none.
    pub fn get(&mut self, options: &str) -> anyhow::Result<String> {
        let options: Value = serde_json::from_str(options)?;
        let client_data = self.client_data("webauthn.get", &options);
        let data = self.data(options.pointer("/publicKey/rpId"), 0);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, &client_data).as_ref());
        let signature = self
            .key
            .sign(&SystemRandom::new(), &signed)
            .map_err(|_| anyhow::anyhow!("no randomness"))?;
        Ok(self.answer(&json!({
            "clientDataJSON": BASE64URL_NOPAD.encode(&client_data),
            "authenticatorData": BASE64URL_NOPAD.encode(&data),
            "signature": BASE64URL_NOPAD.encode(signature.as_ref()),
            "userHandle": null,
        })))
    }

    /// ES256 (RFC 9053): { 1: 2, 3: -7, -1: 1, -2: x, -3: y }.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
        let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        key.extend(x);
        key.extend(b"\x22\x58\x20");
        key.extend(y);
        key
    }
}
