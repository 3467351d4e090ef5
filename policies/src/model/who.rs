//! Whom a rule concerns.

use crate::principal::{GroupId, Member, MembershipId, ProfileId};
use std::collections::BTreeSet;

/// Some people of a collectivité.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Who {
    /// Any of these; everybody when empty.
    pub any_of: BTreeSet<Party>,
    /// None of these.
    pub except: BTreeSet<MembershipId>,
}

/// People that belong together, or one of them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Party {
    /// A service of the town hall.
    Group(GroupId),
    /// Those whose rights come from a profile.
    Profile(ProfileId),
    /// One person.
    Agent(MembershipId),
}

impl Party {
    /// The Cedar spelling of its type, and its id.
    pub(crate) fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Group(id) => ("Groupe", id.as_str()),
            Self::Profile(id) => ("Profil", id.as_str()),
            Self::Agent(id) => ("Agent", id.as_str()),
        }
    }

    /// Reads that spelling.
    pub(crate) fn of(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "Groupe" => Some(Self::Group(id.into())),
            "Profil" => Some(Self::Profile(id.into())),
            "Agent" => Some(Self::Agent(id.into())),
            _ => None,
        }
    }

    pub(crate) fn includes(&self, member: &Member) -> bool {
        match self {
            Self::Group(group) => member.groups.contains(group),
            Self::Profile(profile) => member.profile.as_ref() == Some(profile),
            Self::Agent(agent) => member.id == *agent,
        }
    }
}

impl Who {
    /// Whether it concerns somebody.
    pub fn includes(&self, member: &Member) -> bool {
        let mut named = self.any_of.iter();
        (self.any_of.is_empty() || named.any(|party| party.includes(member)))
            && !self.except.contains(&member.id)
    }

    /// The people that it names one by one.
    pub fn people(&self) -> impl Iterator<Item = &MembershipId> {
        let named = self.any_of.iter().filter_map(|party| match party {
            Party::Agent(id) => Some(id),
            Party::Group(_) | Party::Profile(_) => None,
        });
        named.chain(&self.except)
    }

    /// Whether it excepts everybody whom it names.
    pub(crate) fn is_nobody(&self) -> bool {
        let excepted = |party: &Party| match party {
            Party::Agent(id) => self.except.contains(id),
            Party::Group(_) | Party::Profile(_) => false,
        };
        !self.any_of.is_empty() && self.any_of.iter().all(excepted)
    }

    /// Whether it is about exactly one person.
    pub(crate) fn is_one_person(&self) -> bool {
        let mut named = self.any_of.iter();
        matches!((named.next(), named.next()), (Some(Party::Agent(_)), None))
    }
}
