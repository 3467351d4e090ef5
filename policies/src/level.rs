//! How far a right on a service goes: consult, modify, or a role of the service's own. What a role
//! lets through here is its declaration's business, what it means there is the service's.

use crate::principal::{ServiceId, id};
use serde::{Deserialize, Serialize};

id!(
    /// A role that a service declares: `valideur`; unique within the service.
    ServiceRoleId
);

/// How far a right on a service goes; pages say « lecture », « modification », or the role's name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Level {
    /// Consult.
    Lecture,
    /// Consult and modify.
    Ecriture,
    /// What the service declares of this role, and it is told of it.
    Role(ServiceRoleId),
}

/// A text that names no level.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not a level")]
pub struct LevelError(String);

impl Level {
    /// Words that cannot name a role: they say « consult », « modify » and « nothing ».
    pub const RESERVED: [&str; 4] = ["aucun", "ecriture", "lecture", "none"];

    /// The Cedar spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Lecture => "lecture",
            Self::Ecriture => "ecriture",
            Self::Role(role) => role.as_str(),
        }
    }

    /// Reads the Cedar spelling. Whether a service declares the role is for who knows the service.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "lecture" => Some(Self::Lecture),
            "ecriture" => Some(Self::Ecriture),
            role => is_role(role).then(|| Self::Role(role.into())),
        }
    }

    /// The role, if it is one.
    pub fn role(&self) -> Option<&ServiceRoleId> {
        match self {
            Self::Role(role) => Some(role),
            Self::Lecture | Self::Ecriture => None,
        }
    }
}

impl TryFrom<String> for Level {
    type Error = LevelError;

    fn try_from(text: String) -> Result<Self, LevelError> {
        Self::parse(&text).ok_or(LevelError(text))
    }
}

impl From<Level> for String {
    fn from(level: Level) -> Self {
        level.as_str().to_owned()
    }
}

fn is_role(text: &str) -> bool {
    is_plain(text) && !Level::RESERVED.contains(&text)
}

/// Lower-case letters, digits and hyphens.
pub(crate) fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(plain)
}

/// A role as its service declares it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceRole {
    /// What the service is told.
    pub id: ServiceRoleId,
    /// As référents read it: « Valideur ».
    pub name: String,
    /// Whether whoever has it modifies; they consult in any case.
    pub modifies: bool,
}

/// A service, and the rights that can be given on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredService {
    /// Which.
    pub id: ServiceId,
    /// Its own roles, besides consulting and modifying.
    pub roles: Vec<ServiceRole>,
}

impl DeclaredService {
    /// Every level, and whether it modifies.
    pub(crate) fn levels(&self) -> impl Iterator<Item = (&str, bool)> {
        let own = self.roles.iter();
        [("lecture", false), ("ecriture", true)]
            .into_iter()
            .chain(own.map(|role| (role.id.as_str(), role.modifies)))
    }
}

impl<T: Into<ServiceId>> From<T> for DeclaredService {
    /// A service without roles of its own.
    fn from(id: T) -> Self {
        Self {
            id: id.into(),
            roles: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_as_it_is_written_and_nothing_else_is() {
        for text in ["lecture", "ecriture", "valideur", "chef-2"] {
            assert_eq!(Level::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "aucun", "none", "Valideur", "un rôle", "a/b"] {
            assert_eq!(Level::parse(text), None, "{text}");
        }
    }
}
