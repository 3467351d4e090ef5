//! Grants: a service, up to a level, for a membership, from a date to a date. Revoked, never deleted.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::Store;
use policies::{CollectiviteId, Level, MembershipId, ServiceId};
use uuid::Uuid;

/// A right as it is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    /// To whom.
    pub membership: MembershipId,
    /// On what.
    pub service: ServiceId,
    /// How far.
    pub level: Level,
    /// From then on, Unix seconds; at once when none.
    pub starts_at: Option<i64>,
    /// Until then, Unix seconds; no end when none.
    pub ends_at: Option<i64>,
}

impl Store {
    /// Gives a right; its id serves to revoke it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] also when the membership does not exist; [`Error::Full`].
    pub async fn add_grant(&self, grant: &Grant, by: &str) -> Result<String, Error> {
        let id = Uuid::now_v7().to_string();
        let owner = owner(&grant.membership);
        let mut write = self.write().await?;
        let before = write.occupancy(owner.as_str()).await?;
        sqlx::query(
            "INSERT INTO grants (id, membership, service, level, starts_at, ends_at, granted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&id)
        .bind(grant.membership.as_str())
        .bind(grant.service.as_str())
        .bind(grant.level.as_str())
        .bind(grant.starts_at)
        .bind(grant.ends_at)
        .bind(write.now)
        .execute(&mut *write.tx)
        .await?;
        let right = format!("{}/{}", grant.service, grant.level.as_str());
        write
            .change(&Change::Membership(grant.membership.clone()))
            .await?;
        let entry = Entry::by(by, "grant.add", grant.membership.as_str()).detail(&right);
        write.record(&entry.within(&owner)).await?;
        write.hold_seats(owner.as_str(), &before).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Takes every right of a membership on a service back.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none in force.
    pub async fn revoke_grants(
        &self,
        membership: &MembershipId,
        service: &ServiceId,
        by: &str,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE grants SET revoked_at = $1 WHERE membership = $2 AND service = $3 AND revoked_at IS NULL",
        )
        .bind(write.now)
        .bind(membership.as_str())
        .bind(service.as_str())
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("grant", service.as_str()));
        }
        write
            .change(&Change::Membership(membership.clone()))
            .await?;
        let entry = Entry::by(by, "grant.revoke", membership.as_str()).detail(service.as_str());
        write.record(&entry.within(&owner(membership))).await?;
        write.commit().await
    }
}

/// A membership's id starts with its collectivité.
fn owner(membership: &MembershipId) -> CollectiviteId {
    membership
        .as_str()
        .split('/')
        .next()
        .unwrap_or_default()
        .into()
}
