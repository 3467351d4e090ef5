//! Groups: the town hall's own services, which lists are filtered by and rules speak of.

use crate::changes::Change;
use crate::error::Error;
use crate::over::Over;
use crate::sort_key::fold;
use crate::store::Write;
use crate::within::Within;
use policies::{CollectiviteId, GroupId, MembershipId};
use sqlx::Row as _;

/// What a group's id is made of, and what its name is compared by.
pub fn slug(name: &str) -> String {
    fold(name).replace([' ', '.', '@'], "-")
}

/// The id of a new group, which another one that was renamed since may have.
pub fn group_id(collectivite: &CollectiviteId, name: &str, taken: &[GroupId]) -> GroupId {
    let first = format!("{collectivite}/{}", slug(name));
    let more = (2..).map(|number| format!("{first}-{number}"));
    let free = std::iter::once(first.clone())
        .chain(more)
        .find(|id| !taken.iter().any(|known| known.as_str() == id));
    free.unwrap_or(first).into()
}

/// A service of the town hall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// `COLLECTIVITE/…`.
    pub id: GroupId,
    /// « Ressources humaines ».
    pub name: String,
    /// How many are in it.
    pub members: i64,
    /// A writer names the one it has seen.
    pub version: i64,
}

impl Over<'_> {
    /// The ids and the names of its groups, which its rules speak of.
    pub async fn group_names(&self) -> Result<Vec<(String, String)>, Error> {
        let names =
            sqlx::query_as("SELECT id, name FROM groups WHERE collectivite = $1 ORDER BY id");
        Ok(names.bind(self.id()).fetch_all(&self.store.pool).await?)
    }
}

impl Within<'_> {
    /// The groups, in the order of their names.
    pub async fn list_groups(&self) -> Result<Vec<Group>, Error> {
        let rows = sqlx::query(
            "SELECT g.id, g.name, g.version, (SELECT COUNT(*) FROM group_members i JOIN memberships m ON m.id = i.membership
                     WHERE i.group_id = g.id AND m.deleted_at IS NULL) AS members
             FROM groups g WHERE g.collectivite = $1 ORDER BY g.name",
        )
        .bind(self.id())
        .fetch_all(&self.store.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Group {
                    id: row.try_get::<String, _>("id")?.into(),
                    name: row.try_get("name")?,
                    members: row.try_get("members")?,
                    version: row.try_get("version")?,
                })
            })
            .collect()
    }

    /// Adds a group; its id is made of its name.
    ///
    /// # Errors
    /// [`Error::Exists`] for a name that reads the same.
    pub async fn add_group(&self, name: &str) -> Result<GroupId, Error> {
        let mut write = self.write().await?;
        let taken = self.other_groups(&mut write, name, None).await?;
        let id = group_id(self.collectivite(), name, &taken);
        sqlx::query("INSERT INTO groups (id, collectivite, name) VALUES ($1, $2, $3)")
            .bind(id.as_str())
            .bind(self.id())
            .bind(name.trim())
            .execute(&mut *write.tx)
            .await
            .map_err(|error| Error::or_exists(error, "group", name))?;
        write.record(&self.entry("group.add", id.as_str())).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Gives a group another name; who is in it and what rules say of it stays.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`]; [`Error::Exists`] for a name that reads like another's.
    pub async fn rename_group(&self, id: &GroupId, version: i64, name: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.other_groups(&mut write, name, Some(id)).await?;
        let done = sqlx::query(
            "UPDATE groups SET name = $1, version = version + 1 WHERE id = $2 AND collectivite = $3 AND version = $4",
        )
        .bind(name.trim())
        .bind(id.as_str())
        .bind(self.id())
        .bind(version)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(self.stale_group(&mut write, id).await?);
        }
        write
            .record(&self.entry("group.rename", id.as_str()))
            .await?;
        write.commit().await
    }

    /// Removes a group that no rule speaks of: nobody who is in it loses an access.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`]; [`Error::InUse`] while a rule speaks of it.
    pub async fn remove_group(&self, id: &GroupId, version: i64) -> Result<(), Error> {
        let mut write = self.write().await?;
        let ruled = sqlx::query(
            "SELECT 1 FROM rules r WHERE r.collectivite = $1 AND r.withdrawn_at IS NULL AND r.text LIKE $2
               AND r.version = (SELECT MAX(v.version) FROM rules v WHERE v.collectivite = $1 AND v.id = r.id)",
        )
        .bind(self.id())
        .bind(format!("%\"{id}\"%"))
        .fetch_optional(&mut *write.tx)
        .await?;
        if ruled.is_some() {
            return Err(Error::InUse(id.to_string()));
        }
        let members: Vec<String> = sqlx::query_scalar(
            "DELETE FROM group_members WHERE group_id IN
                (SELECT id FROM groups WHERE id = $1 AND collectivite = $2 AND version = $3) RETURNING membership",
        )
        .bind(id.as_str())
        .bind(self.id())
        .bind(version)
        .fetch_all(&mut *write.tx)
        .await?;
        let done =
            sqlx::query("DELETE FROM groups WHERE id = $1 AND collectivite = $2 AND version = $3")
                .bind(id.as_str())
                .bind(self.id())
                .bind(version)
                .execute(&mut *write.tx)
                .await?;
        if done.rows_affected() == 0 {
            return Err(self.stale_group(&mut write, id).await?);
        }
        for member in members {
            write.change(&Change::Membership(member.into())).await?;
        }
        write
            .record(&self.entry("group.remove", id.as_str()))
            .await?;
        write.commit().await
    }

    /// The ids of the groups, unless one of another id has a name that reads the same.
    async fn other_groups(
        &self,
        write: &mut Write<'_>,
        name: &str,
        than: Option<&GroupId>,
    ) -> Result<Vec<GroupId>, Error> {
        let groups: Vec<(String, String)> =
            sqlx::query_as("SELECT id, name FROM groups WHERE collectivite = $1")
                .bind(self.id())
                .fetch_all(&mut *write.tx)
                .await?;
        let same = |(id, known): &(String, String)| {
            slug(known) == slug(name) && than.is_none_or(|than| than.as_str() != id)
        };
        if groups.iter().any(same) {
            return Err(Error::Exists {
                what: "group",
                id: name.to_owned(),
            });
        }
        Ok(groups.into_iter().map(|(id, _)| id.into()).collect())
    }

    /// Why nothing of that version was there.
    async fn stale_group(&self, write: &mut Write<'_>, id: &GroupId) -> Result<Error, Error> {
        let there = sqlx::query("SELECT 1 FROM groups WHERE id = $1 AND collectivite = $2")
            .bind(id.as_str())
            .bind(self.id())
            .fetch_optional(&mut *write.tx)
            .await?;
        let id = id.to_string();
        Ok(match there {
            Some(_) => Error::Stale { what: "group", id },
            None => Error::not_found("group", &id),
        })
    }

    /// The groups of each of these members.
    pub async fn groups_of(&self, id: &MembershipId) -> Result<Vec<GroupId>, Error> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT m.group_id FROM group_members m JOIN groups g ON g.id = m.group_id
             WHERE m.membership = $1 AND g.collectivite = $2 ORDER BY g.name",
        )
        .bind(id.as_str())
        .bind(self.id())
        .fetch_all(&self.store.pool)
        .await?;
        Ok(ids.into_iter().map(GroupId::from).collect())
    }
}
