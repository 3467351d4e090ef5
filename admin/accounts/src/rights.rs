//! Rights as référents give them: each member's own ones beside those of the profile. A direct right
//! adds to the profile's: the higher level counts, and every role.

use crate::changes::Change;
use crate::error::Error;
use crate::grant::Grant;
use crate::membership::level;
use crate::roll::{RollEntry, Standing};
use crate::store::Write;
use crate::within::Within;
use policies::{Attribution, GroupId, Level, MembershipId, Right, ServiceId};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;
use uuid::Uuid;

/// Membership, service, level, start, end.
type GrantRow = (String, String, String, Option<i64>, Option<i64>);

/// Ids in one query.
const CHUNK: usize = 500;

/// Somebody, and all that gives them rights.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// Who.
    pub entry: RollEntry,
    /// Their groups.
    pub groups: Vec<GroupId>,
    /// Their own rights that have not ended; some may start later.
    pub direct: Vec<Grant>,
}

impl Holder {
    /// Whether they can use a right, now or once they have answered the invitation.
    pub fn is_open(&self) -> bool {
        matches!(self.entry.standing, Standing::Active | Standing::Invited)
    }
}

/// One member's own right on one service, as it is to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirectRight {
    /// On what.
    pub service: ServiceId,
    /// How far; none takes it away.
    pub level: Option<Level>,
    /// Until then, Unix seconds; no end when none.
    pub ends_at: Option<i64>,
}

impl Within<'_> {
    /// What gives these people rights, in the same order.
    pub async fn holders(&self, entries: Vec<RollEntry>) -> Result<Vec<Holder>, Error> {
        let ids: Vec<String> = entries.iter().map(|entry| entry.id.to_string()).collect();
        let (mut groups, mut direct) = (HashMap::new(), HashMap::new());
        for ids in ids.chunks(CHUNK) {
            self.read_groups(ids, &mut groups).await?;
            self.read_grants(ids, &mut direct).await?;
        }
        let holders = entries.into_iter().map(|entry| Holder {
            groups: groups.remove(entry.id.as_str()).unwrap_or_default(),
            direct: direct.remove(entry.id.as_str()).unwrap_or_default(),
            entry,
        });
        Ok(holders.collect())
    }

    async fn read_groups(
        &self,
        ids: &[String],
        found: &mut HashMap<String, Vec<GroupId>>,
    ) -> Result<(), Error> {
        let statement = format!(
            "SELECT m.membership, m.group_id FROM group_members m JOIN groups g ON g.id = m.group_id
             WHERE g.collectivite = $1 AND m.membership IN ({}) ORDER BY g.name",
            places(ids.len())
        );
        let mut query =
            sqlx::query_as::<_, (String, String)>(AssertSqlSafe(statement)).bind(self.id());
        for id in ids {
            query = query.bind(id);
        }
        for (membership, group) in query.fetch_all(&self.store.pool).await? {
            found.entry(membership).or_default().push(group.into());
        }
        Ok(())
    }

    async fn read_grants(
        &self,
        ids: &[String],
        found: &mut HashMap<String, Vec<Grant>>,
    ) -> Result<(), Error> {
        let statement = format!(
            "SELECT g.membership, g.service, g.level, g.starts_at, g.ends_at FROM grants g
             JOIN memberships m ON m.id = g.membership
             WHERE m.collectivite = $1 AND g.revoked_at IS NULL AND g.membership IN ({}) ORDER BY g.service",
            places(ids.len())
        );
        let mut query = sqlx::query_as::<_, GrantRow>(AssertSqlSafe(statement)).bind(self.id());
        for id in ids {
            query = query.bind(id);
        }
        let now = self.store.clock.now();
        for (membership, service, text, starts_at, ends_at) in
            query.fetch_all(&self.store.pool).await?
        {
            if ends_at.is_some_and(|ends| ends <= now) {
                continue;
            }
            let grant = Grant {
                membership: membership.as_str().into(),
                service: service.into(),
                level: level(&text)?,
                starts_at,
                ends_at,
            };
            found.entry(membership).or_default().push(grant);
        }
        Ok(())
    }

    /// Sets own rights of these members, all or nothing. Each must be at the version that was seen.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`], [`Error::Full`].
    pub async fn set_direct_rights(
        &self,
        changes: &[(Attribution, i64, Vec<DirectRight>)],
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.direct_rights_in(&mut write, changes).await?;
        write.commit().await
    }

    /// What [`Within::set_direct_rights`] would say; nothing is written.
    ///
    /// # Errors
    /// As there.
    pub async fn try_direct_rights(
        &self,
        changes: &[(Attribution, i64, Vec<DirectRight>)],
    ) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        self.direct_rights_in(&mut write, changes).await
    }

    pub(crate) async fn direct_rights_in(
        &self,
        write: &mut Write<'_>,
        changes: &[(Attribution, i64, Vec<DirectRight>)],
    ) -> Result<(), Error> {
        let before = write.occupancy(self.id()).await?;
        for (leave, version, rights) in changes {
            let id = leave.membership();
            let done = sqlx::query(
                "UPDATE memberships SET version = version + 1 WHERE id = $1 AND collectivite = $2 AND version = $3",
            )
            .bind(id.as_str())
            .bind(self.id())
            .bind(*version)
            .execute(&mut *write.tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(self.stale_or_missing(write, id).await?);
            }
            for right in rights {
                write.replace_grant(id, right).await?;
                let entry = self.entry("membership.right", id.as_str());
                write.record(&entry.detail(&spell(right))).await?;
            }
            write.change(&Change::Membership(id.clone())).await?;
        }
        write.hold_seats(self.id(), &before).await
    }
}

impl Write<'_> {
    /// Ends the member's own rights on the service, and gives the new one, if any.
    pub(crate) async fn replace_grant(
        &mut self,
        membership: &MembershipId,
        right: &DirectRight,
    ) -> Result<(), Error> {
        sqlx::query(
            "UPDATE grants SET revoked_at = $1 WHERE membership = $2 AND service = $3 AND revoked_at IS NULL",
        )
        .bind(self.now)
        .bind(membership.as_str())
        .bind(right.service.as_str())
        .execute(&mut *self.tx)
        .await?;
        let Some(level) = &right.level else {
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO grants (id, membership, service, level, ends_at, granted_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(membership.as_str())
        .bind(right.service.as_str())
        .bind(level.as_str())
        .bind(right.ends_at)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

/// `bip/lecture`, `bip/lecture until 1795165200`, `bip/none`.
pub(crate) fn spell(right: &DirectRight) -> String {
    let level = right.level.as_ref().map_or("none", Level::as_str);
    let until = right.ends_at.map(|at| format!(" until {at}"));
    format!("{}/{level}{}", right.service, until.unwrap_or_default())
}

/// `$2, $3, …`: numbers only are added to the literal text.
pub(crate) fn places(count: usize) -> String {
    let numbered = (0..count).map(|n| format!("${}", n + 2));
    numbered.collect::<Vec<_>>().join(", ")
}

/// The rights in force of a holder at `now`, the profile's among them.
pub fn rights_of(holder: &Holder, profile: &[Right], now: i64) -> Vec<Right> {
    let started = |grant: &&Grant| grant.starts_at.is_none_or(|starts| starts <= now);
    let direct = holder.direct.iter().filter(started).map(|grant| Right {
        service: grant.service.clone(),
        level: grant.level.clone(),
    });
    crate::profile::merge(direct.chain(profile.iter().cloned()))
}
