//! Everybody of a collectivité as decisions know them, read at once: what a guardrail would change is
//! decided about for a whole CIG.

use crate::boundaries::{Boundaries, State};
use crate::error::Error;
use crate::membership::level;
use crate::overseen::Overseen;
use crate::profile;
use policies::{CollectiviteId, GroupId, Member, Right};
use sqlx::Row as _;
use std::collections::HashMap;

impl Overseen<'_> {
    /// Those who are not deleted, with their rights of now.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a CDG.
    pub async fn members_of(&self, id: &CollectiviteId) -> Result<Vec<Member>, Error> {
        self.of_everything()?;
        let pool = &self.store.pool;
        let now = self.store.clock().now();
        let groups: Vec<(String, String)> = sqlx::query_as(
            "SELECT g.membership, g.group_id FROM group_members g JOIN memberships m ON m.id = g.membership
             WHERE m.collectivite = $1 ORDER BY 2",
        )
        .bind(id.as_str())
        .fetch_all(pool)
        .await?;
        let mut groups_of: HashMap<String, Vec<GroupId>> = HashMap::new();
        for (member, group) in groups {
            groups_of.entry(member).or_default().push(group.into());
        }
        let mut rights_of = self.direct_rights_of(id, now).await?;
        let profiles = self.profile_rights_of(id).await?;
        let rows = sqlx::query(
            "SELECT m.id, m.role, m.profile, m.accepted_at, m.suspended_at, m.left_at, m.deleted_at,
                    m.referent_from, m.referent_until, a.suspended_at AS account_suspended_at
             FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND m.deleted_at IS NULL ORDER BY m.id",
        )
        .bind(id.as_str())
        .fetch_all(pool)
        .await?;
        let members = rows.iter().map(|row| {
            let member: String = row.try_get("id")?;
            let state = State::read(row, &mut Boundaries::at(now))?;
            let suspended: Option<i64> = row.try_get("account_suspended_at")?;
            let profile: Option<String> = row.try_get("profile")?;
            let mut rights = rights_of.remove(&member).unwrap_or_default();
            let given = profile.as_ref().and_then(|profile| profiles.get(profile));
            rights.extend(given.into_iter().flatten().cloned());
            Ok(Member {
                id: member.as_str().into(),
                collectivite: id.clone(),
                active: suspended.is_none() && !state.closed,
                role: state.role,
                groups: groups_of.remove(&member).unwrap_or_default(),
                profile: profile.map(Into::into),
                rights: profile::merge(rights),
            })
        });
        members.collect()
    }

    async fn direct_rights_of(
        &self,
        id: &CollectiviteId,
        now: i64,
    ) -> Result<HashMap<String, Vec<Right>>, Error> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT g.membership, g.service, g.level FROM grants g JOIN memberships m ON m.id = g.membership
             WHERE m.collectivite = $1 AND g.revoked_at IS NULL
               AND (g.starts_at IS NULL OR g.starts_at <= $2) AND (g.ends_at IS NULL OR g.ends_at > $2)",
        )
        .bind(id.as_str())
        .bind(now)
        .fetch_all(&self.store.pool)
        .await?;
        by_first(rows)
    }

    async fn profile_rights_of(
        &self,
        id: &CollectiviteId,
    ) -> Result<HashMap<String, Vec<Right>>, Error> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT r.profile, r.service, r.level FROM profile_rights r JOIN profiles p ON p.id = r.profile
             WHERE p.collectivite = $1",
        )
        .bind(id.as_str())
        .fetch_all(&self.store.pool)
        .await?;
        by_first(rows)
    }
}

fn by_first(rows: Vec<(String, String, String)>) -> Result<HashMap<String, Vec<Right>>, Error> {
    let mut rights: HashMap<String, Vec<Right>> = HashMap::new();
    for (whose, service, text) in rows {
        rights.entry(whose).or_default().push(Right {
            service: service.into(),
            level: level(&text)?,
        });
    }
    Ok(rights)
}
