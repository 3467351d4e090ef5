//! Profiles: named sets of rights of a collectivité, one for each member at most.

use crate::changes::Change;
use crate::error::Error;
use crate::membership::level as read_level;
use crate::sort_key::fold;
use crate::store::{Store, Write};
use crate::within::Within;
use policies::{Level, MembershipId, Right, ServiceId};
use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A named set of rights.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// `COLLECTIVITE/…`; empty for one that is not stored yet.
    pub id: String,
    /// « Gestionnaire RH ».
    pub name: String,
    /// What it gives.
    pub rights: Vec<Right>,
    /// A writer names the one it has seen.
    pub version: i64,
    /// How many have it.
    pub members: i64,
}

impl Within<'_> {
    /// The profiles, in the order of their names.
    pub async fn list_profiles(&self) -> Result<Vec<Profile>, Error> {
        let rights: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT r.profile, r.service, r.level FROM profile_rights r JOIN profiles p ON p.id = r.profile
             WHERE p.collectivite = $1 ORDER BY r.service",
        )
        .bind(self.id())
        .fetch_all(&self.store.pool)
        .await?;
        let mut by_profile: BTreeMap<String, Vec<Right>> = BTreeMap::new();
        for (profile, service, level) in rights {
            let (service, level) = (service.into(), read_level(&level)?);
            by_profile
                .entry(profile)
                .or_default()
                .push(Right { service, level });
        }
        let rows = sqlx::query(
            "SELECT p.id, p.name, p.version, (SELECT COUNT(*) FROM memberships m WHERE m.profile = p.id AND m.deleted_at IS NULL) AS members
             FROM profiles p WHERE p.collectivite = $1 ORDER BY p.name",
        )
        .bind(self.id())
        .fetch_all(&self.store.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("id")?;
                Ok(Profile {
                    name: row.try_get("name")?,
                    rights: by_profile.remove(&id).unwrap_or_default(),
                    version: row.try_get("version")?,
                    members: row.try_get("members")?,
                    id,
                })
            })
            .collect()
    }

    /// Adds a profile and gives its id.
    ///
    /// # Errors
    /// [`Error::Exists`] for a name that reads like one in use.
    pub async fn add_profile(&self, name: &str, rights: &[Right]) -> Result<String, Error> {
        let id = format!("{}/{}", self.id(), Uuid::now_v7());
        let mut write = self.write().await?;
        self.hold_name(&mut write, &id, name).await?;
        sqlx::query("INSERT INTO profiles (id, collectivite, name) VALUES ($1, $2, $3)")
            .bind(&id)
            .bind(self.id())
            .bind(name)
            .execute(&mut *write.tx)
            .await
            .map_err(|error| Error::or_exists(error, "profile", name))?;
        write.set_profile_rights(&id, rights).await?;
        write
            .record(&self.entry("profile.add", &id).detail(&spell(rights)))
            .await?;
        write.commit().await?;
        Ok(id)
    }

    /// Changes a profile, and with it the rights of all who have it.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::Exists`] for a name in use, [`Error::OwnRights`] for the profile of
    /// the person who acts, [`Error::Full`].
    pub async fn change_profile(&self, profile: &Profile) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.profile_in(&mut write, profile).await?;
        write.commit().await
    }

    /// What [`Within::change_profile`] would say; nothing is written.
    ///
    /// # Errors
    /// As there.
    pub async fn try_profile(&self, profile: &Profile) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        self.profile_in(&mut write, profile).await
    }

    async fn profile_in(&self, write: &mut Write<'_>, profile: &Profile) -> Result<(), Error> {
        let before = write.occupancy(self.id()).await?;
        let own = sqlx::query("SELECT 1 FROM memberships WHERE id = $1 AND profile = $2")
            .bind(self.by_membership().as_str())
            .bind(&profile.id)
            .fetch_optional(&mut *write.tx)
            .await?;
        if own.is_some() {
            return Err(Error::OwnRights);
        }
        self.hold_name(write, &profile.id, &profile.name).await?;
        let done = sqlx::query(
            "UPDATE profiles SET name = $1, version = version + 1 WHERE id = $2 AND collectivite = $3 AND version = $4",
        )
        .bind(&profile.name)
        .bind(&profile.id)
        .bind(self.id())
        .bind(profile.version)
        .execute(&mut *write.tx)
        .await
        .map_err(|error| Error::or_exists(error, "profile", &profile.name))?;
        if done.rows_affected() == 0 {
            return Err(Error::Stale {
                what: "profile",
                id: profile.id.clone(),
            });
        }
        write
            .set_profile_rights(&profile.id, &profile.rights)
            .await?;
        write.changed_members_of(&profile.id).await?;
        let entry = self.entry("profile.change", &profile.id);
        write.record(&entry.detail(&spell(&profile.rights))).await?;
        write.hold_seats(self.id(), &before).await
    }

    /// Refuses a name that reads like another profile's: « Gestion RH » beside « gestion rh ».
    async fn hold_name(&self, write: &mut Write<'_>, id: &str, name: &str) -> Result<(), Error> {
        let others: Vec<String> =
            sqlx::query_scalar("SELECT name FROM profiles WHERE collectivite = $1 AND id <> $2")
                .bind(self.id())
                .bind(id)
                .fetch_all(&mut *write.tx)
                .await?;
        if others.iter().any(|other| fold(other) == fold(name)) {
            return Err(Error::Exists {
                what: "profile",
                id: name.to_owned(),
            });
        }
        Ok(())
    }

    /// Removes a profile that nobody has.
    ///
    /// # Errors
    /// [`Error::NotFound`], also while somebody has it.
    pub async fn remove_profile(&self, id: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        sqlx::query(
            "DELETE FROM profile_rights WHERE profile IN (SELECT id FROM profiles WHERE id = $1 AND collectivite = $2)",
        )
        .bind(id)
        .bind(self.id())
        .execute(&mut *write.tx)
        .await?;
        let done = sqlx::query(
            "DELETE FROM profiles WHERE id = $1 AND collectivite = $2
             AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.profile = profiles.id)",
        )
        .bind(id)
        .bind(self.id())
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("profile", id));
        }
        write.record(&self.entry("profile.remove", id)).await?;
        write.commit().await
    }
}

impl Store {
    /// The profile of a member, for whoever it is of.
    pub async fn profile_of(&self, id: &MembershipId) -> Result<Option<Profile>, Error> {
        let row: Option<(String, String, i64)> = sqlx::query_as(
            "SELECT p.id, p.name, p.version FROM profiles p JOIN memberships m ON m.profile = p.id WHERE m.id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some((id, name, version)) = row else {
            return Ok(None);
        };
        let rights: Vec<(String, String)> =
            sqlx::query_as("SELECT service, level FROM profile_rights WHERE profile = $1")
                .bind(&id)
                .fetch_all(&self.pool)
                .await?;
        let read = |(service, level): (String, String)| {
            let (service, level) = (service.into(), read_level(&level)?);
            Ok::<_, Error>(Right { service, level })
        };
        Ok(Some(Profile {
            id,
            name,
            rights: rights.into_iter().map(read).collect::<Result<_, _>>()?,
            version,
            members: 0,
        }))
    }
}

impl Write<'_> {
    async fn set_profile_rights(&mut self, profile: &str, rights: &[Right]) -> Result<(), Error> {
        sqlx::query("DELETE FROM profile_rights WHERE profile = $1")
            .bind(profile)
            .execute(&mut *self.tx)
            .await?;
        for right in rights {
            sqlx::query("INSERT INTO profile_rights (profile, service, level) VALUES ($1, $2, $3)")
                .bind(profile)
                .bind(right.service.as_str())
                .bind(right.level.as_str())
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(())
    }

    /// Tells nodes of everybody who has a profile.
    async fn changed_members_of(&mut self, profile: &str) -> Result<(), Error> {
        let members: Vec<String> =
            sqlx::query_scalar("SELECT id FROM memberships WHERE profile = $1")
                .bind(profile)
                .fetch_all(&mut *self.tx)
                .await?;
        for member in members {
            self.change(&Change::Membership(member.into())).await?;
        }
        Ok(())
    }
}

/// `bip/lecture net-cotisations/ecriture`.
pub(crate) fn spell(rights: &[Right]) -> String {
    let spelt = rights.iter().map(spell_one);
    spelt.collect::<Vec<_>>().join(" ")
}

fn spell_one(right: &Right) -> String {
    format!("{}/{}", right.service, right.level.as_str())
}

/// The rights of all: on each service the higher of consulting and modifying, and every role.
pub fn merge(rights: impl IntoIterator<Item = Right>) -> Vec<Right> {
    let mut levels: BTreeMap<ServiceId, BTreeSet<Level>> = BTreeMap::new();
    for Right { service, level } in rights {
        levels.entry(service).or_default().insert(level);
    }
    for held in levels.values_mut() {
        if held.contains(&Level::Ecriture) {
            held.remove(&Level::Lecture);
        }
    }
    let each = levels.into_iter().flat_map(|(service, held)| {
        let right = move |level| Right {
            service: service.clone(),
            level,
        };
        held.into_iter().map(right)
    });
    each.collect()
}
