//! The portal: log in once, see one's services, log out of everything. Reached only through the
//! gateway, whose signed assertion says who is there.
//!
//! Reading order: [`portal`] (what pages share, every route on one screen) · [`visitor`] (who is
//! there) · [`posted`] (forms, and who may send them) · one file a page: [`login`], [`services`],
//! [`logout`], [`memberships`], [`password_link`], [`forgotten`], [`information`].

mod access;
mod account;
mod date;
mod device;
mod fields;
mod forgotten;
mod information;
mod login;
mod logout;
mod memberships;
mod page;
mod password_link;
mod portal;
mod posted;
mod referent;
mod services;
mod table;
mod texts;
mod visitor;

pub use portal::{Entrance, Portal};
pub use texts::{TextError, Texts};
