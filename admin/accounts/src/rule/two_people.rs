//! Two people for a change of rules, where a collectivité wants it so: one prepares it, another one
//! makes it. It takes two to end that, too.

use crate::error::Error;
use crate::mandate::notice;
use crate::outbox::Letter;
use crate::over::Over;
use crate::store::{Store, Write};
use crate::within::Within;
use policies::CollectiviteId;
use sqlx::Row as _;

/// Whether two people are needed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TwoPeople {
    /// Since when, Unix seconds; none where one is enough.
    pub since: Option<i64>,
    /// Who asked to end it: the account, and the name while they are here.
    pub ending: Option<(String, Option<String>)>,
}

/// What came of a request that takes two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ByTwo {
    /// It is done.
    Done,
    /// It waits for another person.
    Asked,
}

impl Within<'_> {
    /// Whether this collectivité needs two people for a change of its rules.
    pub async fn two_people(&self) -> Result<TwoPeople, Error> {
        let row = sqlx::query(
            "SELECT c.rules_by_two, c.rules_by_two_end,
                (SELECT m.given_name || ' ' || m.family_name FROM memberships m
                 WHERE m.account = c.rules_by_two_end AND m.collectivite = c.id) AS name
             FROM collectivites c WHERE c.id = $1",
        )
        .bind(self.id())
        .fetch_one(&self.store.pool)
        .await?;
        let ending: String = row.try_get("rules_by_two_end")?;
        let name = row.try_get("name")?;
        Ok(TwoPeople {
            since: row.try_get("rules_by_two")?,
            ending: (!ending.is_empty()).then_some((ending, name)),
        })
    }

    /// From now on two people are needed.
    ///
    /// # Errors
    /// [`Error::LastReferent`] for who has nobody to work with, [`Error::Stale`] when it is so already.
    pub async fn need_two_people(&self) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.keep_a_referent(&mut write, self.by_membership())
            .await?;
        let set = "UPDATE collectivites SET rules_by_two = $1, rules_by_two_end = ''
                   WHERE id = $2 AND rules_by_two IS NULL";
        let set = sqlx::query(set).bind(write.now).bind(self.id());
        if set.execute(&mut *write.tx).await?.rows_affected() == 0 {
            return Err(self.other_than_seen());
        }
        write
            .record(&self.entry("rule.two-people", self.id()))
            .await?;
        write.commit().await
    }

    /// One is enough from now on, once a second person has asked for it.
    ///
    /// # Errors
    /// [`Error::SamePerson`] for who asked before, [`Error::Stale`] where one is enough.
    pub async fn end_two_people(&self) -> Result<ByTwo, Error> {
        let mut write = self.write().await?;
        let asked: Option<String> = sqlx::query_scalar(
            "UPDATE collectivites SET rules_by_two_end = CASE rules_by_two_end WHEN '' THEN $1 ELSE rules_by_two_end END
             WHERE id = $2 AND rules_by_two IS NOT NULL AND rules_by_two_end <> $1 RETURNING rules_by_two_end",
        )
        .bind(self.by)
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some(asked) = asked else {
            let needed = write.needs_two_people(self.collectivite()).await?;
            return Err(if needed {
                Error::SamePerson
            } else {
                self.other_than_seen()
            });
        };
        let (came, act) = if asked == self.by {
            (ByTwo::Asked, "rule.two-people-ask-end")
        } else {
            write.end_two_people(self.collectivite()).await?;
            (ByTwo::Done, "rule.two-people-end")
        };
        write.record(&self.entry(act, self.id())).await?;
        write.commit().await?;
        Ok(came)
    }

    /// Takes back what somebody asked for: two people stay needed.
    ///
    /// # Errors
    /// [`Error::Stale`] when nobody asks.
    pub async fn keep_two_people(&self) -> Result<(), Error> {
        let mut write = self.write().await?;
        let kept = "UPDATE collectivites SET rules_by_two_end = '' WHERE id = $1 AND rules_by_two_end <> ''";
        let kept = sqlx::query(kept).bind(self.id());
        if kept.execute(&mut *write.tx).await?.rows_affected() == 0 {
            return Err(self.other_than_seen());
        }
        write
            .record(&self.entry("rule.two-people-keep", self.id()))
            .await?;
        write.commit().await
    }

    fn other_than_seen(&self) -> Error {
        super::stale(self.id())
    }
}

impl Over<'_> {
    /// Whether it needs two people for a change of its rules.
    pub async fn needs_two_people(&self) -> Result<bool, Error> {
        let collectivite = self.supervision.collectivite();
        self.store.needs_two_people(collectivite).await
    }

    /// One person is enough from now on: for a collectivité that has no second référent any more.
    ///
    /// # Errors
    /// [`Error::Stale`] where one is enough already, [`Error::SamePerson`] for who is a référent there.
    pub async fn end_two_people(&self) -> Result<(), Error> {
        let mut write = self.write().await?;
        let own = "SELECT COUNT(*) FROM memberships WHERE account = $1 AND collectivite = $2 AND role = 'referent'";
        let own = sqlx::query_scalar::<_, i64>(own)
            .bind(self.by)
            .bind(self.id());
        if own.fetch_one(&mut *write.tx).await? > 0 {
            return Err(Error::SamePerson);
        }
        if !write
            .end_two_people(self.supervision.collectivite())
            .await?
        {
            return Err(super::stale(self.id()));
        }
        write
            .record(&self.entry("rule.two-people-end", self.id()))
            .await?;
        write.tell_referents(self.id(), &lifted()).await?;
        write.commit().await
    }
}

/// The same of rules that an operator changed.
pub(super) fn passed(reason: &str) -> Letter {
    notice(
        "Règles d’accès changées sans deux référents",
        &format!(
            "Un exploitant du service a changé des règles d’accès de votre collectivité sans qu’un deuxième référent se prononce. Motif : « {reason} ». Si personne chez vous ne l’a demandé, prévenez le centre de gestion qui suit votre collectivité. L’historique des règles dit ce qui a changé."
        ),
        Some("/referent/regles".to_owned()),
    )
}

/// Nobody there took part in it: they are told, so that they can object.
fn lifted() -> Letter {
    notice(
        "Règles d’accès : un seul référent suffit désormais",
        "Le centre de gestion qui suit votre collectivité a mis fin à l’obligation d’être deux référents pour changer une règle d’accès. Si personne chez vous ne l’a demandé, prévenez-le, et exigez de nouveau deux référents depuis la page des règles.",
        Some("/referent/regles".to_owned()),
    )
}

impl Store {
    /// Whether a collectivité needs two people for a change of its rules.
    pub async fn needs_two_people(&self, collectivite: &CollectiviteId) -> Result<bool, Error> {
        let since = sqlx::query_scalar::<_, Option<i64>>(NEEDED).bind(collectivite.as_str());
        Ok(since.fetch_one(&self.pool).await?.is_some())
    }
}

const NEEDED: &str = "SELECT rules_by_two FROM collectivites WHERE id = $1";

impl Write<'_> {
    /// Whether two people are needed for a change of rules.
    pub(super) async fn needs_two_people(
        &mut self,
        collectivite: &CollectiviteId,
    ) -> Result<bool, Error> {
        let since = sqlx::query_scalar::<_, Option<i64>>(NEEDED).bind(collectivite.as_str());
        Ok(since.fetch_one(&mut *self.tx).await?.is_some())
    }

    async fn end_two_people(&mut self, collectivite: &CollectiviteId) -> Result<bool, Error> {
        let ended = sqlx::query(
            "UPDATE collectivites SET rules_by_two = NULL, rules_by_two_end = ''
             WHERE id = $1 AND rules_by_two IS NOT NULL",
        );
        let ended = ended.bind(collectivite.as_str()).execute(&mut *self.tx);
        let ended = ended.await?.rows_affected() > 0;
        // What one person asked for then is nothing that another one would only have to repeat later.
        let asks = "UPDATE rules SET withdrawn_by = '', withdrawal_reason = ''
                    WHERE collectivite = $1 AND withdrawn_at IS NULL AND withdrawn_by <> ''";
        let asks = sqlx::query(asks).bind(collectivite.as_str());
        asks.execute(&mut *self.tx).await?;
        Ok(ended)
    }

    /// Notes that somebody asks for the end of a rule in force. Gives why another one asked before, if one
    /// did.
    pub(super) async fn ask_end(
        &mut self,
        collectivite: &CollectiviteId,
        id: &str,
        (reason, by): (&str, &str),
    ) -> Result<Option<String>, Error> {
        let asked: Option<(String, String)> = sqlx::query_as(
            "UPDATE rules SET withdrawal_reason = CASE withdrawn_by WHEN '' THEN $1 ELSE withdrawal_reason END,
                withdrawn_by = CASE withdrawn_by WHEN '' THEN $2 ELSE withdrawn_by END
             WHERE collectivite = $3 AND id = $4 AND withdrawn_at IS NULL
               AND version = (SELECT MAX(r.version) FROM rules r WHERE r.collectivite = $3 AND r.id = $4)
             RETURNING withdrawn_by, withdrawal_reason",
        )
        .bind(reason)
        .bind(by)
        .bind(collectivite.as_str())
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await?;
        let (first, reason) = asked.ok_or_else(|| super::stale(id))?;
        Ok((first != by).then_some(reason))
    }
}
