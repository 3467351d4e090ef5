//! Invitations that went to a wrong address: the record stays with its rights, the letter goes to the
//! right one, and the wrong address is forgotten.

use crate::account::normal_login;
use crate::changes::Change;
use crate::error::Error;
use crate::sort_key;
use crate::within::Within;
use policies::Attribution;

impl Within<'_> {
    /// Invites an agent who has not answered at another address. Whether somebody there has an
    /// account already is not told.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody who is not waited for; [`Error::Stale`]; [`Error::Exists`] when
    /// the address is on the roll.
    pub async fn redirect(
        &self,
        leave: &Attribution,
        version: i64,
        login: &str,
    ) -> Result<(), Error> {
        let (id, login) = (leave.membership(), normal_login(login));
        let mut write = self.write().await?;
        let awaited: Option<(String, String, String)> = sqlx::query_as(
            "SELECT m.account, m.given_name, m.family_name FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.id = $1 AND m.collectivite = $2 AND m.role = 'agent' AND m.deleted_at IS NULL
               AND (m.accepted_at IS NULL OR a.password_hash IS NULL)",
        )
        .bind(id.as_str())
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        let (before, given_name, family_name) =
            awaited.ok_or_else(|| Error::not_found("invitation", id.as_str()))?;
        let names = (given_name.as_str(), family_name.as_str());
        let addressee = write.addressee(&login, names, self.by).await?;
        let done = sqlx::query(
            "UPDATE memberships SET account = $1, accepted_at = $2, invited_at = $3, sort_key = $4, version = version + 1
             WHERE id = $5 AND version = $6",
        )
        .bind(&addressee.account)
        .bind(addressee.waits.then_some(write.now))
        .bind(write.now)
        .bind(sort_key::of_person(&family_name, &given_name, &login))
        .bind(id.as_str())
        .bind(version)
        .execute(&mut *write.tx)
        .await
        .map_err(|error| Error::or_exists(error, "membership", &login))?;
        if done.rows_affected() == 0 {
            return Err(self.stale_or_missing(&mut write, id).await?);
        }
        write.erase_if_alone(&before, self.by).await?;
        write.approach(&addressee, self.collectivite(), id).await?;
        write.change(&Change::Membership(id.clone())).await?;
        write
            .record(&self.entry("invitation.redirect", id.as_str()))
            .await?;
        write.commit().await
    }
}
