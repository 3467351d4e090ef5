//! Rules as référents write them.

#![cfg(test)]

mod alike;
mod models;
mod random;
mod refusals;
mod tenancy;
