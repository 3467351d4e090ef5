//! A person at the portal, as long as a session of theirs is in memory: who they are, what was
//! decided for them, when they were last seen.

use crate::connection::Connections;
use crate::journaling::Journaled;
use accounts::{Account, Change, SessionLimits, SessionRecord};
use http::HeaderValue;
use parking_lot::Mutex;
use policies::{Decisions, Member, Role, ServiceId};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A person at the portal, shared by the sessions on every host.
#[derive(Debug)]
pub(crate) struct Person {
    /// The portal session.
    pub(crate) root: String,
    pub(crate) account: Account,
    pub(crate) member: Arc<Member>,
    pub(crate) collectivite_name: String,
    /// Whether they showed a second factor at the portal.
    pub(crate) second_factor: bool,
    /// Whether this is a key that only asks who has access to what.
    pub(crate) asks_only: bool,
    /// What they are in any collectivité.
    pub(crate) roles: Vec<Role>,
    pub(crate) decisions: Decisions,
    /// Assertions signed for them lately.
    pub(crate) assertions: Mutex<Vec<Assertion>>,
    /// What the journal has of them lately.
    pub(crate) journaled: Mutex<Journaled>,
    pub(crate) connections: Connections,
    logged_in_at: i64,
    /// When it ends, for a key.
    expires_at: Option<i64>,
    fresh_until: i64,
    seen_at: AtomicI64,
    /// What `seen_at` the store knows of.
    stored_at: AtomicI64,
}

/// A signed assertion, to be sent again until it is too old.
pub(crate) struct Assertion {
    pub(crate) service: ServiceId,
    /// The address it tells of.
    pub(crate) address: Option<IpAddr>,
    /// Unix seconds.
    pub(crate) until: i64,
    pub(crate) value: HeaderValue,
}

impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assertion")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl Person {
    pub(crate) fn new(record: SessionRecord, now: i64) -> Self {
        Self {
            root: record.root,
            account: record.account,
            member: record.member,
            collectivite_name: record.collectivite_name,
            second_factor: record.second_factor_at.is_some(),
            asks_only: record.asks_only,
            roles: record.roles,
            decisions: Decisions::default(),
            assertions: Mutex::default(),
            journaled: Mutex::default(),
            connections: Connections::default(),
            logged_in_at: record.logged_in_at,
            expires_at: record.expires_at,
            fresh_until: record.fresh_until,
            seen_at: AtomicI64::new(now),
            stored_at: AtomicI64::new(record.seen_at),
        }
    }

    /// Whether their session is within its limits.
    pub(crate) fn is_alive(&self, now: i64, limits: SessionLimits) -> bool {
        if let Some(end) = self.expires_at {
            return now < end;
        }
        let idle = self
            .seen_at
            .load(Ordering::Relaxed)
            .saturating_add(seconds(limits.idle));
        now < self.logged_in_at.saturating_add(seconds(limits.absolute)) && now < idle
    }

    /// Whether this is a key of the API, and no browser.
    pub(crate) fn is_key(&self) -> bool {
        self.expires_at.is_some()
    }

    /// Whether the store still says of them what is remembered.
    pub(crate) fn is_as(&self, record: &SessionRecord) -> bool {
        self.member == record.member
            && self.roles == record.roles
            && self.second_factor == record.second_factor_at.is_some()
    }

    /// Whether a change may make them another person, or nobody. What rules say is asked anew anyway.
    pub(crate) fn is_touched_by(&self, change: &Change) -> bool {
        match change {
            Change::Session(root) => self.root == *root,
            Change::Account(id) => self.account.id == *id,
            Change::Membership(id) => self.member.id == *id,
            Change::Everything => true,
            Change::Collectivite(_)
            | Change::Credential(..)
            | Change::Guardrails
            | Change::Keys => false,
        }
    }

    /// Whether what they were granted is still what it was.
    pub(crate) fn is_fresh(&self, now: i64) -> bool {
        now < self.fresh_until
    }

    /// They are here.
    pub(crate) fn touch(&self, now: i64) {
        self.seen_at.fetch_max(now, Ordering::Relaxed);
    }

    /// When they were last seen, if the store is to be told.
    pub(crate) fn take_unsaved(&self) -> Option<i64> {
        let seen = self.seen_at.load(Ordering::Relaxed);
        (self.stored_at.swap(seen, Ordering::Relaxed) < seen).then_some(seen)
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
