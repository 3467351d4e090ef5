//! BIP through its public door.

#[cfg(test)]
mod authorization;
#[cfg(test)]
mod import;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod ranking;
#[cfg(test)]
mod web;
#[cfg(test)]
mod world;
