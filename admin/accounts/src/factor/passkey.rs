//! Passkeys (`WebAuthn` Level 3). The person's device verifies the person (finger, face or PIN); a
//! passkey is bound to the portal's host, so that no other site can ask for its signature.
//!
//! What a device is asked to sign is kept here, sealed, until it is signed or too old: a browser
//! gets no state of ours that it could send again. The keys offered are those that the library
//! takes, RSA among them: it is what Windows Hello makes of a computer with an older TPM.

use super::{FactorError, FactorHolder, FactorKind, NewFactor, place};
use crate::error::Error;
use crate::password::Password;
use crate::store::{Store, Write};
use crate::token::Token;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CreationChallengeResponse, CredentialID, Passkey, PasskeyAuthentication, PasskeyRegistration,
    RequestChallengeResponse,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// The portal, as devices know it.
#[derive(Clone, Debug)]
pub struct RelyingParty(Webauthn);

impl RelyingParty {
    /// The portal at `origin`; `None` where there can be no passkeys.
    pub fn of(host: &str, origin: &str) -> Option<Self> {
        let origin = Url::parse(origin).ok()?;
        let builder = WebauthnBuilder::new(host, &origin).ok()?;
        builder.rp_name("Convergences").build().ok().map(Self)
    }
}

/// What a device is asked, and what its answer is held against.
#[derive(Serialize, Deserialize)]
struct Asked<Options, State> {
    options: Options,
    state: State,
}

type Registration = Asked<CreationChallengeResponse, PasskeyRegistration>;
type Authentication = Asked<RequestChallengeResponse, PasskeyAuthentication>;

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Unreadable("passkey".to_owned()))
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|_| Error::Unreadable("passkey".to_owned()))
}

fn text(id: &CredentialID) -> String {
    BASE64URL_NOPAD.encode(id)
}

impl Store {
    /// Begins to add a passkey.
    ///
    /// # Errors
    /// See [`FactorError`].
    pub async fn begin_passkey(
        &self,
        holder: FactorHolder<'_>,
        password: &Password,
        name: &str,
        party: &RelyingParty,
    ) -> Result<(), FactorError> {
        let person = self.confirm_password(holder, password).await?;
        let known = self.passkeys(holder.account).await?;
        let known = known.iter().map(|key| key.cred_id().clone()).collect();
        let user = Uuid::parse_str(holder.account)
            .map_err(|_| Error::Unreadable(holder.account.to_owned()))?;
        let (options, state) = party
            .0
            .start_passkey_registration(user, &person.login, &person.full_name(), Some(known))
            .map_err(|_| Error::Unreadable("passkey".to_owned()))?;
        let asked = json(&Registration { options, state })?;
        let mut write = self.write().await?;
        write
            .keep_draft(holder, FactorKind::Passkey, name, asked.as_bytes())
            .await?;
        Ok(write.commit().await?)
    }

    /// What the device is to be asked in this session, for `navigator.credentials.create` (JSON).
    pub async fn find_passkey_draft(&self, session: &str) -> Result<Option<String>, Error> {
        let Some(draft) = self.find_draft(session, FactorKind::Passkey).await? else {
            return Ok(None);
        };
        let asked: Registration = read(&draft.secret)?;
        json(&asked.options).map(Some)
    }

    /// Adds the passkey that the device made (JSON). The session has shown a second factor then;
    /// a token is the one that it goes on under.
    ///
    /// # Errors
    /// See [`FactorError`].
    pub async fn confirm_passkey(
        &self,
        holder: FactorHolder<'_>,
        party: &RelyingParty,
        answer: &str,
    ) -> Result<Option<Token>, FactorError> {
        let draft = self.find_draft(holder.session, FactorKind::Passkey).await?;
        let draft = draft.ok_or(FactorError::Gone)?;
        let asked: Registration = read(&draft.secret)?;
        let answer = serde_json::from_str(answer).map_err(|_| FactorError::WrongProof)?;
        let key = party
            .0
            .finish_passkey_registration(&answer, &asked.state)
            .map_err(|_| FactorError::WrongProof)?;
        let secret = json(&key)?;
        let mut write = self.write().await?;
        write.take_draft(holder, FactorKind::Passkey).await?;
        let new = NewFactor {
            kind: FactorKind::Passkey,
            name: &draft.name,
            secret: secret.as_bytes(),
            credential: Some(&text(key.cred_id())),
            step: None,
        };
        write.add_factor(holder, new).await?;
        let token = write.step_up(holder).await?;
        write.commit().await?;
        Ok(token)
    }

    async fn passkeys(&self, account: &str) -> Result<Vec<Passkey>, Error> {
        let rows =
            sqlx::query("SELECT id, sealed FROM factors WHERE account = $1 AND kind = 'passkey'")
                .bind(account)
                .fetch_all(&self.pool)
                .await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("id")?;
                read(&self.vault.open(&place(&id), row.try_get("sealed")?)?)
            })
            .collect()
    }

    /// Something for a device of the account to sign, as it is kept; `None` without a passkey.
    pub(super) async fn ask_passkey(
        &self,
        account: &str,
        party: &RelyingParty,
    ) -> Result<Option<String>, Error> {
        let keys = self.passkeys(account).await?;
        if keys.is_empty() {
            return Ok(None);
        }
        let (options, state) = party
            .0
            .start_passkey_authentication(&keys)
            .map_err(|_| Error::Unreadable("passkey".to_owned()))?;
        json(&Authentication { options, state }).map(Some)
    }
}

/// The part of what is kept that a browser gets, for `navigator.credentials.get` (JSON).
pub(super) fn options(asked: &[u8]) -> Result<String, Error> {
    json(&read::<Authentication>(asked)?.options)
}

impl Write<'_> {
    /// Whether `answer` is what was asked, signed by a passkey of the account that verified its
    /// person. A signature counter that does not grow is a copied key, and refused.
    pub(super) async fn use_passkey(
        &mut self,
        account: &str,
        party: &RelyingParty,
        asked: &[u8],
        answer: &str,
    ) -> Result<bool, Error> {
        let asked: Authentication = read(asked)?;
        let Ok(answer) = serde_json::from_str(answer) else {
            return Ok(false);
        };
        let Ok(result) = party.0.finish_passkey_authentication(&answer, &asked.state) else {
            return Ok(false);
        };
        let row = sqlx::query(
            "SELECT id, sealed FROM factors WHERE account = $1 AND kind = 'passkey' AND credential = $2",
        )
        .bind(account)
        .bind(text(result.cred_id()))
        .fetch_optional(&mut *self.tx)
        .await?;
        // Removed since it was asked.
        let Some(row) = row.filter(|_| result.user_verified()) else {
            return Ok(false);
        };
        let id: String = row.try_get("id")?;
        let vault = &self.store().vault;
        let mut key: Passkey = read(&vault.open(&place(&id), row.try_get("sealed")?)?)?;
        key.update_credential(&result);
        let sealed = vault.seal(&place(&id), json(&key)?.as_bytes())?;
        sqlx::query("UPDATE factors SET sealed = $1, used_at = $2 WHERE id = $3")
            .bind(sealed)
            .bind(self.now)
            .bind(&id)
            .execute(&mut *self.tx)
            .await?;
        Ok(true)
    }
}
