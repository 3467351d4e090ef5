//! Legacy credentials: what a person types in an application that cannot be changed. Sealed; read
//! only to sign in; set aside once the application has refused them, so that nobody gets locked.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::Store;
use policies::{MembershipId, ServiceId};
use sqlx::Row as _;
use zeroize::Zeroizing;

/// Login and password of a legacy application.
#[derive(Clone)]
pub struct LegacyCredential {
    /// As the application knows the person.
    pub login: String,
    /// Its password.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for LegacyCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LegacyCredential(…)")
    }
}

/// A credential and how it fared.
#[derive(Clone, Debug)]
pub struct Credential {
    /// What to type.
    pub secret: LegacyCredential,
    /// How often it was refused since it was given.
    pub failures: i64,
    /// When it was last refused, Unix seconds.
    pub refused_at: Option<i64>,
}

fn place(membership: &MembershipId, service: &ServiceId) -> String {
    format!("credentials/{membership}/{service}")
}

impl Store {
    /// Seals a credential, in the place of any other, with a clean record.
    pub async fn seal_credential(
        &self,
        membership: &MembershipId,
        service: &ServiceId,
        secret: &LegacyCredential,
        by: &str,
    ) -> Result<(), Error> {
        let plain = Zeroizing::new(format!("{}\0{}", secret.login, secret.password.as_str()));
        let sealed = self
            .vault
            .seal(&place(membership, service), plain.as_bytes())?;
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO credentials (membership, service, sealed, sealed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (membership, service)
             DO UPDATE SET sealed = excluded.sealed, sealed_at = excluded.sealed_at, failures = 0, refused_at = NULL",
        )
        .bind(membership.as_str())
        .bind(service.as_str())
        .bind(sealed)
        .bind(write.now)
        .execute(&mut *write.tx)
        .await?;
        write
            .change(&Change::Credential(membership.clone(), service.clone()))
            .await?;
        write
            .record(&Entry::by(by, "credential.seal", membership.as_str()).detail(service.as_str()))
            .await?;
        write.commit().await
    }

    /// The credential of a membership for a service, opened.
    pub async fn find_credential(
        &self,
        membership: &MembershipId,
        service: &ServiceId,
    ) -> Result<Option<Credential>, Error> {
        let row = sqlx::query("SELECT sealed, failures, refused_at FROM credentials WHERE membership = $1 AND service = $2")
            .bind(membership.as_str())
            .bind(service.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let plain = self
            .vault
            .open(&place(membership, service), row.try_get("sealed")?)?;
        let plain = std::str::from_utf8(&plain).map_err(|_| Error::Sealed)?;
        let (login, password) = plain.split_once('\0').ok_or(Error::Sealed)?;
        Ok(Some(Credential {
            secret: LegacyCredential {
                login: login.to_owned(),
                password: Zeroizing::new(password.to_owned()),
            },
            failures: row.try_get("failures")?,
            refused_at: row.try_get("refused_at")?,
        }))
    }

    /// Counts a try before it is made: a crash must not make it free. Refused when the budget is
    /// spent.
    pub async fn spend_attempt(
        &self,
        membership: &MembershipId,
        service: &ServiceId,
        budget: u32,
    ) -> Result<bool, Error> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE credentials SET failures = failures + 1, refused_at = $1
             WHERE membership = $2 AND service = $3 AND failures < $4",
        )
        .bind(write.now)
        .bind(membership.as_str())
        .bind(service.as_str())
        .bind(i64::from(budget))
        .execute(&mut *write.tx)
        .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// The password never reached the application: that try did not count.
    pub async fn refund_attempt(
        &self,
        membership: &MembershipId,
        service: &ServiceId,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE credentials SET failures = failures - 1, refused_at = CASE WHEN failures > 1 THEN refused_at END
             WHERE membership = $1 AND service = $2 AND failures > 0",
        )
        .bind(membership.as_str())
        .bind(service.as_str())
        .execute(&mut *write.tx)
        .await?;
        write.commit().await
    }

    /// The try succeeded: the record is clean again.
    pub async fn clear_attempts(
        &self,
        membership: &MembershipId,
        service: &ServiceId,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE credentials SET failures = 0, refused_at = NULL WHERE membership = $1 AND service = $2")
            .bind(membership.as_str())
            .bind(service.as_str())
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }
}
