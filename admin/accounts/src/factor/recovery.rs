//! Recovery codes, for print: ten at a time, each used once, kept as keyed hashes. New ones end
//! those of before.

use super::notice::Event;
use super::{FactorError, FactorHolder};
use crate::error::Error;
use crate::journal::Entry;
use crate::password::Password;
use crate::store::{Store, Write};
use data_encoding::BASE32_NOPAD;
use ring::rand::{SecureRandom as _, SystemRandom};

/// How many are printed.
const CODES: usize = 10;
/// Bytes of each: 80 bits, sixteen characters.
const BYTES: usize = 10;

/// A code as it is kept, however it was typed: no letter of the alphabet looks like a digit of it.
fn normal(code: &str) -> String {
    code.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            other => other,
        })
        .collect()
}

/// « ABCD-EFGH-IJKL-MNOP ».
fn fresh() -> Result<String, Error> {
    let mut bytes = [0; BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::Sealed)?;
    let mut code = String::new();
    for (index, letter) in BASE32_NOPAD.encode(&bytes).chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        code.push(letter);
    }
    Ok(code)
}

impl Store {
    /// Ten new codes, to be shown this once.
    ///
    /// # Errors
    /// See [`FactorError`]; [`Error::NotFound`] for somebody without a factor, whom they would not
    /// serve.
    pub async fn renew_recovery_codes(
        &self,
        holder: FactorHolder<'_>,
        password: &Password,
    ) -> Result<Vec<String>, FactorError> {
        self.confirm_password(holder, password).await?;
        let codes = (0..CODES).map(|_| fresh()).collect::<Result<Vec<_>, _>>()?;
        let mut write = self.write().await?;
        write.expect_shown(holder).await?;
        if !write.has_factor(holder.account).await? {
            return Err(Error::not_found("factor", holder.account).into());
        }
        write.forget_recovery_codes(holder.account).await?;
        for code in &codes {
            let mac = self.vault.recovery_mac(holder.account, &normal(code));
            sqlx::query(
                "INSERT INTO recovery_codes (account, code_mac, created_at) VALUES ($1, $2, $3)",
            )
            .bind(holder.account)
            .bind(mac)
            .bind(write.now)
            .execute(&mut *write.tx)
            .await?;
        }
        let entry = Entry::by(holder.account, "factor.codes", holder.account);
        write.record(&entry).await?;
        write.tell(holder.account, Event::Codes).await?;
        write.commit().await?;
        Ok(codes)
    }

    /// How many of somebody's codes were not used.
    pub async fn count_recovery_codes(&self, account: &str) -> Result<i64, Error> {
        let count = sqlx::query_scalar(
            "SELECT COUNT(*) FROM recovery_codes WHERE account = $1 AND used_at IS NULL",
        );
        Ok(count.bind(account).fetch_one(&self.pool).await?)
    }
}

impl Write<'_> {
    pub(super) async fn forget_recovery_codes(&mut self, account: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM recovery_codes WHERE account = $1")
            .bind(account)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Whether the code is one of the account's, not used before.
    pub(super) async fn use_recovery_code(
        &mut self,
        account: &str,
        code: &str,
    ) -> Result<bool, Error> {
        let mac = self.store().vault.recovery_mac(account, &normal(code));
        let done = sqlx::query(
            "UPDATE recovery_codes SET used_at = $1 WHERE account = $2 AND code_mac = $3 AND used_at IS NULL",
        )
        .bind(self.now)
        .bind(account)
        .bind(mac)
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = fresh().unwrap();
        assert_eq!(code.len(), 19);
        assert_ne!(code, fresh().unwrap());
        assert_eq!(normal(" abcd efgh-ijkl 0pqr"), "ABCDEFGHIJKLOPQR");
    }
}
