//! Resets that wait for their second person, as those see them who may confirm: the référents of the
//! collectivité, those who follow it, and the person whose factors they are.

use super::Identification;
use crate::error::Error;
use crate::over::Over;
use crate::overseen::Overseen;
use crate::store::Store;
use crate::token::Token;
use crate::within::{Within, is_referent};
use policies::{CollectiviteId, MembershipId};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A reset that waits for its second person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactorReset {
    /// UUIDv7.
    pub id: String,
    /// Whose factors.
    pub membership: MembershipId,
    /// « Amina Benali ».
    pub name: String,
    /// Where they are: id and name.
    pub collectivite: (CollectiviteId, String),
    /// Who asked.
    pub requested_by: MembershipId,
    /// Their account: the second person is another one.
    pub requester: String,
    /// « Renée Martin ».
    pub requester_name: String,
    /// Unix seconds, like all times here.
    pub requested_at: i64,
    /// Until when it can be confirmed.
    pub expires_at: i64,
    /// How the person was identified.
    pub identified: Identification,
    /// What happened.
    pub reason: String,
    /// Whether the person administers something: then only correspondants of the CIG confirm.
    pub for_correspondants: bool,
}

/// $1 a collectivité, $2 a CDG, $3 an account, each empty for any; $4 empty leaves out whoever is for
/// correspondants; $5 now.
const WAITING: &str = "SELECT * FROM (SELECT r.id, r.membership, r.account, m.given_name || ' ' || m.family_name AS name,
        m.collectivite, c.name AS collectivite_name, c.cdg, r.requested_by, r.requested_at, r.expires_at, r.identified, r.reason,
        COALESCE(b.account, '') AS requester, COALESCE(b.given_name || ' ' || b.family_name, '') AS requester_name,
        CASE WHEN EXISTS (SELECT 1 FROM memberships o WHERE o.account = r.account AND o.role <> 'agent')
             THEN 'oui' ELSE '' END AS administers
     FROM factor_resets r JOIN memberships m ON m.id = r.membership JOIN collectivites c ON c.id = m.collectivite
     LEFT JOIN memberships b ON b.id = r.requested_by
     WHERE r.confirmed_at IS NULL AND r.expires_at > $5 AND m.deleted_at IS NULL
       AND (m.left_at IS NULL OR m.left_at > $5)) AS waiting
     WHERE ($1 = '' OR collectivite = $1) AND ($2 = '' OR cdg = $2) AND ($3 = '' OR account = $3)
       AND ($4 <> '' OR administers = '') ORDER BY requested_at, id";

impl Within<'_> {
    /// Those of the collectivité's agents, the oldest first. Whoever administers something is not
    /// among them: that is for correspondants.
    pub async fn list_factor_resets(&self) -> Result<Vec<FactorReset>, Error> {
        self.store.list_waiting([self.id(), "", "", ""]).await
    }
}

impl Over<'_> {
    /// Those of the collectivité's people, the oldest first.
    pub async fn list_factor_resets(&self) -> Result<Vec<FactorReset>, Error> {
        self.store.list_waiting([self.id(), "", "", "all"]).await
    }
}

impl Overseen<'_> {
    /// Those of everybody in these collectivités, the oldest first.
    pub async fn list_factor_resets(&self) -> Result<Vec<FactorReset>, Error> {
        let cdg = self.affiliated_to();
        self.store.list_waiting(["", cdg, "", "all"]).await
    }
}

impl Store {
    /// Those about an account's own factors.
    pub async fn list_own_factor_resets(&self, account: &str) -> Result<Vec<FactorReset>, Error> {
        self.list_waiting(["", "", account, "all"]).await
    }

    /// Who can help somebody whose log-in waits for a factor: the référents of the collectivités they
    /// are in, by name. Nobody for whoever administers, whom no référent can help.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_helpers(&self, token: &str, host: &str) -> Result<Vec<String>, Error> {
        let names = sqlx::query_scalar(concat!(
            "SELECT DISTINCT m.given_name || ' ' || m.family_name AS name
             FROM memberships m JOIN accounts a ON a.id = m.account
             JOIN memberships own ON own.collectivite = m.collectivite
             JOIN pending_logins p ON p.account = own.account
             WHERE p.token_hash = $1 AND p.host = $2 AND p.expires_at > $3 AND own.accepted_at IS NOT NULL AND own.deleted_at IS NULL
               AND (own.left_at IS NULL OR own.left_at > $3)
               AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.account = p.account AND o.role <> 'agent') AND ",
            is_referent!("$3"),
            " ORDER BY name"
        ))
        .bind(Token::hash(token))
        .bind(host)
        .bind(self.clock.now());
        Ok(names.fetch_all(&self.pool).await?)
    }

    async fn list_waiting(&self, of: [&str; 4]) -> Result<Vec<FactorReset>, Error> {
        let mut query = sqlx::query(WAITING);
        for filter in of {
            query = query.bind(filter);
        }
        let rows = query.bind(self.clock.now()).fetch_all(&self.pool).await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &AnyRow) -> Result<FactorReset, Error> {
    let identified: String = row.try_get("identified")?;
    Ok(FactorReset {
        id: row.try_get("id")?,
        membership: row.try_get::<String, _>("membership")?.into(),
        name: row.try_get("name")?,
        collectivite: (
            row.try_get::<String, _>("collectivite")?.into(),
            row.try_get("collectivite_name")?,
        ),
        requested_by: row.try_get::<String, _>("requested_by")?.into(),
        requester: row.try_get("requester")?,
        requester_name: row.try_get("requester_name")?,
        requested_at: row.try_get("requested_at")?,
        expires_at: row.try_get("expires_at")?,
        identified: Identification::parse(&identified).ok_or(Error::Unreadable(identified))?,
        reason: row.try_get("reason")?,
        for_correspondants: row.try_get::<String, _>("administers")? == "oui",
    })
}
