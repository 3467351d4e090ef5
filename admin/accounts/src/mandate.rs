//! Mandates of référents: listed, to be renewed, ended. A collectivité that has a référent keeps one.

use crate::changes::Change;
use crate::day::day;
use crate::error::Error;
use crate::outbox::Letter;
use crate::over::Over;
use crate::overseen::Overseen;
use crate::store::{Store, Write};
use crate::within::{Within, is_open};
use policies::{MembershipId, Supervision};

/// A référent as those who follow the collectivité see them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mandate {
    /// The membership.
    pub membership: MembershipId,
    /// « Renée Martin ».
    pub name: String,
    /// Mail address.
    pub login: String,
    /// Whether they can work now.
    pub active: bool,
    /// From when on, if that was said. Unix seconds.
    pub from: Option<i64>,
    /// Until when, if that was said.
    pub until: Option<i64>,
    /// Until when the designation is to be renewed, if that was asked for.
    pub renew_by: Option<i64>,
    /// Since when they have been asked whether mail reaches them, and have not answered.
    pub unconfirmed_since: Option<i64>,
}

impl Over<'_> {
    /// Makes a référent an agent again, at once or from a moment on.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::LastReferent`].
    pub async fn revoke(&self, membership: &MembershipId, at: Option<i64>) -> Result<(), Error> {
        let mut write = self.write().await?;
        let at = at.filter(|at| *at > write.now);
        // Somebody who cannot work yet is not whom the collectivité would lose.
        let before = write
            .count_other_referents(self.id(), &MembershipId::from(""))
            .await?;
        let account: Option<(String, String)> = sqlx::query_as(
            "UPDATE memberships SET version = version + 1, referent_until = $1, role = CASE WHEN $2 = '' THEN 'agent' ELSE role END
             WHERE id = $3 AND collectivite = $4 AND role = 'referent' RETURNING account, given_name || ' ' || family_name",
        )
        .bind(at)
        .bind(if at.is_some() { "later" } else { "" })
        .bind(membership.as_str())
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        let (account, name) =
            account.ok_or_else(|| Error::not_found("référent", membership.as_str()))?;
        let others = write.count_other_referents(self.id(), membership).await?;
        if before > 0 && others == 0 {
            return Err(Error::LastReferent(self.id().to_owned()));
        }
        sqlx::query(
            "UPDATE designations SET ended_at = CASE WHEN $1 = '' THEN $2 ELSE ended_at END, ends_at = $3
             WHERE membership = $4 AND collectivite = $5 AND ended_at IS NULL",
        )
        .bind(if at.is_some() { "later" } else { "" })
        .bind(write.now)
        .bind(at.unwrap_or(write.now))
        .bind(membership.as_str())
        .bind(self.id())
        .execute(&mut *write.tx)
        .await?;
        let text = format!("Le mandat de référent administrateur de {name} prend fin.");
        let letter = notice("Fin de votre mandat de référent", &text, None);
        write.post(&account, letter).await?;
        self.tell(&mut write, "Fin du mandat d’un référent", &text)
            .await?;
        self.changed(&mut write, membership).await?;
        let entry = self.entry("referent.revoke", membership.as_str());
        let detail = at.map(|at| at.to_string()).unwrap_or_default();
        write.record(&entry.detail(&detail)).await?;
        write.commit().await
    }

    async fn ask_for_renewal_in(&self, write: &mut Write<'_>, by: i64) -> Result<u64, Error> {
        let done = sqlx::query(
            "UPDATE designations SET renew_by = $1 WHERE collectivite = $2 AND checked_at IS NOT NULL AND ended_at IS NULL
               AND (ends_at IS NULL OR ends_at > $3)",
        )
        .bind(by)
        .bind(self.id())
        .bind(write.now)
        .execute(&mut *write.tx)
        .await?;
        if done.rows_affected() > 0 {
            let text = format!(
                "L’autorité territoriale doit renouveler la désignation des référents de votre collectivité au plus tard le {}. Préparez le formulaire sur la page ci-dessous, faites-le signer et envoyez-le à votre centre de gestion. Vos accès restent ouverts.",
                day(by - 1)
            );
            let path = Some("/referent/referents".to_owned());
            let letter = notice("Désignation à renouveler", &text, path);
            write.tell_referents(self.id(), &letter).await?;
            let entry = self.entry("designation.renew", self.id());
            write.record(&entry.detail(&by.to_string())).await?;
        }
        Ok(done.rows_affected())
    }

    /// The référents, invited ones and those whose mandate has not begun among them.
    pub async fn list_mandates(&self) -> Result<Vec<Mandate>, Error> {
        self.store.mandates(self.id()).await
    }

    /// Writes to the référents who can work now.
    pub(crate) async fn tell(
        &self,
        write: &mut Write<'_>,
        subject: &str,
        text: &str,
    ) -> Result<(), Error> {
        let letter = notice(subject, text, None);
        write.tell_referents(self.id(), &letter).await?;
        Ok(())
    }

    pub(crate) async fn changed(
        &self,
        write: &mut Write<'_>,
        membership: &MembershipId,
    ) -> Result<(), Error> {
        write
            .change(&Change::Membership(membership.clone()))
            .await?;
        write
            .change(&Change::Collectivite(self.collectivite().clone()))
            .await
    }
}

impl Overseen<'_> {
    /// After elections: every designation in force of these collectivités is to be renewed before a
    /// moment, asked for by the account `by`; of all of them or, when something fails, of none.
    /// Nobody loses anything. Gives how many there are.
    pub async fn ask_for_renewal(
        &self,
        by: &str,
        leaves: &[Supervision],
        before: i64,
    ) -> Result<u64, Error> {
        let mut write = self.write().await?;
        let mut asked = 0;
        for leave in leaves {
            let over = self.store.over(leave, by);
            asked += over.ask_for_renewal_in(&mut write, before).await?;
        }
        write.commit().await?;
        Ok(asked)
    }
}

impl Within<'_> {
    /// The same, for the référents themselves.
    pub async fn list_mandates(&self) -> Result<Vec<Mandate>, Error> {
        self.store.mandates(self.id()).await
    }
}

impl Store {
    async fn mandates(&self, collectivite: &str) -> Result<Vec<Mandate>, Error> {
        type Row = (
            String,
            String,
            String,
            String,
            Option<i64>,
            Option<i64>,
            Option<i64>,
            Option<i64>,
        );
        let now = self.clock.now();
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT m.id, m.given_name || ' ' || m.family_name, a.login,
                CASE WHEN a.password_hash IS NOT NULL AND a.suspended_at IS NULL AND ",
            is_open!("$2"),
            " THEN 'oui' ELSE '' END, m.referent_from, m.referent_until,
                (SELECT MAX(d.renew_by) FROM designations d WHERE d.membership = m.id AND d.checked_at IS NOT NULL AND d.ended_at IS NULL),
                a.confirmation_asked_at
             FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND m.role = 'referent' AND m.deleted_at IS NULL
               AND (m.referent_until IS NULL OR m.referent_until > $2) ORDER BY m.sort_key, m.id"
        ))
        .bind(collectivite)
        .bind(now)
        .fetch_all(&self.pool)
        .await?;
        let mandates = rows.into_iter().map(
            |(id, name, login, open, from, until, renew_by, unconfirmed_since)| Mandate {
                membership: id.into(),
                name,
                login,
                active: open == "oui" && from.is_none_or(|from| from <= now),
                from,
                until,
                renew_by,
                unconfirmed_since,
            },
        );
        Ok(mandates.collect())
    }
}

pub(crate) fn notice(subject: &str, text: &str, path: Option<String>) -> Letter {
    Letter::Notice {
        subject: subject.to_owned(),
        paragraphs: vec![text.to_owned()],
        path,
    }
}
