//! The answer to a transfer. Accepted, the person is an agent of the new collectivité with no right
//! and no profile; somebody who was there before comes back so, somebody who is there stays as they are.

use super::is_on_the_way;
use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::mandate::notice;
use crate::sort_key;
use crate::store::Write;
use crate::within::Within;
use policies::{CollectiviteId, MembershipId};
use uuid::Uuid;

/// Somebody on the way, as the answer needs them.
struct Released {
    membership: String,
    account: String,
    from: CollectiviteId,
    given_name: String,
    family_name: String,
    login: String,
}

impl Within<'_> {
    /// Accepts somebody, and gives their membership here.
    ///
    /// # Errors
    /// [`Error::NotFound`] when they are not, or no longer, on the way to this collectivité;
    /// [`Error::OwnRights`] for whoever would accept themselves.
    pub async fn accept_arrival(&self, transfer: &str) -> Result<MembershipId, Error> {
        let mut write = self.write().await?;
        let released = self.settle(&mut write, transfer, "accepted").await?;
        if released.account == self.by {
            return Err(Error::OwnRights);
        }
        let id = match self.known(&mut write, &released.account).await? {
            Some((id, gone)) => {
                if gone {
                    write.strip(&id).await?;
                    write.reopen(&id).await?;
                }
                MembershipId::from(id)
            }
            None => self.take_on(&mut write, &released).await?,
        };
        write
            .change(&Change::Account(released.account.clone()))
            .await?;
        write.change(&Change::Membership(id.clone())).await?;
        write
            .change(&Change::Collectivite(self.collectivite().clone()))
            .await?;
        let says = |here: &str| {
            (
                format!("{here} accepte votre arrivée"),
                format!(
                    "{here} accepte votre arrivée. Vos référents de {here} vous donnent vos droits\u{a0}; ceux d’avant n’ont pas suivi. Choisissez cette collectivité après vous être connecté."
                ),
            )
        };
        self.answered(&mut write, &released, "accept", says).await?;
        let entry = self.entry("transfer.accept", id.as_str());
        let from = write.name_of(&released.from).await?;
        write.record(&entry.detail(&from)).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Declines somebody, and tells the collectivité that releases them why. Their last day there
    /// stays, until that one takes it back.
    ///
    /// # Errors
    /// As [`Within::accept_arrival`].
    pub async fn decline_arrival(&self, transfer: &str, reason: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let released = self.settle(&mut write, transfer, "declined").await?;
        let says = |here: &str| {
            (
                format!("{here} n’accepte pas un transfert"),
                format!("{here} n’accepte pas le transfert demandé. Motif\u{a0}: {reason}"),
            )
        };
        self.answered(&mut write, &released, "decline", says)
            .await?;
        let from = write.name_of(&released.from).await?;
        let entry = self.entry("transfer.decline", self.id());
        write.record(&entry.detail(&from)).await?;
        write.commit().await
    }

    async fn settle(
        &self,
        write: &mut Write<'_>,
        transfer: &str,
        decision: &str,
    ) -> Result<Released, Error> {
        type Row = (String, String, String, String, String, String);
        // The first statement of a transaction has written already: this read is of now.
        let row: Option<Row> = sqlx::query_as(concat!(
            "SELECT m.id, m.account, m.collectivite, m.given_name, m.family_name, a.login
             FROM transfers t JOIN memberships m ON m.id = t.membership JOIN accounts a ON a.id = m.account
             WHERE t.id = $1 AND t.collectivite = $2 AND ",
            is_on_the_way!("$3")
        ))
        .bind(transfer)
        .bind(self.id())
        .bind(write.now)
        .fetch_optional(&mut *write.tx)
        .await?;
        let (membership, account, from, given_name, family_name, login) =
            row.ok_or_else(|| Error::not_found("transfer", transfer))?;
        sqlx::query("UPDATE transfers SET decided_at = $1, decision = $2 WHERE id = $3")
            .bind(write.now)
            .bind(decision)
            .bind(transfer)
            .execute(&mut *write.tx)
            .await?;
        Ok(Released {
            membership,
            account,
            from: from.into(),
            given_name,
            family_name,
            login,
        })
    }

    /// Their membership here, if they have or had one, and whether they had gone, were deleted, or never
    /// answered: no right prepared for them then lives on.
    async fn known(
        &self,
        write: &mut Write<'_>,
        account: &str,
    ) -> Result<Option<(String, bool)>, Error> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT id, CASE WHEN deleted_at IS NOT NULL OR left_at <= $1 OR accepted_at IS NULL THEN 'gone' ELSE '' END
             FROM memberships WHERE account = $2 AND collectivite = $3",
        )
        .bind(write.now)
        .bind(account)
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        Ok(row.map(|(id, gone)| (id, gone == "gone")))
    }

    async fn take_on(
        &self,
        write: &mut Write<'_>,
        released: &Released,
    ) -> Result<MembershipId, Error> {
        let id = format!("{}/{}", self.id(), Uuid::now_v7());
        let key = sort_key::of_person(&released.family_name, &released.given_name, &released.login);
        sqlx::query(
            "INSERT INTO memberships (id, account, collectivite, role, created_at, given_name, family_name, sort_key, accepted_at)
             VALUES ($1, $2, $3, 'agent', $4, $5, $6, $7, $4)",
        )
        .bind(&id)
        .bind(&released.account)
        .bind(self.id())
        .bind(write.now)
        .bind(&released.given_name)
        .bind(&released.family_name)
        .bind(key)
        .execute(&mut *write.tx)
        .await?;
        Ok(id.into())
    }

    /// Tells the person and the old collectivité, and its journal.
    async fn answered(
        &self,
        write: &mut Write<'_>,
        released: &Released,
        act: &str,
        says: impl Fn(&str) -> (String, String),
    ) -> Result<(), Error> {
        let here = write.name_of(self.collectivite()).await?;
        let (subject, text) = says(&here);
        let letter = notice(&subject, &text, Some("/rattachements".to_owned()));
        write.post(&released.account, letter).await?;
        let text = if act == "accept" {
            format!("{here} accepte le transfert d’une personne de votre collectivité.")
        } else {
            format!("{text} La date de départ reste notée\u{a0}: annulez-la si la personne reste.")
        };
        let letter = notice(&subject, &text, Some("/referent".to_owned()));
        write
            .tell_referents(released.from.as_str(), &letter)
            .await?;
        let act = if act == "accept" {
            "transfer.accepted"
        } else {
            "transfer.declined"
        };
        let entry = Entry::by(self.by, act, &released.membership).within(&released.from);
        write.record(&entry.detail(&here)).await
    }
}

impl Write<'_> {
    /// Takes what somebody had when they went: they come back with nothing.
    async fn strip(&mut self, membership: &str) -> Result<(), Error> {
        for statement in [
            "UPDATE grants SET revoked_at = $2 WHERE membership = $1 AND revoked_at IS NULL",
            "UPDATE designations SET ended_at = $2 WHERE membership = $1 AND ended_at IS NULL",
        ] {
            sqlx::query(statement)
                .bind(membership)
                .bind(self.now)
                .execute(&mut *self.tx)
                .await?;
        }
        for statement in [
            "UPDATE memberships SET role = 'agent', profile = NULL, referent_from = NULL, referent_until = NULL, suspended_at = NULL
             WHERE id = $1",
            "DELETE FROM group_members WHERE membership = $1",
            "DELETE FROM credentials WHERE membership = $1",
            "DELETE FROM access_requests WHERE membership = $1 AND decided_at IS NULL",
        ] {
            sqlx::query(statement)
                .bind(membership)
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(())
    }

    /// Whatever was proposed for somebody is proposed no more.
    pub(crate) async fn end_transfers(&mut self, membership: &MembershipId) -> Result<(), Error> {
        sqlx::query(
            "UPDATE transfers SET decided_at = $1, decision = 'cancelled' WHERE membership = $2 AND decided_at IS NULL",
        )
        .bind(self.now)
        .bind(membership.as_str())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The same, when another last day than theirs, or none, is to hold.
    pub(crate) async fn end_transfers_but(
        &mut self,
        membership: &MembershipId,
        left_at: Option<i64>,
    ) -> Result<(), Error> {
        sqlx::query(
            "UPDATE transfers SET decided_at = $1, decision = 'cancelled' WHERE membership = $2 AND decided_at IS NULL
               AND EXISTS (SELECT 1 FROM memberships m WHERE m.id = transfers.membership AND m.left_at IS DISTINCT FROM $3)",
        )
        .bind(self.now)
        .bind(membership.as_str())
        .bind(left_at)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn reopen(&mut self, membership: &str) -> Result<(), Error> {
        sqlx::query(
            "UPDATE memberships SET version = version + 1, left_at = NULL, deleted_at = NULL,
                accepted_at = COALESCE(accepted_at, $1) WHERE id = $2",
        )
        .bind(self.now)
        .bind(membership)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
