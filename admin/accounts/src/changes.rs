//! The numbered list of what changed: each node reads on from the number it has seen.

use crate::error::Error;
use crate::store::Store;
use policies::{CollectiviteId, MembershipId, ServiceId};
use sqlx::{Any, Row as _, Transaction};

/// Something that nodes hold in memory and must read again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// A session and its children have ended, or stand for another membership.
    Session(String),
    /// An account was suspended, restored, renamed …
    Account(String),
    /// A membership's role, groups, grants or state.
    Membership(MembershipId),
    /// A collectivité's rules, services, name or référents.
    Collectivite(CollectiviteId),
    /// A legacy credential.
    Credential(MembershipId, ServiceId),
    /// The guardrails that the CIG wrote.
    Guardrails,
    /// The signing keys.
    Keys,
    /// Something that a newer node wrote and this one cannot read: everything.
    Everything,
}

impl Change {
    fn parts(&self) -> (&'static str, String) {
        match self {
            Self::Session(id) => ("session", id.clone()),
            Self::Account(id) => ("account", id.clone()),
            Self::Membership(id) => ("membership", id.to_string()),
            Self::Collectivite(id) => ("collectivite", id.to_string()),
            Self::Credential(membership, service) => {
                ("credential", format!("{membership} {service}"))
            }
            Self::Guardrails => ("guardrails", String::new()),
            Self::Keys => ("keys", String::new()),
            Self::Everything => ("everything", String::new()),
        }
    }

    fn read(kind: &str, subject: String) -> Self {
        match kind {
            "session" => Self::Session(subject),
            "account" => Self::Account(subject),
            "membership" => Self::Membership(subject.into()),
            "collectivite" => Self::Collectivite(subject.into()),
            "credential" => subject
                .split_once(' ')
                .map_or(Self::Everything, |(membership, service)| {
                    Self::Credential(membership.into(), service.into())
                }),
            "guardrails" => Self::Guardrails,
            "keys" => Self::Keys,
            _ => Self::Everything,
        }
    }
}

pub(crate) async fn add(
    tx: &mut Transaction<'static, Any>,
    seq: i64,
    change: &Change,
    now: i64,
) -> Result<(), Error> {
    let (kind, subject) = change.parts();
    sqlx::query("INSERT INTO changes (seq, kind, subject, at) VALUES ($1, $2, $3, $4)")
        .bind(seq)
        .bind(kind)
        .bind(subject)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Store {
    /// The number of the last change.
    pub(crate) async fn last_change(&self) -> Result<i64, Error> {
        let value = sqlx::query_scalar("SELECT value FROM counters WHERE name = 'changes'");
        Ok(value.fetch_one(&self.pool).await?)
    }

    /// What changed since `seq`, in order, each with its number.
    pub(crate) async fn changes_since(&self, seq: i64) -> Result<Vec<(i64, Change)>, Error> {
        let rows = sqlx::query(
            "SELECT seq, kind, subject FROM changes WHERE seq > $1 ORDER BY seq LIMIT 1000",
        )
        .bind(seq)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.try_get("seq")?,
                    Change::read(row.try_get("kind")?, row.try_get("subject")?),
                ))
            })
            .collect()
    }
}
