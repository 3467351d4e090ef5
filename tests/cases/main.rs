//! Every case that needs the whole system, in one program.

#![cfg(test)]

mod access;
mod account;
mod addresses;
mod api;
mod bip_content;
mod browser;
mod choosing;
mod correspondant;
mod hostile;
mod identity;
mod journey;
mod legacy;
mod login;
mod mail;
mod networks;
mod outage;
mod places;
mod policy_files;
mod process;
mod readme;
mod referent;
mod registry;
mod reviews;
mod second_factor;
mod service_roles;
mod sessions;
mod statistics;
mod store;
mod streams;
mod tidy;
mod tls;
