//! The portal: log in once, see one's services, log out of everything. Reached only through the
//! gateway, whose signed assertion says who is there.
//!
//! Reading order: [`portal`] (what pages share, every route on one screen) · [`visitor`] (who is
//! there) · [`posted`] (forms, and who may send them) · one file a page: [`login`], [`services`],
//! [`logout`], [`memberships`], [`information`].

mod access;
mod correspondant;
mod date;
mod fields;
mod information;
mod login;
mod logout;
mod memberships;
mod page;
mod portal;
mod posted;
mod referent;
mod request;
mod services;
mod table;
mod visitor;

pub use portal::{Entrance, Portal};
