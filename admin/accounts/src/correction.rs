//! What a person corrects of the own account, and what the référents are asked to (GDPR 16).

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::outbox::Letter;
use crate::store::Store;
use policies::CollectiviteId;

/// Longest message to référents, in characters.
pub const LONGEST_MESSAGE: usize = 1000;

impl Store {
    /// Corrects the person's own names, on the account; each collectivité keeps its own record.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn correct_own_name(
        &self,
        account: &str,
        given_name: &str,
        family_name: &str,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let done =
            sqlx::query("UPDATE accounts SET given_name = $1, family_name = $2 WHERE id = $3")
                .bind(given_name)
                .bind(family_name)
                .bind(account)
                .execute(&mut *write.tx)
                .await?;
        if done.rows_affected() == 0 {
            return Err(Error::not_found("account", account));
        }
        write.change(&Change::Account(account.to_owned())).await?;
        write
            .record(&Entry::by(account, "account.correct", account))
            .await?;
        write.commit().await
    }

    /// Asks the référents of a collectivité by mail to correct what the person cannot; gives how many
    /// were written to.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn request_correction(
        &self,
        account: &str,
        collectivite: &CollectiviteId,
        message: &str,
    ) -> Result<usize, Error> {
        let mut write = self.write().await?;
        let (login, given, family): (String, String, String) =
            sqlx::query_as("SELECT login, given_name, family_name FROM accounts WHERE id = $1")
                .bind(account)
                .fetch_optional(&mut *write.tx)
                .await?
                .ok_or_else(|| Error::not_found("account", account))?;
        let referents: Vec<String> = sqlx::query_scalar(concat!(
            "SELECT m.account FROM memberships m JOIN accounts a ON a.id = m.account WHERE m.collectivite = $1 AND ",
            crate::within::is_referent!("$2"),
            " ORDER BY m.account"
        ))
        .bind(collectivite.as_str())
        .bind(write.now)
        .fetch_all(&mut *write.tx)
        .await?;
        for referent in &referents {
            let letter = Letter::Notice {
                subject: "Demande de correction de données personnelles".to_owned(),
                paragraphs: vec![
                    format!("{given} {family} ({login}) demande une correction\u{a0}:"),
                    message.chars().take(LONGEST_MESSAGE).collect(),
                    "Vous avez un mois au plus pour répondre à cette personne.".to_owned(),
                ],
                path: Some("/referent/agents".to_owned()),
            };
            write.post(referent, letter).await?;
        }
        let asked = Entry::by(account, "correction.request", account).within(collectivite);
        write.record(&asked).await?;
        write.commit().await?;
        Ok(referents.len())
    }
}
