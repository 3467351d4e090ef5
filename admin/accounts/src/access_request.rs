//! Access requests: what somebody who was refused asks their référents for, and the answer.

use crate::changes::Change;
use crate::day::day;
use crate::error::Error;
use crate::journal::Entry;
use crate::membership::level;
use crate::outbox::Letter;
use crate::rights::DirectRight;
use crate::store::{Store, Write};
use crate::within::{Within, is_referent};
use policies::{Attribution, CollectiviteId, Level, Member, MembershipId, Role, ServiceId};
use uuid::Uuid;

/// An open request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccessRequest {
    /// Its id.
    pub id: String,
    /// Who asks.
    pub membership: MembershipId,
    /// « Amina Benali ».
    pub name: String,
    /// For what.
    pub service: ServiceId,
    /// How far.
    pub level: Level,
    /// Why, in their words.
    pub message: String,
    /// When, Unix seconds.
    pub created_at: i64,
}

/// Id, membership, name, service, level, message, time.
pub(crate) type Row = (String, String, String, String, String, String, i64);

pub(crate) fn read(row: Row) -> Result<AccessRequest, Error> {
    let (id, membership, name, service, text, message, created_at) = row;
    Ok(AccessRequest {
        id,
        membership: membership.into(),
        name,
        service: service.into(),
        level: level(&text)?,
        message,
        created_at,
    })
}

/// Whether a granted right may take the place of another one that the member has on the service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replacement {
    /// Whoever answers has seen what would be lost.
    Seen,
    /// Nothing is to be lost.
    Refused,
}

/// The answer to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RequestAnswer {
    /// The right, until then (Unix seconds; no end when none).
    Grant(Option<i64>),
    /// No, and why.
    Decline(String),
}

impl Store {
    /// Asks for a service on behalf of the member itself, and tells the référents. Somebody who asks
    /// again for the same before an answer came changes nothing.
    pub async fn request_access(
        &self,
        by: &str,
        member: &Member,
        service: (&ServiceId, &str),
        level: Level,
        message: &str,
    ) -> Result<(), Error> {
        let mut write = self.write().await?;
        let open = sqlx::query(
            "SELECT 1 FROM access_requests WHERE membership = $1 AND service = $2 AND decided_at IS NULL",
        )
        .bind(member.id.as_str())
        .bind(service.0.as_str())
        .fetch_optional(&mut *write.tx)
        .await?;
        if open.is_some() {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO access_requests (id, membership, service, level, message, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(member.id.as_str())
        .bind(service.0.as_str())
        .bind(level.as_str())
        .bind(message)
        .bind(write.now)
        .execute(&mut *write.tx)
        .await?;
        write.tell_of_request(member, service.1).await?;
        let entry = Entry::by(by, "request.add", member.id.as_str());
        write
            .record(
                &entry
                    .within(&member.collectivite)
                    .detail(service.0.as_str()),
            )
            .await?;
        write.commit().await
    }

    /// The services that a member has asked for and waits to be answered on.
    pub async fn list_requested(&self, member: &MembershipId) -> Result<Vec<ServiceId>, Error> {
        let services: Vec<String> = sqlx::query_scalar(
            "SELECT service FROM access_requests WHERE membership = $1 AND decided_at IS NULL",
        )
        .bind(member.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(services.into_iter().map(ServiceId::from).collect())
    }
}

impl Within<'_> {
    /// The open requests, the oldest first.
    pub async fn list_requests(&self) -> Result<Vec<AccessRequest>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT r.id, r.membership, m.given_name || ' ' || m.family_name, r.service, r.level, r.message, r.created_at
             FROM access_requests r JOIN memberships m ON m.id = r.membership
             WHERE m.collectivite = $1 AND r.decided_at IS NULL AND m.deleted_at IS NULL ORDER BY r.created_at, r.id",
        )
        .bind(self.id())
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(read).collect()
    }

    /// Answers a request, once, and tells the person. A granted right is the member's own one.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not here, or was answered; [`Error::Full`];
    /// [`Error::WouldReplace`].
    pub async fn answer_request(
        &self,
        leave: &Attribution,
        request: &AccessRequest,
        service_name: &str,
        (answer, replacement): (&RequestAnswer, Replacement),
    ) -> Result<(), Error> {
        if leave.membership() != &request.membership {
            return Err(Error::not_found("request", &request.id));
        }
        let mut write = self.write().await?;
        let within = self.collectivite();
        write
            .answer_request(
                within,
                self.by,
                (request, service_name),
                (answer, replacement),
            )
            .await?;
        write.commit().await
    }
}

impl Write<'_> {
    /// Answers a request of somebody in a collectivité, and tells the person.
    pub(crate) async fn answer_request(
        &mut self,
        within: &CollectiviteId,
        by: &str,
        (request, service_name): (&AccessRequest, &str),
        (answer, replacement): (&RequestAnswer, Replacement),
    ) -> Result<(), Error> {
        let before = self.occupancy(within.as_str()).await?;
        let (decision, act, reason) = match answer {
            RequestAnswer::Grant(_) => ("granted", "request.grant", ""),
            RequestAnswer::Decline(reason) => ("declined", "request.decline", reason.as_str()),
        };
        let account: Option<String> = sqlx::query_scalar(
            "UPDATE access_requests SET decided_at = $1, decision = $2, answer = $3
             WHERE id = $4 AND membership = $5 AND decided_at IS NULL
             RETURNING (SELECT m.account FROM memberships m WHERE m.id = membership AND m.collectivite = $6)",
        )
        .bind(self.now)
        .bind(decision)
        .bind(reason)
        .bind(&request.id)
        .bind(request.membership.as_str())
        .bind(within.as_str())
        .fetch_optional(&mut *self.tx)
        .await?
        .flatten();
        let account = account.ok_or_else(|| Error::not_found("request", &request.id))?;
        if let RequestAnswer::Grant(ends_at) = answer {
            self.grant_request(request, *ends_at, replacement).await?;
            let change = Change::Membership(request.membership.clone());
            self.change(&change).await?;
        }
        self.post(&account, told(service_name, answer)).await?;
        let entry = Entry::by(by, act, request.membership.as_str());
        self.record(&entry.within(within).detail(request.service.as_str()))
            .await?;
        self.hold_seats(within.as_str(), &before).await
    }

    /// Writes to whoever can answer: the other référents, or those above where there are none.
    async fn tell_of_request(&mut self, member: &Member, service: &str) -> Result<(), Error> {
        let referents: Vec<String> = sqlx::query_scalar(concat!(
            "SELECT m.account FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND m.id <> $3 AND ",
            is_referent!("$2")
        ))
        .bind(member.collectivite.as_str())
        .bind(self.now)
        .bind(member.id.as_str())
        .fetch_all(&mut *self.tx)
        .await?;
        let (who, text, path) = if referents.is_empty() && member.role == Role::Referent {
            (
                self.overseers(&member.collectivite).await?,
                "Le seul référent d’une collectivité demande un accès pour lui-même. Personne ne répond à sa propre demande\u{a0}: c’est à vous de l’accepter ou de la refuser.",
                "/cig/demandes",
            )
        } else {
            (
                referents,
                "Un agent de votre collectivité demande un accès. Vous pouvez l’accepter ou la refuser en deux clics.",
                "/referent/demandes",
            )
        };
        for account in who {
            let letter = Letter::Notice {
                subject: format!("Une demande d’accès à {service} vous attend"),
                paragraphs: vec![text.to_owned()],
                path: Some(path.to_owned()),
            };
            self.post(&account, letter).await?;
        }
        Ok(())
    }

    /// Gives what was asked for; a higher right that the member has meanwhile stays.
    async fn grant_request(
        &mut self,
        request: &AccessRequest,
        ends_at: Option<i64>,
        replacement: Replacement,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE memberships SET version = version + 1 WHERE id = $1")
            .bind(request.membership.as_str())
            .execute(&mut *self.tx)
            .await?;
        let higher: Option<String> = sqlx::query_scalar(
            "SELECT level FROM grants WHERE membership = $1 AND service = $2 AND revoked_at IS NULL AND level <> 'lecture'
               AND (ends_at IS NULL OR ends_at > $3)",
        )
        .bind(request.membership.as_str())
        .bind(request.service.as_str())
        .bind(self.now)
        .fetch_optional(&mut *self.tx)
        .await?;
        if higher.is_some() && request.level == Level::Lecture {
            return Ok(());
        }
        let other = higher.filter(|level| level != request.level.as_str());
        if other.is_some() && replacement == Replacement::Refused {
            return Err(Error::WouldReplace(request.service.to_string()));
        }
        let right = DirectRight {
            service: request.service.clone(),
            level: Some(request.level.clone()),
            ends_at,
        };
        self.replace_grant(&request.membership, &right).await
    }
}

/// What the person is told.
fn told(service_name: &str, answer: &RequestAnswer) -> Letter {
    let text = match answer {
        RequestAnswer::Grant(None) => {
            "Votre demande est acceptée. L’accès est ouvert dès maintenant.".to_owned()
        }
        RequestAnswer::Grant(Some(ends_at)) => format!(
            "Votre demande est acceptée. L’accès est ouvert dès maintenant, jusqu’au {} inclus.",
            day(ends_at - 1)
        ),
        RequestAnswer::Decline(reason) => {
            format!("Votre demande n’est pas acceptée. Motif donné\u{a0}: {reason}")
        }
    };
    Letter::Notice {
        subject: format!("Votre demande d’accès à {service_name}"),
        paragraphs: vec![text],
        path: Some("/".to_owned()),
    }
}
