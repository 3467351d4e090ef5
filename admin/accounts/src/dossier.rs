//! What is kept about one person, for that person: to read and to take away (GDPR 15, 20).

use crate::error::Error;
use crate::journal::Entry;
use crate::store::Store;
use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// How many entries of the journal a page holds.
const PAGE: i64 = 30;
/// How far back the journal is shown to the person, seconds.
const YEAR: i64 = 366 * 86_400;

/// An entry of the journal about the person. Times are Unix seconds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnEntry {
    /// When.
    pub at: i64,
    /// Whether the person did it, or it was done to the account.
    pub own: bool,
    /// `login`, `ouvrir`, `account.suspend` …
    pub act: String,
    /// `portal`, an area, an account …
    pub object: String,
    /// `done`, `permit` or `refusal`.
    pub outcome: String,
}

/// Everything.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Dossier {
    /// The account.
    pub account: OwnAccount,
    /// Every collectivité.
    pub memberships: Vec<OwnMembership>,
    /// Every right given directly, the ended ones too.
    pub grants: Vec<OwnGrant>,
    /// Sessions that are remembered.
    pub sessions: Vec<OwnSession>,
    /// The journal of the last twelve months, the newest first.
    pub journal: Vec<OwnEntry>,
}

/// The account itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnAccount {
    /// What the journal knows the person by.
    pub id: String,
    /// Mail address.
    pub login: String,
    /// Prénom.
    pub given_name: String,
    /// Nom.
    pub family_name: String,
    /// When it was opened.
    pub created_at: i64,
    /// When the person last showed that mail arrives.
    pub confirmed_at: Option<i64>,
}

/// A membership.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnMembership {
    /// The collectivité's name.
    pub collectivite: String,
    /// As what.
    pub role: String,
    /// Since when.
    pub created_at: i64,
    /// The last log-in for it.
    pub last_login_at: Option<i64>,
}

/// A right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnGrant {
    /// On which service.
    pub service: String,
    /// `lecture` or `ecriture`.
    pub level: String,
    /// When it was given.
    pub granted_at: i64,
    /// When it ends.
    pub ends_at: Option<i64>,
    /// When it was withdrawn.
    pub revoked_at: Option<i64>,
}

/// A session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnSession {
    /// The service's host.
    pub host: String,
    /// What the browser said of itself at log-in.
    pub device: String,
    /// When it began.
    pub created_at: i64,
    /// When it was last used.
    pub seen_at: i64,
    /// When it was ended.
    pub ended_at: Option<i64>,
}

/// Service, level, and when it was given, ends and was withdrawn.
type GrantRow = (String, String, i64, Option<i64>, Option<i64>);

impl Store {
    /// A page (from 1 on) of the person's log-ins and refusals of twelve months, the newest first, and
    /// how many pages there are.
    pub async fn list_sign_ins(
        &self,
        account: &str,
        page: i64,
    ) -> Result<(Vec<OwnEntry>, i64), Error> {
        let since = self.clock.now() - YEAR;
        let total: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM journal WHERE actor = $1 AND at > $2 AND (act = 'login' OR outcome = 'refusal')",
        )
        .bind(account)
        .bind(since)
        .fetch_one(&self.pool)
        .await?;
        let rows = sqlx::query(
            "SELECT at, actor, act, object, outcome FROM journal
             WHERE actor = $1 AND at > $2 AND (act = 'login' OR outcome = 'refusal')
             ORDER BY seq DESC LIMIT $3 OFFSET $4",
        )
        .bind(account)
        .bind(since)
        .bind(PAGE)
        .bind((page.clamp(1, 100_000) - 1) * PAGE)
        .fetch_all(&self.pool)
        .await?;
        let entries: Result<_, Error> = rows.iter().map(|row| entry(row, account)).collect();
        Ok((entries?, ((total + PAGE - 1) / PAGE).max(1)))
    }

    /// Everything that is kept about a person. That it was read is journaled.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn get_dossier(&self, account: &str) -> Result<Dossier, Error> {
        let own = Entry::by(account, "account.export", account);
        self.record(&[own]).await?;
        let row = sqlx::query("SELECT id, login, given_name, family_name, created_at, confirmed_at FROM accounts WHERE id = $1")
            .bind(account)
            .fetch_optional(&self.pool)
            .await?
            .ok_or_else(|| Error::not_found("account", account))?;
        let rows = sqlx::query(
            "SELECT at, actor, act, object, outcome FROM journal
             WHERE (actor = $1 OR object = $1) AND at > $2 ORDER BY seq DESC",
        )
        .bind(account)
        .bind(self.clock.now() - YEAR)
        .fetch_all(&self.pool)
        .await?;
        let journal: Result<_, Error> = rows.iter().map(|row| entry(row, account)).collect();
        Ok(Dossier {
            account: OwnAccount {
                id: row.try_get("id")?,
                login: row.try_get("login")?,
                given_name: row.try_get("given_name")?,
                family_name: row.try_get("family_name")?,
                created_at: row.try_get("created_at")?,
                confirmed_at: row.try_get("confirmed_at")?,
            },
            memberships: self.own_memberships(account).await?,
            grants: self.own_grants(account).await?,
            sessions: self.own_sessions(account).await?,
            journal: journal?,
        })
    }

    async fn own_memberships(&self, account: &str) -> Result<Vec<OwnMembership>, Error> {
        let rows: Vec<(String, String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT c.name, m.role, m.created_at, m.last_login_at FROM memberships m
             JOIN collectivites c ON c.id = m.collectivite WHERE m.account = $1 ORDER BY c.name",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let read = |(collectivite, role, created_at, last_login_at)| OwnMembership {
            collectivite,
            role,
            created_at,
            last_login_at,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn own_grants(&self, account: &str) -> Result<Vec<OwnGrant>, Error> {
        let rows: Vec<GrantRow> = sqlx::query_as(
            "SELECT g.service, g.level, g.granted_at, g.ends_at, g.revoked_at FROM grants g
             JOIN memberships m ON m.id = g.membership WHERE m.account = $1 ORDER BY g.granted_at, g.service",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let read = |(service, level, granted_at, ends_at, revoked_at)| OwnGrant {
            service,
            level,
            granted_at,
            ends_at,
            revoked_at,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn own_sessions(&self, account: &str) -> Result<Vec<OwnSession>, Error> {
        let rows: Vec<(String, String, i64, i64, Option<i64>)> = sqlx::query_as(
            "SELECT host, CASE device WHEN '' THEN label ELSE device END, created_at, seen_at, ended_at FROM sessions
             WHERE account = $1 ORDER BY created_at DESC, id",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let read = |(host, device, created_at, seen_at, ended_at)| OwnSession {
            host,
            device,
            created_at,
            seen_at,
            ended_at,
        };
        Ok(rows.into_iter().map(read).collect())
    }
}

fn entry(row: &AnyRow, account: &str) -> Result<OwnEntry, Error> {
    Ok(OwnEntry {
        at: row.try_get("at")?,
        own: row.try_get::<String, _>("actor")? == account,
        act: row.try_get("act")?,
        object: row.try_get("object")?,
        outcome: row.try_get("outcome")?,
    })
}
