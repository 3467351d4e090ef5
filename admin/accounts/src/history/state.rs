//! All that a decision goes by of a person, with the dates that it had: what they were at a moment is
//! computed from it as it is of now.

use crate::boundaries::{Boundaries, State, Times};
use crate::error::Error;
use crate::profile;
use policies::{CollectiviteId, Level, Member, Right, Role};
use serde::{Deserialize, Serialize};

/// A version of somebody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct MemberState {
    pub(super) times: Times,
    pub(super) role: Role,
    pub(super) account_suspended: bool,
    pub(super) groups: Vec<String>,
    pub(super) profile: Option<String>,
    pub(super) by_profile: Vec<Right>,
    pub(super) direct: Vec<DatedRight>,
}

/// A right of their own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct DatedRight {
    pub(super) service: String,
    pub(super) level: Level,
    pub(super) starts_at: Option<i64>,
    pub(super) ends_at: Option<i64>,
}

impl MemberState {
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::Unreadable(error.to_string()))
    }

    pub(super) fn to_text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::Unreadable(error.to_string()))
    }

    /// The member of decisions at a moment.
    pub(super) fn at(&self, id: &str, collectivite: &CollectiviteId, moment: i64) -> Member {
        let mut boundaries = Boundaries::at(moment);
        let state = State::of(&self.times, self.role, &mut boundaries);
        let direct = self.direct.iter().filter(|right| {
            right.starts_at.is_none_or(|starts| starts <= moment)
                && right.ends_at.is_none_or(|ends| ends > moment)
        });
        let direct = direct.map(|right| Right {
            service: right.service.as_str().into(),
            level: right.level.clone(),
        });
        let rights = direct.chain(self.by_profile.iter().cloned());
        Member {
            id: id.into(),
            collectivite: collectivite.clone(),
            active: !self.account_suspended && !state.closed,
            role: state.role,
            groups: self
                .groups
                .iter()
                .map(|group| group.as_str().into())
                .collect(),
            profile: self.profile.as_deref().map(Into::into),
            rights: profile::merge(rights),
        }
    }
}
