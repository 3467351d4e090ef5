//! Accounts: a person's one login.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::password::Password;
use crate::store::Store;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

/// A person who can log in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// UUIDv7; what the journal knows the person by.
    pub id: String,
    /// Mail address, lower-case.
    pub login: String,
    /// Prénom.
    pub given_name: String,
    /// Nom.
    pub family_name: String,
    /// False while suspended.
    pub active: bool,
}

impl Account {
    /// « Renée Martin ».
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

/// What a new account needs.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Mail address; kept lower-case.
    pub login: &'a str,
    /// Prénom.
    pub given_name: &'a str,
    /// Nom.
    pub family_name: &'a str,
    /// None before the invitation is answered.
    pub password: Option<&'a Password>,
}

pub(crate) fn read(row: &AnyRow) -> Result<Account, Error> {
    Ok(Account {
        id: row.try_get("account_id")?,
        login: row.try_get("login")?,
        given_name: row.try_get("given_name")?,
        family_name: row.try_get("family_name")?,
        active: row
            .try_get::<Option<i64>, _>("account_suspended_at")?
            .is_none(),
    })
}

/// A login as it is stored and looked up.
pub(crate) fn normal_login(login: &str) -> String {
    login.trim().to_lowercase()
}

impl Store {
    /// Adds an account and gives its id.
    ///
    /// # Errors
    /// [`Error::Exists`] for a login in use.
    pub async fn add_account(&self, new: NewAccount<'_>, by: &str) -> Result<String, Error> {
        let hash = match new.password {
            Some(password) => Some(self.hasher.hash(password).await?),
            None => None,
        };
        let (id, login) = (Uuid::now_v7().to_string(), normal_login(new.login));
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO accounts (id, login, given_name, family_name, password_hash, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&id)
        .bind(&login)
        .bind(new.given_name)
        .bind(new.family_name)
        .bind(hash)
        .bind(write.now)
        .execute(&mut *write.tx)
        .await
        .map_err(|error| Error::or_exists(error, "account", &login))?;
        write.record(&Entry::by(by, "account.add", &id)).await?;
        write.commit().await?;
        Ok(id)
    }

    /// The account of a login, however it is written.
    pub async fn find_account(&self, login: &str) -> Result<Option<Account>, Error> {
        let row = sqlx::query(
            "SELECT id AS account_id, login, given_name, family_name, suspended_at AS account_suspended_at
             FROM accounts WHERE login = $1",
        )
        .bind(normal_login(login))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// Suspends an account, or restores it. Sessions stay known and open nothing meanwhile.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn suspend_account(&self, id: &str, suspended: bool, by: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done = sqlx::query("UPDATE accounts SET suspended_at = $1 WHERE id = $2")
            .bind(suspended.then_some(write.now))
            .bind(id)
            .execute(&mut *write.tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("account", id));
        }
        write.change(&Change::Account(id.to_owned())).await?;
        let act = if suspended {
            "account.suspend"
        } else {
            "account.restore"
        };
        write.record(&Entry::by(by, act, id)).await?;
        write.commit().await
    }
}
