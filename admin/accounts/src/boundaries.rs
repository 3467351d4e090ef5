//! How a membership stands at a moment, and the next moment at which that is otherwise.

use crate::error::Error;
use crate::membership::role;
use policies::Role;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// How a membership stands at a moment.
pub(crate) struct State {
    /// Whether it opens nothing.
    pub(crate) closed: bool,
    pub(crate) role: Role,
}

/// The dates that decide it, Unix seconds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Times {
    accepted_at: Option<i64>,
    suspended_at: Option<i64>,
    left_at: Option<i64>,
    deleted_at: Option<i64>,
    referent_from: Option<i64>,
    referent_until: Option<i64>,
}

impl Times {
    /// Of a row of `memberships`.
    pub(crate) fn read(row: &AnyRow) -> Result<Self, Error> {
        Ok(Self {
            accepted_at: row.try_get("accepted_at")?,
            suspended_at: row.try_get("suspended_at")?,
            left_at: row.try_get("left_at")?,
            deleted_at: row.try_get("deleted_at")?,
            referent_from: row.try_get("referent_from")?,
            referent_until: row.try_get("referent_until")?,
        })
    }
}

impl State {
    pub(crate) fn read(row: &AnyRow, boundaries: &mut Boundaries) -> Result<Self, Error> {
        let role = role(row.try_get("role")?)?;
        Ok(Self::of(&Times::read(row)?, role, boundaries))
    }

    /// At the moment of `boundaries`; `role` is the one that was given.
    pub(crate) fn of(times: &Times, role: Role, boundaries: &mut Boundaries) -> Self {
        let closed = boundaries.has_come(times.suspended_at)
            | boundaries.has_come(times.left_at)
            | times.deleted_at.is_some()
            | times.accepted_at.is_none();
        let began = times.referent_from.is_none() | boundaries.has_come(times.referent_from);
        let mandated = began & !boundaries.has_come(times.referent_until);
        let role = match role {
            Role::Referent if !mandated => Role::Agent,
            role => role,
        };
        Self { closed, role }
    }
}

/// Moments at which something starts or ends: the next one is when a member must be read again.
pub(crate) struct Boundaries {
    now: i64,
    pub(crate) next: i64,
}

impl Boundaries {
    pub(crate) fn at(now: i64) -> Self {
        Self {
            now,
            next: i64::MAX,
        }
    }

    /// Whether a moment has come; none never does. One that lies ahead is remembered.
    pub(crate) fn has_come(&mut self, moment: Option<i64>) -> bool {
        let Some(moment) = moment else { return false };
        if moment > self.now {
            self.next = self.next.min(moment);
        }
        moment <= self.now
    }
}
