//! A forgotten password. Whoever asks gets one answer, whatever the address; what is known of it is
//! told only by a letter to that address.

use crate::account::normal_login;
use crate::error::Error;
use crate::journal::Entry;
use crate::link::Purpose;
use crate::outbox::Letter;
use crate::store::Store;
use crate::throttle::Origin;
use std::net::IpAddr;
use uuid::Uuid;

const DAY: i64 = 86_400;
/// Letters that somebody can make us write to one address in an hour.
const OF_A_LOGIN: i64 = 3;
/// And from one network: a town hall shares one address.
const OF_A_NETWORK: i64 = 30;

impl Store {
    /// Both steps of asking for another password.
    pub async fn request_password_reset(
        &self,
        login: &str,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        if self.note_reset_request(login, address).await? {
            self.post_password_reset(login).await?;
        }
        Ok(())
    }

    /// Counts the request, and tells whether a letter may follow: the same work for every address.
    pub async fn note_reset_request(
        &self,
        login: &str,
        address: Option<IpAddr>,
    ) -> Result<bool, Error> {
        let origin = Origin::new(&normal_login(login), address);
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM reset_requests WHERE at < $1")
            .bind(write.now - DAY)
            .execute(&mut *write.tx)
            .await?;
        let (of_login, of_network): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM reset_requests WHERE login_hash = $1 AND at > $3),
                    (SELECT COUNT(*) FROM reset_requests WHERE network = $2 AND at > $3)",
        )
        .bind(origin.login_hash())
        .bind(origin.network())
        .bind(write.now - 3600)
        .fetch_one(&mut *write.tx)
        .await?;
        let free = of_login < OF_A_LOGIN && of_network < OF_A_NETWORK;
        if free {
            sqlx::query(
                "INSERT INTO reset_requests (id, login_hash, network, at) VALUES ($1, $2, $3, $4)",
            )
            .bind(Uuid::now_v7().to_string())
            .bind(origin.login_hash())
            .bind(origin.network())
            .bind(write.now)
            .execute(&mut *write.tx)
            .await?;
        }
        write.commit().await?;
        Ok(free)
    }

    /// Writes the letter that fits: a link to choose another password; the invitation again for
    /// somebody who never chose one; why not, for whom no link may be sent. Takes longer for an
    /// account that exists, so pages answer before it.
    pub async fn post_password_reset(&self, login: &str) -> Result<(), Error> {
        let known: Option<(String, Option<i64>, Option<String>)> =
            sqlx::query_as("SELECT id, suspended_at, password_hash FROM accounts WHERE login = $1")
                .bind(normal_login(login))
                .fetch_optional(&self.pool)
                .await?;
        let Some((account, suspended_at, password_hash)) = known else {
            let entry = Entry::by("anonymous", "password.forgotten", "unknown");
            return self.record(&[entry]).await;
        };
        let membership = self.list_memberships(&account).await?.into_iter().next();
        let open = membership.filter(|_| suspended_at.is_none());
        let mut write = self.write().await?;
        let withdrawn = write.invitation_was_withdrawn(&account).await?;
        match open {
            Some(_) if password_hash.is_some() => {
                write.post_link(&account, Purpose::Reset, "").await?;
            }
            Some(membership) if !withdrawn => {
                let name = membership.collectivite_name.as_str();
                write.post_link(&account, Purpose::Activation, name).await?;
            }
            _ => {
                write.post(&account, closed()).await?;
            }
        }
        write
            .record(&Entry::by("anonymous", "password.forgotten", &account))
            .await?;
        write.commit().await
    }
}

impl crate::store::Write<'_> {
    /// Whether the last invitation was ended by a référent, and not by a newer one.
    async fn invitation_was_withdrawn(&mut self, account: &str) -> Result<bool, Error> {
        let last: Option<Option<i64>> = sqlx::query_scalar(
            "SELECT revoked_at FROM links WHERE account = $1 AND purpose = 'activation' ORDER BY id DESC LIMIT 1",
        )
        .bind(account)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(last.flatten().is_some())
    }
}

fn closed() -> Letter {
    Letter::Notice {
        subject: "Votre compte n’est pas ouvert".to_owned(),
        paragraphs: vec![
            "Un nouveau mot de passe a été demandé pour votre compte Convergences. Ce compte est suspendu, ou n’est plus rattaché à une collectivité\u{a0}: aucun mot de passe ne peut être choisi pour le moment.".to_owned(),
            "Pour le rouvrir, contactez un référent de votre collectivité. Si vous n’avez rien demandé, vous pouvez ignorer ce message.".to_owned(),
        ],
        path: None,
    }
}
