//! The portal: log in once, see one's services, log out of everything. Reached only through the
//! gateway, whose signed assertion says who is there.
//!
//! Reading order: [`portal`] (what pages share, every route on one screen) · [`visitor`] (who is
//! there) · [`posted`] (forms, and who may send them) · one file a page: [`login`], [`second_factor`],
//! [`services`], [`logout`], [`memberships`], [`password_link`], [`address`], [`forgotten`], [`request`],
//! [`information`] · [`referent`], [`correspondant`] (the consoles) · [`mail`] (letters and how they leave).

mod access;
mod account;
mod address;
mod correspondant;
mod date;
mod device;
mod fields;
mod forgotten;
mod information;
mod login;
mod logout;
mod mail;
mod memberships;
mod page;
mod password_link;
mod portal;
mod posted;
mod referent;
mod request;
mod second_factor;
mod services;
mod table;
mod texts;
mod visitor;

pub use mail::{
    MailAddress, MailSettings, Postman, Relay, RelayError, RelayLogin, Round, Security,
};
pub use portal::{Entrance, Portal, PortalSettings};
pub use texts::{TextError, Texts};
