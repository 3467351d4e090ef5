//! BIP through its public door.

#[cfg(test)]
mod authorization;
#[cfg(test)]
mod editing;
#[cfg(test)]
mod import;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod ranking;
#[cfg(test)]
mod web;
#[cfg(test)]
mod world;
