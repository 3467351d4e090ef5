//! Who gains and who loses by a change of rules: everybody in the collectivité, on every service and
//! area, in the circumstances that the rule speaks of. People and areas that no rule tells apart are
//! decided about once.

mod alerts;
mod circumstances;
mod oneself;
mod place;
mod study;
mod verdict;

pub(crate) use circumstances::Circumstances;
pub(super) use study::{Changes, Replay, Study};
