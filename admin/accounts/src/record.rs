//! The collectivité's own record of a person: names, profile, groups. The account is the person's;
//! it takes the corrected names only while it is in no other collectivité.

use crate::changes::Change;
use crate::error::Error;
use crate::sort_key;
use crate::store::Write;
use crate::within::Within;
use policies::{Attribution, GroupId};

/// A record as it is to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    /// Prénom.
    pub given_name: String,
    /// Nom.
    pub family_name: String,
    /// A profile's id, or none.
    pub profile: Option<String>,
    /// Groups of the collectivité.
    pub groups: Vec<GroupId>,
    /// Of the record that was seen.
    pub version: i64,
}

impl Within<'_> {
    /// Corrects a record.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for a profile or group of nobody here; [`Error::Stale`];
    /// [`Error::Full`].
    pub async fn correct(&self, leave: &Attribution, record: &Correction) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.correct_in(&mut write, leave, record).await?;
        write.commit().await
    }

    /// What [`Within::correct`] would say; nothing is written.
    ///
    /// # Errors
    /// As there.
    pub async fn try_correction(
        &self,
        leave: &Attribution,
        record: &Correction,
    ) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        self.correct_in(&mut write, leave, record).await
    }

    async fn correct_in(
        &self,
        write: &mut Write<'_>,
        leave: &Attribution,
        record: &Correction,
    ) -> Result<(), Error> {
        let id = leave.membership();
        let before = write.occupancy(self.id()).await?;
        let account: Option<(String, String)> = sqlx::query_as(
            "UPDATE memberships SET version = version + 1, given_name = $1, family_name = $2, profile = NULL
             WHERE id = $3 AND collectivite = $4 AND version = $5
             RETURNING account, (SELECT a.login FROM accounts a WHERE a.id = account)",
        )
        .bind(&record.given_name)
        .bind(&record.family_name)
        .bind(id.as_str())
        .bind(self.id())
        .bind(record.version)
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some((account, login)) = account else {
            return Err(self.stale_or_missing(write, id).await?);
        };
        let key = sort_key::of_person(&record.family_name, &record.given_name, &login);
        sqlx::query("UPDATE memberships SET sort_key = $1 WHERE id = $2")
            .bind(key)
            .bind(id.as_str())
            .execute(&mut *write.tx)
            .await?;
        sqlx::query(
            "UPDATE accounts SET given_name = $1, family_name = $2 WHERE id = $3
             AND (SELECT COUNT(*) FROM memberships m WHERE m.account = accounts.id) = 1",
        )
        .bind(&record.given_name)
        .bind(&record.family_name)
        .bind(&account)
        .execute(&mut *write.tx)
        .await?;
        sqlx::query("DELETE FROM group_members WHERE membership = $1")
            .bind(id.as_str())
            .execute(&mut *write.tx)
            .await?;
        self.set_profile_and_groups(write, id, record.profile.as_deref(), &record.groups)
            .await?;
        write.change(&Change::Account(account)).await?;
        write.change(&Change::Membership(id.clone())).await?;
        write
            .change(&Change::Collectivite(self.collectivite().clone()))
            .await?;
        let detail = record.profile.as_deref().unwrap_or_default();
        let entry = self.entry("membership.correct", id.as_str());
        write.record(&entry.detail(detail)).await?;
        write.hold_seats(self.id(), &before).await
    }
}
