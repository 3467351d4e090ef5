//! Who asks: nobody in particular, or a person in one collectivité (a *rattachement*).
//! What a member may do stands here as data (rights, groups, roles); rules judge it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A collectivité, établissement public, CDG or the CIG: its SIREN or another stable code.
    CollectiviteId
);
id!(
    /// One account in one collectivité; the id of a Cedar `Agent`.
    MembershipId
);
id!(
    /// A town hall's own group, prefixed by its collectivité: `219400017/rh`.
    GroupId
);
id!(
    /// An online service, the same everywhere: `net-cotisations`.
    ServiceId
);

/// How far a right on a service goes; pages say « lecture » and « modification ».
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Consult.
    Lecture,
    /// Consult and modify.
    Ecriture,
}

impl Level {
    /// The Cedar spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lecture => "lecture",
            Self::Ecriture => "ecriture",
        }
    }

    /// Reads the Cedar spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Lecture, Self::Ecriture]
            .into_iter()
            .find(|level| level.as_str() == text)
    }
}

/// A grant in force: this service, up to this level.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Right {
    /// The service granted.
    pub service: ServiceId,
    /// Up to this level.
    pub level: Level,
}

/// What somebody is in a collectivité; it gives no right on a service by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Uses services.
    Agent,
    /// Manages the collectivité's accounts and rights.
    Referent,
    /// Works for the CIG.
    Correspondant,
    /// Works for a partner CDG.
    Partenaire,
}

impl Role {
    /// Every role, in the order of the schema.
    pub const ALL: [Self; 4] = [
        Self::Agent,
        Self::Referent,
        Self::Correspondant,
        Self::Partenaire,
    ];

    /// The Cedar spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Referent => "referent",
            Self::Correspondant => "correspondant",
            Self::Partenaire => "partenaire",
        }
    }

    /// Reads the Cedar spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// A person in one collectivité, as the store knew them when this was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Member {
    /// The membership.
    pub id: MembershipId,
    /// Its collectivité, which selects the ruleset.
    pub collectivite: CollectiviteId,
    /// False as soon as the account or the membership is suspended.
    pub active: bool,
    /// What they are there.
    pub role: Role,
    /// The town hall's groups they belong to.
    pub groups: Vec<GroupId>,
    /// Grants in force.
    pub rights: Vec<Right>,
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Principal {
    /// Somebody who has not logged in.
    Anonymous,
    /// Somebody who has.
    Member(Arc<Member>),
}
