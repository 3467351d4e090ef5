//! Proposals to be attached: a collectivité asks somebody who has an account already, and the person
//! answers, logged in or by the letter: whoever left everywhere else cannot log in before.

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::outbox::Letter;
use crate::store::{Store, Write};
use policies::MembershipId;

/// Seconds that a letter's link serves.
const LIFETIME: i64 = 30 * 86_400;

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
        if !self
            .vault
            .is_proposal_token(membership.as_str(), asked_at, token)
        {
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

impl Write<'_> {
    /// The letter to somebody who has an account already and is asked now.
    pub(crate) fn proposal(&self, membership: &str, collectivite: &str) -> Letter {
        let token = self.store().vault.proposal_token(membership, self.now);
        Letter::Notice {
            subject: format!("{collectivite} vous propose un rattachement"),
            paragraphs: vec![
                format!("{collectivite} souhaite rattacher votre compte Convergences à ses services en ligne."),
                "Acceptez ou refusez ce rattachement sur la page ci-dessous, qui sert pendant 30 jours. Tant que vous n’avez pas répondu, rien ne change."
                    .to_owned(),
            ],
            path: Some(format!("/invitation/{membership}/{token}")),
        }
    }
}
