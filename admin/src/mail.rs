//! Mail: letters of the outbox become messages and leave by SMTP. Only the role « admin » sends, so
//! that only it needs to know the relay.
//!
//! Reading order: [`address`] · [`moment`] (dates as people read them) · [`letter`] (what is written,
//! in French) · [`message`] (the same as a MIME message) · [`relay`] (the mail server) · [`postman`]
//! (who takes letters from the outbox, and when).

mod address;
mod letter;
mod message;
mod moment;
mod postman;
mod relay;

pub use address::MailAddress;
pub use postman::{MailSettings, Postman, Round};
pub use relay::{Relay, RelayError, RelayLogin, Security};
