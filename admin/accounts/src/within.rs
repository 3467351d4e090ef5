//! A collectivité from within: what its référents may read and write. Every query here and in the
//! files that add to [`Within`] is bound to the collectivité of a [`Purview`], which only Cedar's
//! permit gives: another collectivité's people do not exist for it.

use crate::changes::Change;
use crate::error::Error;
use crate::idempotency::Once;
use crate::journal::Entry;
use crate::outbox::Letter;
use crate::store::{Store, Write};
use policies::{CollectiviteId, Member, MembershipId, Purview, Role};
use std::sync::Arc;

/// One collectivité, for somebody who manages it.
#[derive(Clone, Copy, Debug)]
pub struct Within<'a> {
    pub(crate) store: &'a Store,
    purview: &'a Purview,
    /// The account that the journal names.
    pub(crate) by: &'a str,
    /// What writes are to be done once for.
    once: Option<&'a Once>,
}

/// True of a membership that is open at a moment; the same words in every query.
macro_rules! is_open {
    ($now:literal) => {
        concat!(
            "m.accepted_at IS NOT NULL AND m.deleted_at IS NULL",
            " AND (m.suspended_at IS NULL OR m.suspended_at > ",
            $now,
            ") AND (m.left_at IS NULL OR m.left_at > ",
            $now,
            ")"
        )
    };
}
/// True of a membership (`m`, with its account `a`) of a référent who can work at a moment: activated,
/// open, and within the mandate.
macro_rules! is_referent {
    ($now:literal) => {
        concat!(
            "m.role = 'referent' AND a.password_hash IS NOT NULL AND a.suspended_at IS NULL",
            " AND (m.referent_from IS NULL OR m.referent_from <= ",
            $now,
            ") AND (m.referent_until IS NULL OR m.referent_until > ",
            $now,
            ") AND ",
            crate::within::is_open!($now)
        )
    };
}
pub(crate) use is_open;
pub(crate) use is_referent;

impl Store {
    /// The collectivité of a purview; `by` is the account that acts.
    pub fn within<'a>(&'a self, purview: &'a Purview, by: &'a str) -> Within<'a> {
        Within {
            store: self,
            purview,
            by,
            once: None,
        }
    }
}

impl<'a> Within<'a> {
    /// The same, for a request whose write is done once.
    #[must_use]
    pub fn once(self, once: Option<&'a Once>) -> Self {
        Self { once, ..self }
    }

    /// The write of an act.
    ///
    /// # Errors
    /// [`Error::Repeated`] when it was done before.
    pub(crate) async fn write(&self) -> Result<Write<'a>, Error> {
        self.store.write_once(self.once).await
    }
}

impl Within<'_> {
    pub(crate) fn collectivite(&self) -> &CollectiviteId {
        self.purview.collectivite()
    }

    pub(crate) fn by_membership(&self) -> &MembershipId {
        self.purview.by()
    }

    pub(crate) fn id(&self) -> &str {
        self.collectivite().as_str()
    }

    /// An entry for the journal of this collectivité.
    pub(crate) fn entry(&self, act: &str, object: &str) -> Entry {
        Entry::by(self.by, act, object).within(self.collectivite())
    }

    /// The member that decisions about a membership of this collectivité are made for.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for one of another collectivité.
    pub async fn member(&self, id: &MembershipId) -> Result<Arc<Member>, Error> {
        let member = self.store.member(id).await?;
        if member.collectivite == *self.collectivite() {
            Ok(member)
        } else {
            Err(Error::not_found("membership", id.as_str()))
        }
    }

    /// Tells nodes that a membership has changed; its collectivité too when it is a référent's.
    pub(crate) async fn changed(
        &self,
        write: &mut Write<'_>,
        membership: &MembershipId,
        role: Role,
    ) -> Result<(), Error> {
        write
            .change(&Change::Membership(membership.clone()))
            .await?;
        if role == Role::Referent {
            write
                .change(&Change::Collectivite(self.collectivite().clone()))
                .await?;
        }
        Ok(())
    }

    /// Refuses to leave the collectivité without a référent who stays.
    pub(crate) async fn keep_a_referent(
        &self,
        write: &mut Write<'_>,
        leaving: &MembershipId,
    ) -> Result<(), Error> {
        if write.count_other_referents(self.id(), leaving).await? == 0 {
            return Err(Error::LastReferent(self.id().to_owned()));
        }
        Ok(())
    }

    /// Why an update that named a version touched nothing: it is not there, or no longer that one.
    pub(crate) async fn stale_or_missing(
        &self,
        write: &mut Write<'_>,
        membership: &MembershipId,
    ) -> Result<Error, Error> {
        let there = sqlx::query("SELECT 1 FROM memberships WHERE id = $1 AND collectivite = $2")
            .bind(membership.as_str())
            .bind(self.id())
            .fetch_optional(&mut *write.tx)
            .await?;
        let (what, id) = ("membership", membership.as_str());
        Ok(match there {
            Some(_) => Error::Stale {
                what,
                id: id.to_owned(),
            },
            None => Error::not_found(what, id),
        })
    }
}

impl Write<'_> {
    /// Référents who can work now and are not known to go; one whose mandate ends some day stays
    /// until then.
    pub(crate) async fn count_other_referents(
        &mut self,
        collectivite: &str,
        than: &MembershipId,
    ) -> Result<i64, Error> {
        let others = sqlx::query_scalar(concat!(
            "SELECT COUNT(*) FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND m.id <> $2 AND m.suspended_at IS NULL AND m.left_at IS NULL
               AND a.password_hash IS NOT NULL AND ",
            is_referent!("$3")
        ))
        .bind(collectivite)
        .bind(than.as_str())
        .bind(self.now)
        .fetch_one(&mut *self.tx);
        Ok(others.await?)
    }

    /// Writes to the référents of a collectivité who can work now, and tells how many they are.
    pub(crate) async fn tell_referents(
        &mut self,
        collectivite: &str,
        letter: &Letter,
    ) -> Result<usize, Error> {
        let accounts: Vec<String> = sqlx::query_scalar(concat!(
            "SELECT m.account FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND a.password_hash IS NOT NULL AND ",
            is_referent!("$2")
        ))
        .bind(collectivite)
        .bind(self.now)
        .fetch_all(&mut *self.tx)
        .await?;
        for account in &accounts {
            self.post(account, letter.clone()).await?;
        }
        Ok(accounts.len())
    }
}
