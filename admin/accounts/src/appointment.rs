//! What becomes of a received designation: a second person checks it, and its référent is invited or
//! the agent becomes one; or rejects it.

use crate::designation::NewDesignation;
use crate::enrol::NewPerson;
use crate::error::Error;
use crate::link::Purpose;
use crate::mandate::notice;
use crate::over::Over;
use crate::store::Write;
use policies::{MembershipId, Role};

impl Over<'_> {
    /// Checks a designation by the document that was seen, the `reception`th put there: its référent
    /// is invited, or the agent becomes one.
    ///
    /// # Errors
    /// [`Error::SamePerson`] for whoever wrote it down or took the document in; [`Error::Stale`] when
    /// it does not wait for a check; [`Error::Exists`] when the person was deleted and is not erased.
    pub async fn check(&self, id: &str, reception: i64) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.decide(&mut write, id, None).await?;
        let seen: i64 = sqlx::query_scalar("SELECT receptions FROM designations WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *write.tx)
            .await?;
        if seen != reception {
            return Err(Error::Stale {
                what: "document",
                id: id.to_owned(),
            });
        }
        let says = self.says(&mut write, id).await?;
        let membership = self.appoint(&mut write, &says).await?;
        // A new mandate takes the place of the ones before it.
        sqlx::query(
            "UPDATE designations SET ended_at = $1 WHERE membership = $2 AND collectivite = $3 AND ended_at IS NULL",
        )
        .bind(write.now)
        .bind(membership.as_str())
        .bind(self.id())
        .execute(&mut *write.tx)
        .await?;
        sqlx::query("UPDATE designations SET membership = $1 WHERE id = $2")
            .bind(membership.as_str())
            .bind(id)
            .execute(&mut *write.tx)
            .await?;
        self.tell(
            &mut write,
            "Un référent est désigné",
            &format!(
                "{} {} est désigné référent administrateur de votre collectivité.",
                says.given_name, says.family_name
            ),
        )
        .await?;
        self.changed(&mut write, &membership).await?;
        let entry = self.entry("designation.check", id);
        write.record(&entry.detail(membership.as_str())).await?;
        write.commit().await
    }

    /// Rejects a designation that waits for its check.
    ///
    /// # Errors
    /// As [`Over::check`].
    pub async fn reject(&self, id: &str, reason: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.decide(&mut write, id, Some(reason)).await?;
        write.record(&self.entry("designation.reject", id)).await?;
        write.commit().await
    }

    /// Four eyes: who checks has neither recorded, corrected nor received it, and is not designated by
    /// it.
    async fn decide(
        &self,
        write: &mut Write<'_>,
        id: &str,
        rejection: Option<&str>,
    ) -> Result<(), Error> {
        let people: Option<(String, String, String)> = sqlx::query_as(
            "UPDATE designations SET version = version + 1, checked_by = $1, rejection = $2, checked_at = $3, rejected_at = $4
             WHERE id = $5 AND collectivite = $6 AND received_at IS NOT NULL AND checked_at IS NULL
               AND rejected_at IS NULL AND ended_at IS NULL
               AND EXISTS (SELECT 1 FROM designation_documents s WHERE s.designation = designations.id)
             RETURNING recorded_by || ' ' || correctors, received_by, COALESCE((SELECT a.id FROM accounts a WHERE a.login = designations.login), '')",
        )
        .bind(self.by)
        .bind(rejection.unwrap_or_default())
        .bind(rejection.is_none().then_some(write.now))
        .bind(rejection.is_some().then_some(write.now))
        .bind(id)
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        match people {
            None => Err(self.decided_or_missing(write, id).await?),
            Some((authors, received, designated))
                if authors
                    .split(' ')
                    .chain([received.as_str(), designated.as_str()])
                    .any(|who| who == self.by) =>
            {
                Err(Error::SamePerson)
            }
            Some(_) => Ok(()),
        }
    }

    async fn says(&self, write: &mut Write<'_>, id: &str) -> Result<NewDesignation, Error> {
        type Row = (String, String, String, Option<i64>, Option<i64>);
        let (given_name, family_name, login, starts_at, ends_at): Row = sqlx::query_as(
            "SELECT given_name, family_name, login, starts_at, ends_at FROM designations WHERE id = $1",
        )
        .bind(id)
        .fetch_one(&mut *write.tx)
        .await?;
        Ok(NewDesignation {
            given_name,
            family_name,
            login,
            authority_name: String::new(),
            authority_title: String::new(),
            starts_at,
            ends_at,
        })
    }

    /// The référent's membership: the agent's own one, or a new one with its invitation.
    async fn appoint(
        &self,
        write: &mut Write<'_>,
        says: &NewDesignation,
    ) -> Result<MembershipId, Error> {
        let agent: Option<(String, String, Option<String>)> = sqlx::query_as(
            "SELECT m.id, m.account, a.password_hash FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND a.login = $2 AND m.deleted_at IS NULL AND m.role IN ('agent', 'referent')",
        )
        .bind(self.id())
        .bind(&says.login)
        .fetch_optional(&mut *write.tx)
        .await?;
        let membership = if let Some((membership, account, hash)) = agent {
            let text = "Votre autorité territoriale vous a désigné référent administrateur : vous gérez les comptes et les droits de vos collègues.";
            let letter = notice(
                "Vous êtes référent administrateur",
                text,
                Some("/referent".to_owned()),
            );
            write.post(&account, letter).await?;
            if hash.is_none() {
                let name = write.name_of(self.collectivite()).await?;
                write
                    .post_link(&account, Purpose::Activation, &name)
                    .await?;
            }
            membership.into()
        } else {
            let new = NewPerson {
                given_name: says.given_name.clone(),
                family_name: says.family_name.clone(),
                login: says.login.clone(),
                profile: None,
                groups: Vec::new(),
            };
            write
                .enrol(self.collectivite(), Role::Referent, &new, self.by)
                .await?
        };
        // Whoever is in office stays so until a renewed mandate begins.
        sqlx::query(
            "UPDATE memberships SET role = 'referent', referent_until = $2, version = version + 1, referent_from =
                 CASE WHEN role = 'referent' AND (referent_from IS NULL OR referent_from <= $4)
                       AND (referent_until IS NULL OR referent_until > $4) THEN referent_from ELSE $1 END
             WHERE id = $3",
        )
        .bind(says.starts_at)
        .bind(says.ends_at)
        .bind(membership.as_str())
        .bind(write.now)
        .execute(&mut *write.tx)
        .await?;
        Ok(membership)
    }
}
