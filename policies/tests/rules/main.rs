//! Rules as référents write them.

#![cfg(test)]

mod alike;
mod documents;
mod expert;
mod guardrails;
mod models;
mod moments;
mod random;
mod refusals;
mod tenancy;
