//! Reading the dossier out of the store.

use super::{
    Dossier, OwnAccount, OwnFactor, OwnGrant, OwnKey, OwnMembership, OwnRequest, OwnSession,
    OwnTransfer,
};
use crate::error::Error;
use crate::factor::Factor;
use crate::journal::Entry;
use crate::sign_in::{YEAR, entry};
use crate::store::Store;
use sqlx::Row as _;

/// Membership, collectivité, role, profile, since when, last log-in.
type MembershipRow = (String, String, String, Option<String>, i64, Option<i64>);
/// Service, level, and when it was given, ends and was withdrawn.
type GrantRow = (String, String, i64, Option<i64>, Option<i64>);
/// From, to, and when it was proposed, ends and was answered; how.
type TransferRow = (String, String, i64, i64, Option<i64>, Option<String>);

impl Store {
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
            factors: self.own_factors(account).await?,
            requests: self.own_requests(account).await?,
            grants: self.own_grants(account).await?,
            transfers: self.own_transfers(account).await?,
            keys: self.own_keys(account).await?,
            sessions: self.own_sessions(account).await?,
            journal: journal?,
        })
    }

    async fn own_memberships(&self, account: &str) -> Result<Vec<OwnMembership>, Error> {
        let rights: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT m.id, r.service, r.level FROM memberships m JOIN profile_rights r ON r.profile = m.profile
             WHERE m.account = $1 ORDER BY r.service",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let rows: Vec<MembershipRow> = sqlx::query_as(
            "SELECT m.id, c.name, m.role, p.name, m.created_at, m.last_login_at FROM memberships m
             JOIN collectivites c ON c.id = m.collectivite LEFT JOIN profiles p ON p.id = m.profile
             WHERE m.account = $1 ORDER BY c.name",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let read = |(id, collectivite, role, profile, created_at, last_login_at)| OwnMembership {
            collectivite,
            role,
            profile,
            profile_rights: rights
                .iter()
                .filter(|(membership, ..)| *membership == id)
                .map(|(_, service, level)| format!("{service}/{level}"))
                .collect(),
            created_at,
            last_login_at,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn own_factors(&self, account: &str) -> Result<Vec<OwnFactor>, Error> {
        let factors = self.list_factors(account).await?.into_iter();
        let read = |factor: Factor| OwnFactor {
            name: factor.name,
            created_at: factor.created_at,
            used_at: factor.used_at,
        };
        Ok(factors.map(read).collect())
    }

    async fn own_requests(&self, account: &str) -> Result<Vec<OwnRequest>, Error> {
        let rows: Vec<(String, String, String, i64, Option<i64>, String)> = sqlx::query_as(
            "SELECT r.service, r.level, r.message, r.created_at, r.decided_at, r.answer FROM access_requests r
             JOIN memberships m ON m.id = r.membership WHERE m.account = $1 ORDER BY r.created_at, r.id",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let read = |(service, level, message, created_at, decided_at, answer)| OwnRequest {
            service,
            level,
            message,
            created_at,
            decided_at,
            answer,
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

    async fn own_transfers(&self, account: &str) -> Result<Vec<OwnTransfer>, Error> {
        let rows: Vec<TransferRow> = sqlx::query_as(
            "SELECT o.name, n.name, t.released_at, t.left_at, t.decided_at, t.decision FROM transfers t
             JOIN memberships m ON m.id = t.membership JOIN collectivites o ON o.id = m.collectivite
             JOIN collectivites n ON n.id = t.collectivite WHERE m.account = $1 ORDER BY t.released_at, t.id",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let read = |(from, to, released_at, left_at, decided_at, decision)| OwnTransfer {
            from,
            to,
            released_at,
            left_at,
            decided_at,
            decision,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn own_keys(&self, account: &str) -> Result<Vec<OwnKey>, Error> {
        let rows: Vec<(String, i64, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT label, created_at, expires_at, ended_at FROM sessions
             WHERE account = $1 AND expires_at IS NOT NULL ORDER BY created_at DESC, id",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        let read = |(name, created_at, expires_at, ended_at)| OwnKey {
            name,
            created_at,
            expires_at,
            ended_at,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn own_sessions(&self, account: &str) -> Result<Vec<OwnSession>, Error> {
        let rows: Vec<(String, String, i64, i64, Option<i64>)> = sqlx::query_as(
            "SELECT host, device, created_at, seen_at, ended_at FROM sessions
             WHERE account = $1 AND expires_at IS NULL ORDER BY created_at DESC, id",
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
