//! BIP through its public door.

mod authorization;
mod import;
mod quality;
mod ranking;
mod web;
mod world;
