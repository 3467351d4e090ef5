//! A rule as référents write it: who, to what, how far, when, from where. A [`Model`] reads and writes
//! Cedar exactly, and says itself in French; Cedar that no model gives back is « texte expert ».

mod calendar;
mod cedar;
mod conditions;
mod documents;
mod expression;
mod flaw;
mod moment;
mod names;
mod parse;
mod phrase;
mod read;
mod sentence;
mod who;

pub use calendar::{Day, Hours};
pub use conditions::Conditions;
pub use documents::Documents;
pub use flaw::Flaw;
pub use moment::moments;
pub use names::{Labels, Names};
pub use parse::SentenceError;
pub use who::{Party, Who};

pub(crate) use calendar::is_day_off;
pub(crate) use cedar::LAYOUT;
pub(crate) use names::plain;
pub(crate) use phrase::only;

use crate::principal::ServiceId;
use crate::resource::{Action, Resource};
use std::sync::Arc;

/// One rule of a collectivité, or one guardrail of the CIG.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Model {
    /// What it does with an access.
    pub effect: Effect,
    /// Whom it concerns.
    pub who: Who,
    /// What it is about.
    pub target: Target,
    /// Whether it is about every access or about modifying.
    pub reach: Reach,
    /// In which circumstances.
    pub conditions: Conditions,
}

/// What a rule does with an access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// Opens it, under the conditions.
    Allow,
    /// Closes it unless the conditions hold, whatever else opens it.
    Require,
    /// Closes it while the conditions hold, whatever else opens it.
    Restrict,
}

impl Effect {
    /// Every one, as forms offer them.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Require, Self::Restrict];

    /// The name of its model in Cedar, without the version.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "acces",
            Self::Require => "exigence",
            Self::Restrict => "restriction",
        }
    }

    /// Reads that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.as_str() == text)
    }
}

/// How far a rule goes. What is allowed to modify is also allowed to consult.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    /// Consulting; for what closes, any access at all.
    Consult,
    /// Modifying.
    Modify,
}

/// What a rule is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A service and all its areas.
    Service(ServiceId),
    /// One area, by its whole id: `site/espace-reserve`.
    Area(Arc<str>),
    /// Documents of a service.
    Documents(Documents),
}

impl Target {
    /// The service that it is, or lies in.
    pub fn service(&self) -> ServiceId {
        match self {
            Self::Service(service) | Self::Documents(Documents { service, .. }) => service.clone(),
            Self::Area(area) => area.split('/').next().unwrap_or_default().into(),
        }
    }
}

impl Model {
    /// Whether it bears on this at all, whoever asks and whenever.
    pub(crate) fn covers(&self, action: Action, resource: Resource<'_>) -> bool {
        let reads = matches!(action, Action::Ouvrir | Action::Lire);
        let far_enough = match (self.effect, self.reach) {
            (Effect::Allow, Reach::Consult) => reads,
            (_, Reach::Modify) if self.effect != Effect::Allow => !reads,
            _ => true,
        };
        // Documents are a target to read, not to write: no référent's people do.
        let aimed = !(action == Action::Rediger && matches!(self.target, Target::Documents(_)));
        far_enough && aimed && self.target.includes(resource)
    }
}

impl Target {
    /// Whether a resource is among it.
    pub fn includes(&self, resource: Resource<'_>) -> bool {
        match (self, resource) {
            (Self::Service(service), Resource::Route(route)) => *service == route.service,
            (Self::Service(service), Resource::Document(class)) => *service == class.service,
            (Self::Area(area), Resource::Route(route)) => *area == route.id,
            (Self::Documents(documents), Resource::Document(class)) => documents.include(class),
            (Self::Area(_), Resource::Document(_)) | (Self::Documents(_), Resource::Route(_)) => {
                false
            }
        }
    }

    /// Whether something is among both.
    pub fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Area(one), Self::Area(another)) => one == another,
            (Self::Documents(one), Self::Documents(another)) => one.meet(another),
            (Self::Area(_), Self::Documents(_)) | (Self::Documents(_), Self::Area(_)) => false,
            (Self::Service(_), _) | (_, Self::Service(_)) => self.service() == other.service(),
        }
    }
}
