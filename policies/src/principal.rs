//! Who asks: nobody in particular, or a person in one collectivité (a *rattachement*).
//! What a member may do stands here as data (rights, groups, roles); rules judge it.

use crate::level::{Level, ServiceRoleId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(std::sync::Arc<str>);

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

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use id;

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
    /// A set of rights of a collectivité, prefixed by it.
    ProfileId
);
id!(
    /// An online service, the same everywhere: `net-cotisations`.
    ServiceId
);

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
    /// The profile that gives them rights, if any.
    #[serde(default)]
    pub profile: Option<ProfileId>,
    /// Grants in force: on one service the highest level, and each role.
    pub rights: Vec<Right>,
}

impl Member {
    /// The roles that they have on a service.
    pub fn roles_on<'a>(
        &'a self,
        service: &'a ServiceId,
    ) -> impl Iterator<Item = &'a ServiceRoleId> {
        let rights = self.rights.iter();
        let on = rights.filter(move |right| right.service == *service);
        on.filter_map(|right| right.level.role())
    }
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Principal {
    /// Somebody who has not logged in.
    Anonymous,
    /// Somebody who has.
    Member(Arc<Member>),
}
