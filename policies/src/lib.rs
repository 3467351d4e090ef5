//! May X do Y on Z? Pure: no I/O, no async, no clock, no SQL; keys and the time are arguments.
//!
//! Reading order: [`vocabulary`] (Cedar's names for our types) · [`principal`], [`resource`],
//! [`situation`] (who, what, when) · [`ruleset`] (guardrails + fence + a collectivité's rules) ·
//! [`decide`] (the only maker of a [`Permit`]) · [`decisions`] (the same, remembered) ·
//! [`assertion`] (what a decision tells the services behind).
//!
//! Any evaluation error is a refusal: Cedar itself would skip the policy that failed, and a
//! failing `forbid` would let through.

mod assertion;
mod decide;
mod decisions;
mod error;
mod grants;
mod guardrails;
mod lint;
mod principal;
mod resource;
mod ring_provider;
mod ruleset;
mod rulesets;
mod schema;
mod situation;
mod slice;
mod vocabulary;

pub use assertion::{ASSERTION_HEADER, AssertionError, Claims, SigningKey, VerifyingKeys};
pub use decide::{Permit, Reason, Refusal, decide};
pub use decisions::Decisions;
pub use error::Error;
pub use principal::{
    CollectiviteId, GroupId, Level, Member, MembershipId, Principal, Right, Role, ServiceId,
};
pub use resource::{Access, Action, Diffusion, DocumentClass, Nature, Resource, Route};
pub use ruleset::{Rule, Ruleset, Tenant};
pub use rulesets::Rulesets;
pub use situation::Situation;
pub use vocabulary::Vocabulary;
