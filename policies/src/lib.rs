//! May X do Y on Z? Pure: no I/O, no async, no clock, no SQL; keys and the time are arguments.
//!
//! Reading order: [`vocabulary`] (Cedar's names for our types) · [`principal`], [`level`],
//! [`resource`], [`document`], [`situation`] (who, how far, what, when) · [`model`] (a rule as référents write it) · [`ruleset`] (guardrails + fence + a collectivité's rules) ·
//! [`decide`] (the only maker of a [`Permit`]) · [`decisions`] (the same, remembered) ·
//! [`purview`] (leave to manage a collectivité) · [`assertion`] (what a decision tells the services
//! behind).
//!
//! ```
//! use policies::{Access, Action, Principal, Resource, Route, Ruleset, Situation, Vocabulary, decide};
//! use std::sync::Arc;
//!
//! let vocabulary = Arc::new(Vocabulary::new(&["site".into()])?);
//! let door = |access| Route { id: "site/accueil".into(), service: "site".into(), access };
//! let now = Situation::at(1_795_165_200, None, false);
//! let anybody = Ruleset::anonymous(&vocabulary);
//! let ask = |route: &Route| {
//!     decide(&anybody, &Principal::Anonymous, Action::Ouvrir, Resource::Route(route), &now)
//! };
//! assert_eq!(&*ask(&door(Access::Public)).unwrap().rules()[0], "droit/public");
//! assert!(ask(&door(Access::Granted)).is_err());
//! # Ok::<(), policies::Error>(())
//! ```
//!
//! Any evaluation error is a refusal: Cedar itself would skip the policy that failed, and a
//! failing `forbid` would let through.

mod alike;
mod assertion;
mod cedar;
mod circumstances;
mod decide;
mod decisions;
mod document;
mod error;
pub mod expert;
mod grants;
mod guardrail;
mod guardrails;
mod level;
mod lint;
mod missed;
mod model;
mod network;
mod object;
mod principal;
mod purview;
mod reads;
mod refusal;
mod resource;
mod ring_provider;
mod rule;
mod ruleset;
mod rulesets;
mod schema;
mod shallow;
mod situation;
mod slice;
mod told;
mod vocabulary;

pub use alike::{Shelf, Shelves, alike_people, alike_routes};
pub use assertion::{
    ASSERTION_HEADER, AssertionError, Claims, SigningKey, Statement, VerifyingKeys,
};
pub use cedar::Cedar;
pub use decide::{Permit, decide};
pub use decisions::Decisions;
pub use document::{Classification, Collection, Diffusion, DocumentClass, Nature, Theme};
pub use error::Error;
pub use grants::say_right;
pub use guardrail::Guardrail;
pub use level::{DeclaredService, Level, LevelError, ServiceRole, ServiceRoleId};
pub use missed::Missed;
pub use model::{
    Conditions, Day, Documents, Effect, Flaw, Hours, Labels, Model, Names, Party, Reach,
    SentenceError, Target, Who, moments,
};
pub use network::{Network, Range, RangeError, ways_in};
pub use principal::{
    CollectiviteId, GroupId, Member, MembershipId, Principal, ProfileId, Right, Role, ServiceId,
};
pub use purview::{
    Attribution, Oversight, Purview, Supervision, administer, attribute, oversee, supervise,
};
pub use refusal::{Reason, Refusal};
pub use resource::{Access, Action, Resource, Route};
pub use rule::Rule;
pub use ruleset::{Ruleset, Tenant};
pub use rulesets::Rulesets;
pub use situation::Situation;
pub use vocabulary::Vocabulary;
