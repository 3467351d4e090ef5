//! Memberships (*rattachements*): an account in a collectivité, with its role, groups and grants.
//! This is what becomes the [`Member`] of a decision.

use crate::boundaries::{Boundaries, State};
use crate::changes::Change;
use crate::directory::Referent;
use crate::error::Error;
use crate::journal::Entry;
use crate::profile;
use crate::sort_key;
use crate::store::Store;
use crate::within::is_open;
use policies::{CollectiviteId, GroupId, Level, Member, MembershipId, Right, Role};
use sqlx::Row as _;
use std::sync::Arc;
use uuid::Uuid;

/// A membership, for choosing among one's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// `COLLECTIVITE/…`.
    pub id: MembershipId,
    /// Where.
    pub collectivite: CollectiviteId,
    /// The collectivité's name.
    pub collectivite_name: String,
    /// As what.
    pub role: Role,
}

/// What a new membership needs.
#[derive(Clone, Debug)]
pub struct NewMembership<'a> {
    /// Whose.
    pub account: &'a str,
    /// Where.
    pub collectivite: &'a CollectiviteId,
    /// As what.
    pub role: Role,
    /// Groups of that collectivité; made when they are not there.
    pub groups: &'a [(&'a str, &'a str)],
}

impl Store {
    /// Adds a membership and gives its id. Groups are (slug, name).
    ///
    /// # Errors
    /// [`Error::Exists`] when the account is already in that collectivité.
    pub async fn add_membership(
        &self,
        new: NewMembership<'_>,
        by: &str,
    ) -> Result<MembershipId, Error> {
        let id = format!("{}/{}", new.collectivite, Uuid::now_v7());
        let mut write = self.write().await?;
        let (given, family, login): (String, String, String) =
            sqlx::query_as("SELECT given_name, family_name, login FROM accounts WHERE id = $1")
                .bind(new.account)
                .fetch_optional(&mut *write.tx)
                .await?
                .ok_or_else(|| Error::not_found("account", new.account))?;
        sqlx::query(
            "INSERT INTO memberships (id, account, collectivite, role, created_at, accepted_at, given_name, family_name, sort_key)
             SELECT $1, a.id, $3, $4, $5, $5, a.given_name, a.family_name, $6 FROM accounts a WHERE a.id = $2",
        )
        .bind(&id)
        .bind(new.account)
        .bind(new.collectivite.as_str())
        .bind(new.role.as_str())
        .bind(write.now)
        .bind(sort_key::of_person(&family, &given, &login))
        .execute(&mut *write.tx)
        .await
        .map_err(|error| Error::or_exists(error, "membership", new.account))?;
        for (slug, name) in new.groups {
            let group = format!("{}/{slug}", new.collectivite);
            sqlx::query("INSERT INTO groups (id, collectivite, name) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING")
                .bind(&group)
                .bind(new.collectivite.as_str())
                .bind(*name)
                .execute(&mut *write.tx)
                .await?;
            sqlx::query("INSERT INTO group_members (group_id, membership) VALUES ($1, $2)")
                .bind(&group)
                .bind(&id)
                .execute(&mut *write.tx)
                .await?;
        }
        write
            .change(&Change::Collectivite(new.collectivite.clone()))
            .await?;
        write
            .change(&Change::Account(new.account.to_owned()))
            .await?;
        write
            .record(&Entry::by(by, "membership.add", &id).within(new.collectivite))
            .await?;
        write.commit().await?;
        Ok(id.into())
    }

    /// The memberships of an account that are open, in the order of their names.
    pub async fn list_memberships(&self, account: &str) -> Result<Vec<Membership>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT m.id, m.collectivite, m.role, c.name FROM memberships m
             JOIN collectivites c ON c.id = m.collectivite WHERE m.account = $1 AND ",
            is_open!("$2"),
            " ORDER BY c.name, m.id"
        ))
        .bind(account)
        .bind(self.clock.now())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Membership {
                    id: row.try_get::<String, _>("id")?.into(),
                    collectivite: row.try_get::<String, _>("collectivite")?.into(),
                    collectivite_name: row.try_get("name")?,
                    role: role(row.try_get("role")?)?,
                })
            })
            .collect()
    }

    /// A collectivité's référents, those of mandates to come too, in the order of family names.
    pub(crate) async fn list_referents(
        &self,
        collectivite: &CollectiviteId,
    ) -> Result<Vec<Referent>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT a.given_name, a.family_name, a.login, m.referent_from, m.referent_until, m.suspended_at, m.left_at
             FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND m.role = 'referent' AND a.suspended_at IS NULL AND ",
            is_open!("$2"),
            " ORDER BY a.family_name, a.given_name"
        ))
        .bind(collectivite.as_str())
        .bind(self.clock.now())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let (given, family): (String, String) =
                    (row.try_get("given_name")?, row.try_get("family_name")?);
                let time = |column| row.try_get::<Option<i64>, _>(column);
                let ends = [
                    time("referent_until")?,
                    time("suspended_at")?,
                    time("left_at")?,
                ];
                Ok(Referent {
                    name: format!("{given} {family}"),
                    email: row.try_get("login")?,
                    from: time("referent_from")?,
                    until: ends.into_iter().flatten().min(),
                })
            })
            .collect()
    }

    /// The member that decisions about a membership are made for, whoever asks.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn member(&self, id: &MembershipId) -> Result<Arc<Member>, Error> {
        let suspended: Option<i64> = sqlx::query_scalar(
            "SELECT a.suspended_at FROM memberships m JOIN accounts a ON a.id = m.account WHERE m.id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?
        .ok_or_else(|| Error::not_found("membership", id.as_str()))?;
        Ok(self.get_member(id.as_str(), suspended.is_none()).await?.0)
    }

    /// The member of a decision, and until when its grants stay what they are (Unix seconds).
    pub(crate) async fn get_member(
        &self,
        id: &str,
        account_active: bool,
    ) -> Result<(Arc<Member>, i64), Error> {
        let row = sqlx::query(
            "SELECT collectivite, role, profile, accepted_at, suspended_at, left_at, deleted_at, referent_from, referent_until
             FROM memberships WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?
        .ok_or_else(|| Error::not_found("membership", id))?;
        let groups = sqlx::query_scalar::<_, String>(
            "SELECT group_id FROM group_members WHERE membership = $1 ORDER BY 1",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await?;
        let mut boundaries = Boundaries::at(self.clock.now());
        let State { closed, role } = State::read(&row, &mut boundaries)?;
        let mut rights = self.direct_rights(id, &mut boundaries).await?;
        let profile: Option<String> = row.try_get("profile")?;
        if let Some(profile) = &profile {
            rights.extend(self.profile_rights(profile).await?);
        }
        let member = Member {
            id: id.into(),
            collectivite: row.try_get::<String, _>("collectivite")?.into(),
            active: account_active && !closed,
            role,
            groups: groups.into_iter().map(GroupId::from).collect(),
            profile: profile.map(Into::into),
            rights: profile::merge(rights),
        };
        Ok((Arc::new(member), boundaries.next))
    }

    /// Grants in force.
    async fn direct_rights(
        &self,
        membership: &str,
        boundaries: &mut Boundaries,
    ) -> Result<Vec<Right>, Error> {
        let rows: Vec<(String, String, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT service, level, starts_at, ends_at FROM grants WHERE membership = $1 AND revoked_at IS NULL
             ORDER BY service, level",
        )
        .bind(membership)
        .fetch_all(&self.pool)
        .await?;
        let mut rights = Vec::new();
        for (service, text, starts_at, ends_at) in rows {
            let started = starts_at.is_none() || boundaries.has_come(starts_at);
            if started & !boundaries.has_come(ends_at) {
                rights.push(Right {
                    service: service.into(),
                    level: level(&text)?,
                });
            }
        }
        Ok(rights)
    }

    async fn profile_rights(&self, profile: &str) -> Result<Vec<Right>, Error> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT service, level FROM profile_rights WHERE profile = $1")
                .bind(profile)
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter()
            .map(|(service, text)| {
                Ok(Right {
                    service: service.into(),
                    level: level(&text)?,
                })
            })
            .collect()
    }
}

pub(crate) fn role(text: &str) -> Result<Role, Error> {
    Role::parse(text).ok_or_else(|| Error::Unreadable(text.to_owned()))
}

pub(crate) fn level(text: &str) -> Result<Level, Error> {
    Level::parse(text).ok_or_else(|| Error::Unreadable(text.to_owned()))
}
