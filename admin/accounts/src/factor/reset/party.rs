//! Who acts on a reset and who is acted on: who may lay hands on whose factors, and who is called as
//! the second person.

use super::ResetError;
use crate::error::Error;
use crate::mandate::notice;
use crate::store::Write;
use crate::within::{is_open, is_referent};
use policies::{CollectiviteId, Role};
use sqlx::Row as _;

/// Somebody who acts, or is acted on.
pub(super) struct Party {
    pub(super) membership: String,
    pub(super) account: String,
    pub(super) collectivite: CollectiviteId,
    role: Role,
}

pub(super) struct Request {
    pub(super) subject: Party,
    pub(super) requested_by: String,
}

impl Write<'_> {
    /// Somebody whose membership and account are open; a référent only within the mandate.
    pub(super) async fn actor(&mut self, membership: &str) -> Result<Party, Error> {
        self.party(
            concat!(
                "SELECT m.id, m.account, m.collectivite,
                    CASE WHEN m.role <> 'referent' OR (",
                is_referent!("$2"),
                ") THEN m.role ELSE 'agent' END AS role
                 FROM memberships m JOIN accounts a ON a.id = m.account
                 WHERE m.id = $1 AND a.suspended_at IS NULL AND ",
                is_open!("$2")
            ),
            membership,
        )
        .await
    }

    /// Somebody, suspended or not. Who was entered into a collectivité and has not accepted is not
    /// one of its people, nor is who has left: else any référent could make themselves one of somebody's two.
    pub(super) async fn subject(&mut self, membership: &str) -> Result<Party, Error> {
        self.party(
            "SELECT m.id, m.account, m.collectivite, m.role FROM memberships m
             WHERE m.id = $1 AND m.accepted_at IS NOT NULL AND (m.deleted_at IS NULL OR m.deleted_at > $2)
               AND (m.left_at IS NULL OR m.left_at > $2)",
            membership,
        )
        .await
    }

    async fn party(&mut self, query: &'static str, membership: &str) -> Result<Party, Error> {
        let row = sqlx::query(query)
            .bind(membership)
            .bind(self.now)
            .fetch_optional(&mut *self.tx)
            .await?
            .ok_or_else(|| Error::not_found("membership", membership))?;
        let role: String = row.try_get("role")?;
        Ok(Party {
            membership: row.try_get("id")?,
            account: row.try_get("account")?,
            collectivite: row.try_get::<String, _>("collectivite")?.into(),
            role: Role::parse(&role).ok_or(Error::Unreadable(role))?,
        })
    }

    /// Whether the first may lay hands on the second's factors.
    pub(super) async fn allow_reset(
        &mut self,
        actor: &Party,
        subject: &Party,
    ) -> Result<(), ResetError> {
        let near = match actor.role {
            Role::Correspondant => true,
            Role::Referent => actor.collectivite == subject.collectivite,
            Role::Partenaire => self.is_affiliated(subject, actor).await?,
            Role::Agent => false,
        };
        if !near {
            // Of another collectivité, nobody exists.
            return Err(Error::not_found("membership", &subject.membership).into());
        }
        if actor.account == subject.account {
            return Err(ResetError::SamePerson);
        }
        if actor.role != Role::Correspondant && self.administers(subject).await? {
            return Err(ResetError::Correspondants);
        }
        Ok(())
    }

    async fn is_affiliated(&mut self, subject: &Party, cdg: &Party) -> Result<bool, Error> {
        let found = sqlx::query("SELECT 1 FROM collectivites WHERE id = $1 AND cdg = $2")
            .bind(subject.collectivite.as_str())
            .bind(cdg.collectivite.as_str())
            .fetch_optional(&mut *self.tx);
        Ok(found.await?.is_some())
    }

    /// In any collectivité, suspended or not: factors are the account's.
    async fn administers(&mut self, subject: &Party) -> Result<bool, Error> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM memberships WHERE account = $1 AND role <> 'agent'",
        )
        .bind(&subject.account)
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count > 0)
    }

    /// Writes to those who can confirm: the other référents, or the correspondants where these may
    /// not or there are none.
    pub(super) async fn call_second_person(
        &mut self,
        actor: &Party,
        subject: &Party,
    ) -> Result<(), Error> {
        let mut called: Vec<String> = Vec::new();
        if !self.administers(subject).await? {
            called = sqlx::query_scalar(concat!(
                "SELECT m.account FROM memberships m JOIN accounts a ON a.id = m.account
                 WHERE m.collectivite = $1 AND m.account <> $3 AND a.password_hash IS NOT NULL AND ",
                is_referent!("$2")
            ))
            .bind(subject.collectivite.as_str())
            .bind(self.now)
            .bind(&actor.account)
            .fetch_all(&mut *self.tx)
            .await?;
        }
        let mut path = "/referent";
        if called.is_empty() {
            path = "/cig";
            called = sqlx::query_scalar(concat!(
                "SELECT m.account FROM memberships m JOIN accounts a ON a.id = m.account
                 WHERE m.role = 'correspondant' AND m.account <> $2 AND m.account <> $3
                   AND a.password_hash IS NOT NULL AND a.suspended_at IS NULL AND ",
                is_open!("$1")
            ))
            .bind(self.now)
            .bind(&actor.account)
            .bind(&subject.account)
            .fetch_all(&mut *self.tx)
            .await?;
        }
        let text = "Une personne a perdu ses seconds facteurs, et leur retrait a été demandé. Une deuxième personne doit vérifier auprès d’elle, puis confirmer ou annuler.";
        for account in called {
            let letter = notice(
                "Un retrait de seconds facteurs attend une confirmation",
                text,
                Some(path.to_owned()),
            );
            self.post(&account, letter).await?;
        }
        Ok(())
    }

    pub(super) async fn open_request(&mut self, id: &str) -> Result<Request, ResetError> {
        let row = sqlx::query(
            "SELECT membership, requested_by FROM factor_resets
             WHERE id = $1 AND confirmed_at IS NULL AND expires_at > $2",
        )
        .bind(id)
        .bind(self.now)
        .fetch_optional(&mut *self.tx)
        .await?
        .ok_or(ResetError::Gone)?;
        let membership: String = row.try_get("membership")?;
        Ok(Request {
            subject: self.subject(&membership).await?,
            requested_by: row.try_get("requested_by")?,
        })
    }

    pub(super) async fn forget_factors(&mut self, account: &str) -> Result<(), Error> {
        for statement in [
            "DELETE FROM factors WHERE account = $1",
            "DELETE FROM recovery_codes WHERE account = $1",
            "DELETE FROM pending_logins WHERE account = $1",
            // What else was asked was about the factors of before.
            "DELETE FROM factor_resets WHERE account = $1 AND confirmed_at IS NULL",
            "DELETE FROM factor_drafts WHERE session IN (SELECT id FROM sessions WHERE account = $1)",
        ] {
            sqlx::query(statement)
                .bind(account)
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(())
    }
}
