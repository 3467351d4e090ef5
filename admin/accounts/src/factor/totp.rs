//! One-time codes of an application (RFC 6238: SHA-1, six digits, 30 s, which every application
//! knows). A code of the step before or after is taken as well, and each step once.

use super::{FactorError, FactorHolder, FactorKind, NewFactor, place};
use crate::error::Error;
use crate::password::Password;
use crate::store::{Store, Write};
use crate::token::Token;
use ring::rand::{SecureRandom as _, SystemRandom};
use sqlx::Row as _;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

/// What applications show beside the code.
const ISSUER: &str = "Convergences";
/// RFC 4226 §4 R6: 160 bits.
const SECRET: usize = 20;

/// A secret that waits for its first code.
#[derive(Clone)]
pub struct TotpDraft {
    /// For typing it in: base 32.
    pub key: String,
    /// The same for a picture: `otpauth://totp/…`.
    pub uri: String,
}

impl std::fmt::Debug for TotpDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpDraft(…)")
    }
}

fn generator(secret: &[u8], login: &str) -> Result<Totp, Error> {
    // The label ends its issuer with a colon; addresses that hold one are rare, and still people's.
    let login = login.replace(':', " ");
    Builder::new()
        .with_secret(Secret::new(secret.into()))
        .with_issuer(Some(ISSUER))
        .with_account_name(login)
        .build()
        .map_err(|_| Error::Sealed)
}

/// The step whose code this is, if any near `now`.
fn step(secret: &[u8], code: &str, now: i64) -> Result<Option<i64>, Error> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let now = u64::try_from(now).unwrap_or_default();
    let step = generator(secret, "")?.check(&digits, now);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

impl Store {
    /// Begins to add an application: a fresh secret waits for its first code.
    ///
    /// # Errors
    /// See [`FactorError`].
    pub async fn begin_totp(
        &self,
        holder: FactorHolder<'_>,
        password: &Password,
        name: &str,
    ) -> Result<(), FactorError> {
        self.confirm_password(holder, password).await?;
        let mut secret = Zeroizing::new([0; SECRET]);
        SystemRandom::new()
            .fill(secret.as_mut_slice())
            .map_err(|_| Error::Sealed)?;
        let mut write = self.write().await?;
        write
            .keep_draft(holder, FactorKind::Totp, name, secret.as_slice())
            .await?;
        Ok(write.commit().await?)
    }

    /// The secret that waits in this session, to be shown to the person.
    pub async fn find_totp_draft(
        &self,
        session: &str,
        login: &str,
    ) -> Result<Option<TotpDraft>, Error> {
        let Some(draft) = self.find_draft(session, FactorKind::Totp).await? else {
            return Ok(None);
        };
        let totp = generator(&draft.secret, login)?;
        Ok(Some(TotpDraft {
            key: Secret::new(draft.secret.as_slice().into()).to_base32(),
            uri: totp.to_url().map_err(|_| Error::Sealed)?,
        }))
    }

    /// Adds the application once it shows the right code. The session has shown a second factor
    /// then; a token is the one that it goes on under.
    ///
    /// # Errors
    /// See [`FactorError`].
    pub async fn confirm_totp(
        &self,
        holder: FactorHolder<'_>,
        code: &str,
    ) -> Result<Option<Token>, FactorError> {
        let draft = self.find_draft(holder.session, FactorKind::Totp).await?;
        let draft = draft.ok_or(FactorError::Gone)?;
        let step = step(&draft.secret, code, self.clock.now())?;
        let step = step.ok_or(FactorError::WrongProof)?;
        let mut write = self.write().await?;
        write.take_draft(holder, FactorKind::Totp).await?;
        let new = NewFactor {
            kind: FactorKind::Totp,
            name: &draft.name,
            secret: &draft.secret,
            credential: None,
            step: Some(step),
        };
        write.add_factor(holder, new).await?;
        let token = write.step_up(holder).await?;
        write.commit().await?;
        Ok(token)
    }
}

impl Write<'_> {
    /// Whether the code is one of the account's applications', and its step was not used before.
    pub(super) async fn use_totp(&mut self, account: &str, code: &str) -> Result<bool, Error> {
        let rows =
            sqlx::query("SELECT id, sealed FROM factors WHERE account = $1 AND kind = 'totp'")
                .bind(account)
                .fetch_all(&mut *self.tx)
                .await?;
        for row in &rows {
            let id: String = row.try_get("id")?;
            let secret = self
                .store()
                .vault
                .open(&place(&id), row.try_get("sealed")?)?;
            let Some(step) = step(&secret, code, self.now)? else {
                continue;
            };
            let done = sqlx::query(
                "UPDATE factors SET last_step = $1, used_at = $2 WHERE id = $3 AND (last_step IS NULL OR last_step < $1)",
            )
            .bind(step)
            .bind(self.now)
            .bind(&id)
            .execute(&mut *self.tx)
            .await?;
            if done.rows_affected() > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(secret, code, at).unwrap(), Some(at / 30));
        }
    }

    #[test]
    fn a_code_serves_from_the_step_before_to_the_step_after() {
        let secret = b"12345678901234567890";
        for (at, taken) in [(29, true), (0, true), (89, true), (90, false), (120, false)] {
            assert_eq!(
                step(secret, "287 082", at).unwrap().is_some(),
                taken,
                "{at}"
            );
        }
        for other in ["", "28708", "2870822", "28708²", "abcdef"] {
            assert_eq!(step(secret, other, 59).unwrap(), None, "{other}");
        }
    }
}
