//! Keeping versions: whoever a write tells nodes of is read again before it is committed.

use super::state::{DatedRight, MemberState};
use crate::boundaries::Times;
use crate::bulk::{self, Value};
use crate::changes::Change;
use crate::error::Error;
use crate::membership::{level, role};
use crate::store::{Store, Write};
use policies::Right;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::{BTreeSet, HashMap};

/// Ids in one query.
const CHUNK: usize = 500;

/// Whom and what a write changes.
#[derive(Default)]
pub(crate) struct Touched {
    members: BTreeSet<String>,
    accounts: BTreeSet<String>,
    collectivites: BTreeSet<String>,
}

impl Touched {
    pub(crate) fn note(&mut self, change: &Change) {
        match change {
            Change::Membership(id) => self.members.insert(id.to_string()),
            Change::Account(id) => self.accounts.insert(id.clone()),
            Change::Collectivite(id) => self.collectivites.insert(id.to_string()),
            Change::Session(_)
            | Change::Credential(..)
            | Change::Guardrails
            | Change::Keys
            | Change::Everything => false,
        };
    }

    fn is_empty(&self) -> bool {
        self.members.is_empty() && self.accounts.is_empty() && self.collectivites.is_empty()
    }
}

impl Store {
    /// Keeps a first version of everybody and everything that has none: of what was there before versions
    /// were kept. A few hundred at a time, so that nobody else waits for long.
    pub(crate) async fn keep_first_versions(&self) -> Result<(), Error> {
        loop {
            let ids: Vec<String> = sqlx::query_scalar(
                "SELECT m.id FROM memberships m
                 WHERE NOT EXISTS (SELECT 1 FROM member_versions v WHERE v.membership = m.id) ORDER BY m.id LIMIT 500",
            )
            .fetch_all(&self.pool)
            .await?;
            let places: Vec<String> = sqlx::query_scalar(
                "SELECT c.id FROM collectivites c
                 WHERE NOT EXISTS (SELECT 1 FROM collectivite_versions v WHERE v.collectivite = c.id) LIMIT 100",
            )
            .fetch_all(&self.pool)
            .await?;
            if ids.is_empty() && places.is_empty() {
                return Ok(());
            }
            let mut write = self.write().await?;
            for place in &places {
                write.keep_collectivite(place).await?;
            }
            let kept = write.keep_members(&ids).await?;
            write.commit().await?;
            // Whoever cannot be read is tried again another day.
            if kept == 0 && places.is_empty() {
                return Ok(());
            }
        }
    }
}

impl Write<'_> {
    /// Keeps a version of all that this write touches.
    pub(crate) async fn keep_versions(&mut self) -> Result<(), Error> {
        if self.touched.is_empty() {
            return Ok(());
        }
        let touched = std::mem::take(&mut self.touched);
        let mut ids = touched.members;
        for account in &touched.accounts {
            let of_account = sqlx::query_scalar("SELECT id FROM memberships WHERE account = $1");
            let of_account = of_account.bind(account).fetch_all(&mut *self.tx).await?;
            ids.extend::<Vec<String>>(of_account);
        }
        for collectivite in &touched.collectivites {
            self.keep_collectivite(collectivite).await?;
            // Newcomers, of whom nobody is told one by one.
            let newcomers = sqlx::query_scalar(
                "SELECT m.id FROM memberships m WHERE m.collectivite = $1
                   AND NOT EXISTS (SELECT 1 FROM member_versions v WHERE v.membership = m.id)",
            );
            let newcomers = newcomers.bind(collectivite).fetch_all(&mut *self.tx);
            ids.extend::<Vec<String>>(newcomers.await?);
        }
        let ids: Vec<_> = ids.into_iter().collect();
        for ids in ids.chunks(CHUNK) {
            self.keep_members(ids).await?;
        }
        Ok(())
    }

    async fn keep_collectivite(&mut self, id: &str) -> Result<(), Error> {
        let closed_at: Option<Option<i64>> =
            sqlx::query_scalar("SELECT closed_at FROM collectivites WHERE id = $1")
                .bind(id)
                .fetch_optional(&mut *self.tx)
                .await?;
        let Some(closed_at) = closed_at else {
            return Ok(());
        };
        let services: Vec<String> = sqlx::query_scalar(
            "SELECT service FROM collectivite_services WHERE collectivite = $1 ORDER BY service",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        let now = (i64::from(closed_at.is_none()), services.join(" "));
        let last: Option<(i64, String)> = sqlx::query_as(
            "SELECT active, services FROM collectivite_versions WHERE collectivite = $1 ORDER BY from_at DESC LIMIT 1",
        )
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await?;
        if last.as_ref() == Some(&now) {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO collectivite_versions (collectivite, from_at, active, services) VALUES ($1, $2, $3, $4)
             ON CONFLICT (collectivite, from_at) DO UPDATE SET active = excluded.active, services = excluded.services",
        )
        .bind(id)
        .bind(self.now)
        .bind(now.0)
        .bind(now.1)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// A version of each who is otherwise than the last one says; gives how many.
    async fn keep_members(&mut self, ids: &[String]) -> Result<usize, Error> {
        let known = "SELECT v.membership, v.state FROM member_versions v WHERE v.membership IN ($) AND v.from_at =
                        (SELECT MAX(n.from_at) FROM member_versions n WHERE n.membership = v.membership)";
        let known = self.read_of(known, ids).await?.into_iter();
        let known = known.map(|row| Ok((row.try_get("membership")?, row.try_get("state")?)));
        let known: HashMap<String, String> = known.collect::<Result<_, sqlx::Error>>()?;
        let mut rows = Vec::new();
        for (id, state) in self.states(ids).await? {
            let state = state.to_text()?;
            if known.get(&id) != Some(&state) {
                rows.push([Value::from(id), Value::from(self.now), Value::from(state)]);
            }
        }
        let insert = "INSERT INTO member_versions (membership, from_at, state)";
        let conflict = "ON CONFLICT (membership, from_at) DO UPDATE SET state = excluded.state";
        bulk::insert_or(&mut self.tx, insert, &rows, conflict).await?;
        Ok(rows.len())
    }

    async fn states(&mut self, ids: &[String]) -> Result<Vec<(String, MemberState)>, Error> {
        let groups = "SELECT membership, group_id FROM group_members WHERE membership IN ($) ORDER BY group_id";
        let mut groups_of: HashMap<String, Vec<String>> = HashMap::new();
        for row in self.read_of(groups, ids).await? {
            let whose: String = row.try_get("membership")?;
            groups_of
                .entry(whose)
                .or_default()
                .push(row.try_get("group_id")?);
        }
        let grants = "SELECT membership, service, level, starts_at, ends_at FROM grants
                      WHERE revoked_at IS NULL AND membership IN ($) ORDER BY service, level";
        let mut direct_of: HashMap<String, Vec<AnyRow>> = HashMap::new();
        for row in self.read_of(grants, ids).await? {
            let whose: String = row.try_get("membership")?;
            direct_of.entry(whose).or_default().push(row);
        }
        let given = "SELECT m.id, r.service, r.level FROM memberships m JOIN profile_rights r ON r.profile = m.profile
                     WHERE m.id IN ($) ORDER BY r.service, r.level";
        let mut by_profile: HashMap<String, Vec<AnyRow>> = HashMap::new();
        for row in self.read_of(given, ids).await? {
            let whose: String = row.try_get("id")?;
            by_profile.entry(whose).or_default().push(row);
        }
        let people = "SELECT m.id, m.role, m.profile, m.accepted_at, m.suspended_at, m.left_at, m.deleted_at,
                             m.referent_from, m.referent_until, a.suspended_at AS account_suspended_at
                      FROM memberships m JOIN accounts a ON a.id = m.account WHERE m.id IN ($)";
        let mut states = Vec::with_capacity(ids.len());
        for row in self.read_of(people, ids).await? {
            let id: String = row.try_get("id")?;
            let held = Held {
                groups: groups_of.remove(&id).unwrap_or_default(),
                by_profile: by_profile.remove(&id).unwrap_or_default(),
                direct: direct_of.remove(&id).unwrap_or_default(),
            };
            match held.state(&row) {
                Ok(state) => states.push((id, state)),
                // A write about them goes on all the same.
                Err(error) => tracing::error!(membership.id = %id, %error, "Kept no version"),
            }
        }
        Ok(states)
    }

    /// The rows of a statement whose `($)` stands for these ids.
    async fn read_of(
        &mut self,
        statement: &'static str,
        ids: &[String],
    ) -> Result<Vec<AnyRow>, Error> {
        let places: Vec<_> = (1..=ids.len()).map(|place| format!("${place}")).collect();
        // Nothing but numbered placeholders is added to the literal text.
        let statement = statement.replace("($)", &format!("({})", places.join(", ")));
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for id in ids {
            query = query.bind(id);
        }
        Ok(query.fetch_all(&mut *self.tx).await?)
    }
}

/// What somebody has, in rows.
struct Held {
    groups: Vec<String>,
    by_profile: Vec<AnyRow>,
    direct: Vec<AnyRow>,
}

impl Held {
    fn state(self, row: &AnyRow) -> Result<MemberState, Error> {
        let suspended: Option<i64> = row.try_get("account_suspended_at")?;
        Ok(MemberState {
            times: Times::read(row)?,
            role: role(row.try_get("role")?)?,
            account_suspended: suspended.is_some(),
            groups: self.groups,
            profile: row.try_get("profile")?,
            by_profile: self
                .by_profile
                .iter()
                .map(right)
                .collect::<Result<_, _>>()?,
            direct: self.direct.iter().map(dated).collect::<Result<_, _>>()?,
        })
    }
}

fn right(row: &AnyRow) -> Result<Right, Error> {
    let (service, text): (String, String) = (row.try_get("service")?, row.try_get("level")?);
    Ok(Right {
        service: service.into(),
        level: level(&text)?,
    })
}

fn dated(row: &AnyRow) -> Result<DatedRight, Error> {
    let text: String = row.try_get("level")?;
    Ok(DatedRight {
        service: row.try_get("service")?,
        level: level(&text)?,
        starts_at: row.try_get("starts_at")?,
        ends_at: row.try_get("ends_at")?,
    })
}
