//! What is asked for: an area of a service, or a class of BIP documents.

use crate::document::DocumentClass;
use crate::principal::{Member, ServiceId};
use crate::ruleset::Tenant;
use serde::{Deserialize, Serialize};

/// Who may pass an area's door before rights are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Everybody, logged in or not.
    Public,
    /// Everybody who has logged in.
    SignedIn,
    /// Those who have a right.
    Granted,
}

impl Access {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::SignedIn => "connecte",
            Self::Granted => "droit",
        }
    }
}

/// An area of a service (a *rubrique*).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Route {
    /// `service/area`, or the service's id alone for the whole of it.
    pub id: std::sync::Arc<str>,
    /// The service it belongs to.
    pub service: ServiceId,
    /// Who may pass.
    pub access: Access,
}

/// What a request is about.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// An area of a service.
    Route(&'a Route),
    /// A class of documents.
    Document(&'a DocumentClass),
}

/// What a decision is about: a resource of a service, or something that consoles manage.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Object<'a> {
    Resource(Resource<'a>),
    Collectivite(&'a Tenant),
    Member(&'a Member),
}

/// What is to be done with it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// Open a page (`GET`, `HEAD`, `OPTIONS`).
    Ouvrir,
    /// Send something in (every other method).
    Envoyer,
    /// Read a document.
    Lire,
    /// Write, publish or withdraw a document.
    Rediger,
    /// Manage a collectivité's accounts and rights.
    Administrer,
    /// Change a member's rights or state.
    Attribuer,
    /// Open and follow a collectivité.
    Suivre,
}

impl Action {
    /// The Cedar spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ouvrir => "ouvrir",
            Self::Envoyer => "envoyer",
            Self::Lire => "lire",
            Self::Rediger => "rediger",
            Self::Administrer => "administrer",
            Self::Attribuer => "attribuer",
            Self::Suivre => "suivre",
        }
    }

    /// The group of actions it belongs to in the schema; its own name for one that is in none.
    pub(crate) fn group(self) -> &'static str {
        match self {
            Self::Ouvrir | Self::Lire => "lecture",
            Self::Envoyer | Self::Rediger => "ecriture",
            alone => alone.as_str(),
        }
    }
}
