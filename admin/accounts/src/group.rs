//! Groups: the town hall's own services, which lists are filtered by and rules speak of.

use crate::error::Error;
use crate::sort_key::fold;
use crate::within::Within;
use policies::{GroupId, MembershipId};
use sqlx::Row as _;

/// What a group's id is made of; names that read the same have the same.
pub fn slug(name: &str) -> String {
    fold(name).replace([' ', '.', '@'], "-")
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
}

impl Within<'_> {
    /// The groups, in the order of their names.
    pub async fn list_groups(&self) -> Result<Vec<Group>, Error> {
        let rows = sqlx::query(
            "SELECT g.id, g.name, (SELECT COUNT(*) FROM group_members m WHERE m.group_id = g.id) AS members
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
                })
            })
            .collect()
    }

    /// Adds a group; its id is made of its name.
    ///
    /// # Errors
    /// [`Error::Exists`] for a name that reads the same.
    pub async fn add_group(&self, name: &str) -> Result<GroupId, Error> {
        let id = format!("{}/{}", self.id(), slug(name));
        let mut write = self.write().await?;
        sqlx::query("INSERT INTO groups (id, collectivite, name) VALUES ($1, $2, $3)")
            .bind(&id)
            .bind(self.id())
            .bind(name.trim())
            .execute(&mut *write.tx)
            .await
            .map_err(|error| Error::or_exists(error, "group", name))?;
        write.record(&self.entry("group.add", &id)).await?;
        write.commit().await?;
        Ok(id.into())
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
