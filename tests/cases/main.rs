//! Every case that needs the whole system, in one program.

#![cfg(test)]

mod access;
mod browser;
mod correspondant;
mod hostile;
mod identity;
mod legacy;
mod login;
mod outage;
mod process;
mod readme;
mod referent;
mod sessions;
mod store;
mod streams;
mod tidy;
mod tls;
