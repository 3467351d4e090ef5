//! Proposals to be attached: a collectivité asks somebody who has an account already, and the person
//! answers, logged in or by the letter: whoever left everywhere else cannot log in before.

use crate::changes::Change;
use crate::day::day;
use crate::error::Error;
use crate::journal::Entry;
use crate::outbox::Letter;
use crate::store::{Store, Write};
use policies::{CollectiviteId, MembershipId, Role};

/// Seconds that a letter's link serves.
const LIFETIME: i64 = 30 * 86_400;
/// How long before its end the letter is repeated.
const LAST_CALL: i64 = 3 * 86_400;
/// Letters in one round.
const BATCH: i64 = 100;

/// A proposal, as the page behind a letter's link shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// The membership that it is about.
    pub membership: MembershipId,
    /// The name of the collectivité that asks.
    pub collectivite: String,
    /// The account that is asked: its id, whose it is, and its address.
    pub account: String,
    /// « Agnès Roux ».
    pub name: String,
    /// Mail address.
    pub login: String,
    /// Whether it can be answered still.
    pub open: bool,
}

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

    /// The proposal that a letter's link leads to; looking uses nothing up. None for a secret that is
    /// not of the last letter.
    pub async fn find_proposal(
        &self,
        membership: &MembershipId,
        token: &str,
    ) -> Result<Option<Proposal>, Error> {
        type Row = (
            i64,
            Option<i64>,
            Option<i64>,
            String,
            String,
            String,
            String,
        );
        let row: Option<Row> = sqlx::query_as(
            "SELECT m.invited_at, m.accepted_at, m.deleted_at, c.name, a.id, a.given_name || ' ' || a.family_name, a.login
             FROM memberships m JOIN collectivites c ON c.id = m.collectivite JOIN accounts a ON a.id = m.account
             WHERE m.id = $1 AND m.invited_at IS NOT NULL",
        )
        .bind(membership.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some((asked_at, accepted_at, deleted_at, collectivite, account, name, login)) = row
        else {
            return Ok(None);
        };
        let named = (account.as_str(), membership.as_str());
        if !self.vault.is_proposal_token(named, asked_at, token) {
            return Ok(None);
        }
        let answered = accepted_at.is_some() || deleted_at.is_some();
        Ok(Some(Proposal {
            membership: membership.clone(),
            collectivite,
            account,
            name,
            login,
            open: !answered && asked_at + LIFETIME > self.clock.now(),
        }))
    }

    /// Repeats the letters that were not answered, each once, before their link ends.
    pub(crate) async fn remind_proposed(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let due: Vec<(String, String, i64, String)> = sqlx::query_as(
            "SELECT m.id, m.account, m.invited_at, c.name FROM memberships m JOIN collectivites c ON c.id = m.collectivite
             JOIN accounts a ON a.id = m.account
             WHERE m.accepted_at IS NULL AND m.deleted_at IS NULL AND m.invited_at > $1 AND m.invited_at <= $2
               AND c.closed_at IS NULL AND a.suspended_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM reminders r
                               WHERE r.kind = 'proposal' AND r.subject = m.id || '/' || m.invited_at)
             ORDER BY m.invited_at LIMIT $3",
        )
        .bind(now - LIFETIME)
        .bind(now - LIFETIME + LAST_CALL)
        .bind(BATCH)
        .fetch_all(&self.pool)
        .await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut write = self.write().await?;
        for (membership, account, asked_at, collectivite) in due {
            let subject = format!("{membership}/{asked_at}");
            if write.remember("proposal", &subject).await? {
                let letter = write.proposal_of(&account, &membership, &collectivite, asked_at);
                write.post(&account, letter).await?;
            }
        }
        write.commit().await
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
             WHERE id = $2 AND account = $3 AND accepted_at IS NULL AND invited_at IS NOT NULL AND deleted_at IS NULL RETURNING collectivite, role"
        } else {
            "UPDATE memberships SET deleted_at = $1, declined_at = $1, invited_at = NULL, version = version + 1
             WHERE id = $2 AND account = $3 AND accepted_at IS NULL AND invited_at IS NOT NULL AND deleted_at IS NULL RETURNING collectivite, role"
        };
        let answered: Option<(String, String)> = sqlx::query_as(statement)
            .bind(write.now)
            .bind(membership.as_str())
            .bind(account)
            .fetch_optional(&mut *write.tx)
            .await?;
        let (collectivite, role) =
            answered.ok_or_else(|| Error::not_found("proposal", membership.as_str()))?;
        write
            .change(&Change::Membership(membership.clone()))
            .await?;
        write
            .change(&Change::Collectivite(collectivite.as_str().into()))
            .await?;
        let act = if accept {
            "membership.accept"
        } else {
            let referent = role == Role::Referent.as_str();
            let within = collectivite.as_str().into();
            write.tell_of_refusal(membership, &within, referent).await?;
            "membership.decline"
        };
        write
            .record(&Entry::by(account, act, membership.as_str()).within(&collectivite.into()))
            .await?;
        write.commit().await
    }
}

/// To the référents of a collectivité that somebody declined.
fn declined() -> Letter {
    Letter::Notice {
        subject: "Une personne refuse le rattachement".to_owned(),
        paragraphs: vec![
            "Une personne que vous avez ajoutée refuse d’être rattachée à votre collectivité. Vous la retrouvez parmi les agents supprimés\u{a0}; voyez avec elle si c’est une erreur.".to_owned(),
        ],
        path: Some("/referent/agents?etat=supprime".to_owned()),
    }
}

impl Write<'_> {
    /// Tells of a refusal: the référents or, of a référent-to-be, those who follow the collectivité; their
    /// designation is over then.
    async fn tell_of_refusal(
        &mut self,
        membership: &MembershipId,
        collectivite: &CollectiviteId,
        referent: bool,
    ) -> Result<(), Error> {
        if !referent {
            self.tell_referents(collectivite.as_str(), &declined())
                .await?;
            return Ok(());
        }
        sqlx::query(
            "UPDATE designations SET ended_at = $1, version = version + 1 WHERE membership = $2 AND ended_at IS NULL",
        )
        .bind(self.now)
        .bind(membership.as_str())
        .execute(&mut *self.tx)
        .await?;
        let name = self.name_of(collectivite).await?;
        for account in self.overseers(collectivite).await? {
            let letter = Letter::Notice {
                subject: "Une personne désignée refuse d’être référent".to_owned(),
                paragraphs: vec![format!(
                    "La personne que {name} a désignée refuse le rattachement. Une autre désignation est nécessaire."
                )],
                path: Some(format!("/cig/collectivites/{collectivite}/designations")),
            };
            self.post(&account, letter).await?;
        }
        Ok(())
    }

    /// The letter to somebody who has an account already and is asked now.
    pub(crate) fn proposal(&self, account: &str, membership: &str, collectivite: &str) -> Letter {
        self.proposal_of(account, membership, collectivite, self.now)
    }

    /// The same for somebody who was asked at that moment.
    fn proposal_of(
        &self,
        account: &str,
        membership: &str,
        collectivite: &str,
        asked_at: i64,
    ) -> Letter {
        let vault = &self.store().vault;
        let token = vault.proposal_token(account, membership, asked_at);
        Letter::Notice {
            subject: format!("{collectivite} vous propose un rattachement"),
            paragraphs: vec![
                format!(
                    "{collectivite} souhaite rattacher votre compte Convergences à ses services en ligne."
                ),
                format!(
                    "Acceptez ou refusez ce rattachement sur la page ci-dessous, qui sert jusqu’au {}. Tant que vous n’avez pas répondu, rien ne change.",
                    day(asked_at + LIFETIME)
                ),
            ],
            path: Some(format!("/invitation/{membership}/{token}")),
        }
    }
}
