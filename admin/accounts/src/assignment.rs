//! Giving a profile to members, or taking theirs away.

use crate::changes::Change;
use crate::error::Error;
use crate::store::Write;
use crate::within::Within;
use policies::Attribution;

impl Within<'_> {
    /// Gives these members a profile, or none, all or nothing. Each must be at the version that was
    /// seen.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`], [`Error::Full`].
    pub async fn assign_profile(
        &self,
        members: &[(Attribution, i64)],
        profile: Option<&str>,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.assign_in(&mut write, members, profile).await?;
        write.commit().await
    }

    /// What [`Within::assign_profile`] would say; nothing is written.
    ///
    /// # Errors
    /// As there.
    pub async fn try_assignment(
        &self,
        members: &[(Attribution, i64)],
        profile: Option<&str>,
    ) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        self.assign_in(&mut write, members, profile).await
    }

    async fn assign_in(
        &self,
        write: &mut Write<'_>,
        members: &[(Attribution, i64)],
        profile: Option<&str>,
    ) -> Result<(), Error> {
        let before = write.occupancy(self.id()).await?;
        for (leave, version) in members {
            let id = leave.membership();
            let done = sqlx::query(
                "UPDATE memberships SET profile = $1, version = version + 1
                 WHERE id = $2 AND collectivite = $3 AND version = $4
                   AND ($1 IS NULL OR EXISTS (SELECT 1 FROM profiles p WHERE p.id = $1 AND p.collectivite = $3))",
            )
            .bind(profile)
            .bind(id.as_str())
            .bind(self.id())
            .bind(*version)
            .execute(&mut *write.tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(self.stale_or_missing(write, id).await?);
            }
            write.change(&Change::Membership(id.clone())).await?;
            let entry = self.entry("membership.profile", id.as_str());
            write
                .record(&entry.detail(profile.unwrap_or_default()))
                .await?;
        }
        write.hold_seats(self.id(), &before).await
    }
}
