//! The portal: log in once, see one's services, log out of everything. Reached only through the
//! gateway, whose signed assertion says who is there.
//!
//! Reading order: [`portal`] (what pages share, every route on one screen), [`entrance`] (a service, and what can be given on it) · [`visitor`] (who is
//! there), [`way`] (where they were going) · [`posted`] (forms, and who may send them) · one file a page: [`login`], [`second_factor`],
//! [`services`], [`logout`], [`memberships`], [`password_link`], [`address`], [`forgotten`], [`request`],
//! [`information`] · [`reset`] (lost second factors) · [`console`], [`referent`], [`correspondant`] (the consoles) · [`api`] (both, for programs) · [`mail`] (letters and how they leave).

mod access;
mod account;
mod address;
mod api;
mod chart;
mod console;
mod correspondant;
mod date;
mod designation_form;
mod device;
mod documents;
mod entrance;
mod fields;
mod finder;
mod forgotten;
mod import;
mod information;
mod login;
mod logout;
mod mail;
mod memberships;
mod page;
mod password_link;
mod portal;
mod posted;
mod proposal;
mod reason;
mod referent;
mod request;
mod reset;
mod second_factor;
mod services;
mod table;
mod texts;
mod visitor;
mod way;
mod words;

pub use entrance::{Area, Entrance};
pub use finder::Finder;
pub use mail::{
    MailAddress, MailSettings, Postman, Relay, RelayError, RelayLogin, Round, Security,
};
pub use portal::{Portal, PortalSettings};
pub use texts::{TextError, Texts};
