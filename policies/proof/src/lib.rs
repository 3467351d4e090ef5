//! What rules do for everybody and at any time, not only for those whom a preview looks at: proved by
//! `cedar-policy-symcc` with a `cvc5` process. Rulesets come from `policies`; what follows from a
//! verdict is for who publishes.
//!
//! Reading order: [`prover`] (finding and running the solver) · [`questions`] (what is asked of it) ·
//! [`verdict`] (what it answers) · [`example`] (a counterexample in French).

mod example;
mod prover;
mod questions;
mod verdict;

pub use example::Example;
pub use prover::Prover;
pub use questions::Report;
pub use verdict::{Course, Verdict};
