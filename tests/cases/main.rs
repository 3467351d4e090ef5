//! Every case that needs the whole system, in one program.

#![cfg(test)]

mod access;
mod account;
mod browser;
mod choosing;
mod hostile;
mod identity;
mod legacy;
mod login;
mod outage;
mod process;
mod readme;
mod sessions;
mod store;
mod streams;
mod tidy;
mod tls;
