//! Proposals to be attached: a collectivité asks somebody who has an account already, and the person
//! answers.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::store::Store;
use policies::MembershipId;

impl Store {
    /// Collectivités that ask to attach the account: membership and name.
    pub async fn list_proposals(
        &self,
        account: &str,
    ) -> Result<Vec<(MembershipId, String)>, Error> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT m.id, c.name FROM memberships m JOIN collectivites c ON c.id = m.collectivite
             WHERE m.account = $1 AND m.accepted_at IS NULL AND m.invited_at IS NOT NULL AND m.deleted_at IS NULL ORDER BY c.name",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| (id.into(), name))
            .collect())
    }

    /// Accepts to be attached, or declines: then the collectivité's record of the person is deleted.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the account was not asked.
    pub async fn answer_proposal(
        &self,
        account: &str,
        membership: &MembershipId,
        accept: bool,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let statement = if accept {
            "UPDATE memberships SET accepted_at = $1, version = version + 1
             WHERE id = $2 AND account = $3 AND accepted_at IS NULL AND invited_at IS NOT NULL AND deleted_at IS NULL RETURNING collectivite"
        } else {
            "UPDATE memberships SET deleted_at = $1, version = version + 1
             WHERE id = $2 AND account = $3 AND accepted_at IS NULL AND invited_at IS NOT NULL AND deleted_at IS NULL RETURNING collectivite"
        };
        let collectivite: Option<String> = sqlx::query_scalar(statement)
            .bind(write.now)
            .bind(membership.as_str())
            .bind(account)
            .fetch_optional(&mut *write.tx)
            .await?;
        let collectivite =
            collectivite.ok_or_else(|| Error::not_found("proposal", membership.as_str()))?;
        write
            .change(&Change::Membership(membership.clone()))
            .await?;
        write
            .change(&Change::Collectivite(collectivite.as_str().into()))
            .await?;
        let act = if accept {
            "membership.accept"
        } else {
            "membership.decline"
        };
        write
            .record(&Entry::by(account, act, membership.as_str()).within(&collectivite.into()))
            .await?;
        write.commit().await
    }
}
