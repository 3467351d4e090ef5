//! Programs such as a CIG already runs: a public web site and the legacy contributions application; and a mail
//! server that keeps what it gets, for people who try the demonstration.
//! They know nothing of Convergences and depend on none of its crates; the demo starts them behind the gateway.
mod html;
pub mod mailbox;
pub mod net_cotisations;
pub mod site;
#[cfg(test)]
mod wire;
