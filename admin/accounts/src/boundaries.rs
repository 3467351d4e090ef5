//! How a membership stands at a moment, and the next moment at which that is otherwise.

use crate::error::Error;
use crate::membership::role;
use policies::Role;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// How a membership stands at a moment.
pub(crate) struct State {
    /// Whether it opens nothing.
    pub(crate) closed: bool,
    pub(crate) role: Role,
}

impl State {
    pub(crate) fn read(row: &AnyRow, boundaries: &mut Boundaries) -> Result<Self, Error> {
        let time = |column: &str| row.try_get::<Option<i64>, _>(column);
        let closed = boundaries.has_come(time("suspended_at")?)
            | boundaries.has_come(time("left_at")?)
            | time("deleted_at")?.is_some()
            | time("accepted_at")?.is_none();
        let began = time("referent_from")?.is_none() | boundaries.has_come(time("referent_from")?);
        let mandated = began & !boundaries.has_come(time("referent_until")?);
        let role = match role(row.try_get("role")?)? {
            Role::Referent if !mandated => Role::Agent,
            role => role,
        };
        Ok(Self { closed, role })
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
