//! The whole system, in process and from outside.
pub mod authenticator;
pub mod client;
pub mod database;
pub mod lane;
pub mod letters;
pub mod mail_server;
pub mod online_service;
pub mod operator;
pub mod world;
