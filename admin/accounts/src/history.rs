//! What people and collectivités were at any past moment. A version of each is kept whenever it changes,
//! by the transaction that changes it: nodes are told of the same things.

mod keep;
mod state;

pub(crate) use keep::Touched;
use state::MemberState;

use crate::error::Error;
use crate::store::Store;
use crate::within::Within;
use policies::{CollectiviteId, Member, MembershipId, Rule, ServiceId, Tenant};
use sqlx::Row as _;

/// A collectivité as it was at a moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Past {
    /// Unix seconds.
    pub at: i64,
    /// What the CIG had opened to it; none before anything is known.
    pub tenant: Option<Tenant>,
    /// Its people who are still known, in the order of their names of today.
    pub people: Vec<PastMember>,
    /// How many were there already, and nothing is known of them then.
    pub unknown: i64,
    /// The rules that were in force.
    pub rules: Vec<Rule>,
    /// The guardrails that were in force.
    pub guardrails: Vec<Rule>,
}

/// Somebody as they were.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastMember {
    /// Their name of today.
    pub name: String,
    /// Their rights, groups and state of then.
    pub member: Member,
}

impl Within<'_> {
    /// The collectivité at a moment; `only` one person, or everybody.
    pub async fn past(&self, at: i64, only: Option<&MembershipId>) -> Result<Past, Error> {
        self.store.past(self.collectivite(), at, only).await
    }
}

impl Store {
    /// A collectivité at a moment; `only` one person, or everybody.
    pub async fn past(
        &self,
        collectivite: &CollectiviteId,
        at: i64,
        only: Option<&MembershipId>,
    ) -> Result<Past, Error> {
        let when = (collectivite, at);
        Ok(Past {
            at,
            tenant: self.past_tenant(when).await?,
            people: self.past_people(when, only).await?,
            unknown: self.count_unknown(when).await?,
            rules: self.past_rules(when).await?,
            guardrails: self.past_guardrails(at).await?,
        })
    }

    async fn past_people(
        &self,
        (collectivite, at): (&CollectiviteId, i64),
        only: Option<&MembershipId>,
    ) -> Result<Vec<PastMember>, Error> {
        let rows = sqlx::query(
            "SELECT v.membership, v.state, m.given_name || ' ' || m.family_name AS name
             FROM memberships m JOIN member_versions v ON v.membership = m.id
             WHERE m.collectivite = $1 AND ($3 = '' OR m.id = $3) AND v.from_at =
                (SELECT MAX(n.from_at) FROM member_versions n WHERE n.membership = m.id AND n.from_at <= $2)
             ORDER BY m.sort_key, m.id",
        )
        .bind(collectivite.as_str())
        .bind(at)
        .bind(only.map_or("", MembershipId::as_str))
        .fetch_all(&self.pool)
        .await?;
        let people = rows.iter().map(|row| {
            let (id, state): (String, String) = (row.try_get("membership")?, row.try_get("state")?);
            let state = MemberState::read(&state)?;
            Ok(PastMember {
                name: row.try_get("name")?,
                member: state.at(&id, collectivite, at),
            })
        });
        people.collect()
    }

    async fn count_unknown(
        &self,
        (collectivite, at): (&CollectiviteId, i64),
    ) -> Result<i64, Error> {
        let count = sqlx::query_scalar(
            "SELECT COUNT(*) FROM memberships m WHERE m.collectivite = $1 AND m.created_at <= $2
               AND NOT EXISTS (SELECT 1 FROM member_versions v WHERE v.membership = m.id AND v.from_at <= $2)",
        );
        let count = count.bind(collectivite.as_str()).bind(at);
        Ok(count.fetch_one(&self.pool).await?)
    }

    async fn past_tenant(
        &self,
        (collectivite, at): (&CollectiviteId, i64),
    ) -> Result<Option<Tenant>, Error> {
        let row: Option<(i64, String, Option<String>)> = sqlx::query_as(
            "SELECT v.active, v.services, c.cdg FROM collectivite_versions v JOIN collectivites c ON c.id = v.collectivite
             WHERE v.collectivite = $1 AND v.from_at <= $2 ORDER BY v.from_at DESC LIMIT 1",
        )
        .bind(collectivite.as_str())
        .bind(at)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(active, services, cdg)| Tenant {
            id: collectivite.clone(),
            active: active != 0,
            services: services.split_whitespace().map(ServiceId::from).collect(),
            cdg: cdg.map(|cdg| CollectiviteId::from(cdg.as_str())),
        }))
    }

    async fn past_rules(
        &self,
        (collectivite, at): (&CollectiviteId, i64),
    ) -> Result<Vec<Rule>, Error> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, text FROM rules r WHERE collectivite = $1 AND (withdrawn_at IS NULL OR withdrawn_at > $2)
               AND version = (SELECT MAX(n.version) FROM rules n
                              WHERE n.collectivite = $1 AND n.id = r.id AND n.created_at <= $2)
             ORDER BY id",
        )
        .bind(collectivite.as_str())
        .bind(at)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(rule).collect())
    }

    async fn past_guardrails(&self, at: i64) -> Result<Vec<Rule>, Error> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, text FROM guardrails g WHERE (withdrawn_at IS NULL OR withdrawn_at > $1)
               AND version = (SELECT MAX(n.version) FROM guardrails n WHERE n.id = g.id AND n.created_at <= $1)
             ORDER BY id",
        )
        .bind(at)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(rule).collect())
    }
}

fn rule((id, text): (String, String)) -> Rule {
    Rule { id, text }
}
