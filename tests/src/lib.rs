//! The whole system, in process and from outside.
pub mod client;
pub mod online_service;
pub mod world;
