//! Support without log-in as somebody: those who follow a collectivité look at what one of its people
//! can open, send the invitation again, end the sessions. A reason is journaled, and the référents
//! are told.

use crate::account::normal_login;
use crate::changes::Change;
use crate::error::Error;
use crate::link::Purpose;
use crate::over::Over;
use crate::roll::Standing;
use crate::store::Write;
use crate::within::is_open;
use policies::{Member, MembershipId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Somebody who is helped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Helped {
    /// The membership.
    pub membership: MembershipId,
    /// « Amina Benali ».
    pub name: String,
    /// Mail address.
    pub login: String,
    /// Where they stand.
    pub standing: Standing,
    /// Their last log-in here, Unix seconds.
    pub last_login_at: Option<i64>,
    /// Until when their invitation serves, if one was sent and not used.
    pub invited_until: Option<i64>,
    /// What decisions are made for.
    pub member: Arc<Member>,
}

impl Over<'_> {
    /// Looks at somebody of this collectivité, for a reason.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for somebody of another collectivité.
    pub async fn look(&self, login: &str, reason: &str) -> Result<Helped, Error> {
        let mut write = self.write().await?;
        let membership = self.membership_of(&mut write, login).await?.0;
        write
            .record(&self.entry("support.look", &membership).detail(reason))
            .await?;
        let text = format!(
            "Pour aider une personne de votre collectivité, son centre de gestion a consulté ses accès, sans se connecter à sa place. Motif : {reason}."
        );
        self.tell(
            &mut write,
            "Assistance : des accès ont été consultés",
            &text,
        )
        .await?;
        write.commit().await?;
        self.helped(&membership.as_str().into()).await
    }

    async fn helped(&self, id: &MembershipId) -> Result<Helped, Error> {
        type Row = (String, String, String, Option<i64>, Option<i64>);
        let (name, login, standing, last_login_at, invited_until): Row = sqlx::query_as(concat!(
            "SELECT m.given_name || ' ' || m.family_name, a.login,
                CASE WHEN m.deleted_at IS NOT NULL THEN 'supprime' WHEN m.left_at <= $2 THEN 'parti'
                     WHEN m.suspended_at <= $2 OR a.suspended_at <= $2 THEN 'suspendu'
                     WHEN a.password_hash IS NULL OR NOT (", is_open!("$2"), ") THEN 'invite' ELSE 'actif' END,
                m.last_login_at,
                (SELECT MAX(l.expires_at) FROM links l WHERE l.account = m.account AND l.purpose = 'activation'
                   AND l.used_at IS NULL AND l.revoked_at IS NULL)
             FROM memberships m JOIN accounts a ON a.id = m.account WHERE m.id = $1 AND m.collectivite = $3"
        ))
        .bind(id.as_str())
        .bind(self.store.clock.now())
        .bind(self.id())
        .fetch_optional(&self.store.pool)
        .await?
        .ok_or_else(|| Error::not_found("membership", id.as_str()))?;
        Ok(Helped {
            membership: id.clone(),
            name,
            login,
            standing: Standing::parse(&standing).ok_or(Error::Unreadable(standing))?,
            last_login_at,
            invited_until,
            member: self.store.member(id).await?,
        })
    }

    /// Sends the invitation of somebody who has not answered again.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody who is not waited for.
    pub async fn invite_again(&self, login: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let (membership, account) = self.membership_of(&mut write, login).await?;
        let name: Option<String> = sqlx::query_scalar(
            "SELECT c.name FROM memberships m JOIN accounts a ON a.id = m.account JOIN collectivites c ON c.id = m.collectivite
             WHERE m.id = $1 AND m.deleted_at IS NULL AND m.accepted_at IS NOT NULL AND a.password_hash IS NULL",
        )
        .bind(&membership)
        .fetch_optional(&mut *write.tx)
        .await?;
        let name = name.ok_or_else(|| Error::not_found("invitation", &membership))?;
        write
            .post_link(&account, Purpose::Activation, &name)
            .await?;
        write
            .record(&self.entry("invitation.send", &membership))
            .await?;
        write.commit().await
    }

    /// Ends every session that stands for somebody's membership here.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn end_sessions(&self, login: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let (membership, _) = self.membership_of(&mut write, login).await?;
        let roots: Vec<String> = sqlx::query_scalar(
            "UPDATE sessions SET ended_at = $1 WHERE ended_at IS NULL
               AND root IN (SELECT r.id FROM sessions r WHERE r.membership = $2 AND r.ended_at IS NULL) RETURNING root",
        )
        .bind(write.now)
        .bind(&membership)
        .fetch_all(&mut *write.tx)
        .await?;
        for root in roots.into_iter().collect::<BTreeSet<_>>() {
            write.change(&Change::Session(root)).await?;
        }
        write
            .record(&self.entry("support.sessions", &membership))
            .await?;
        write.commit().await
    }

    /// Membership and account of an address here.
    pub(crate) async fn membership_of(
        &self,
        write: &mut Write<'_>,
        login: &str,
    ) -> Result<(String, String), Error> {
        sqlx::query_as(
            "SELECT m.id, m.account FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND a.login = $2",
        )
        .bind(self.id())
        .bind(normal_login(login))
        .fetch_optional(&mut *write.tx)
        .await?
        .ok_or_else(|| Error::not_found("membership", ""))
    }
}
