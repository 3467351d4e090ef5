//! The portal and the consoles: pages to log in, open services and manage accounts.
