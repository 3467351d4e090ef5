//! The program: starts the gateway, the portal and BIP, together or apart, and is the operator's
//! command line. Nothing else sees all three.

mod bip;
mod bounce;
pub mod cli;
pub mod config;
mod correspondant;
pub mod demo;
pub mod examples;
mod letters;
mod operator;
mod ops;
mod policy;
pub mod product;
mod prover;
mod rounds;
mod serve;

pub use cli::run;
